// SPDX-License-Identifier: Apache-2.0
// A sealed path is a Connection like any other, in either direction, on carriers with and without pieces.

import type { Connection } from '../../../transport/channel/connection.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { subtlePrimitives } from '../../../transport/seal/subtle.ts';
import { webPrimitives } from '../../../transport/seal/web.ts';
import { connectionContract } from '../../contracts/connection.ts';
import { sealedPair, tcpPair } from './seal-pair.ts';

const carriers: Readonly<Record<string, () => Promise<{ a: Connection; b: Connection }>>> = {
  memory: async () => memoryPair(),
  tcp: tcpPair,
};

for (const [name, makePair] of Object.entries(carriers)) {
  connectionContract(`sealed ${name}, from the visitor`, async () => {
    const pair = await makePair();
    return sealedPair(pair.a, pair.b);
  });
  connectionContract(`sealed ${name}, from the host`, async () => {
    const pair = await makePair();
    const { a, b } = sealedPair(pair.b, pair.a);
    return { a: b, b: a };
  });
  connectionContract(`sealed ${name}, from a page`, async () => {
    const pair = await makePair();
    return sealedPair(pair.a, pair.b, { visitor: subtlePrimitives });
  });
  connectionContract(`sealed ${name}, from an old browser's page`, async () => {
    const pair = await makePair();
    return sealedPair(pair.a, pair.b, { visitor: webPrimitives });
  });
}
