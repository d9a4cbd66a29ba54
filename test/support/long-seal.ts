// SPDX-License-Identifier: Apache-2.0
// A process that seals 96 MiB by node:crypto and says how many bytes its records took up at the most: collections are its own affair.

import { collectedPrimitives, youngCollector } from '../../transport/seal/node.ts';
import { RecordCipher } from '../../transport/seal/record-cipher.ts';

const pieces = [new Uint8Array(1000), new Uint8Array(63_000)];
const collect = process.argv[2] === 'collected' ? youngCollector() : () => {};
const sealing = new RecordCipher(collectedPrimitives(collect, null), new Uint8Array(32));
const before = process.memoryUsage().arrayBuffers;
let most = 0;
for (let bytes = 0; bytes < 96 * 1024 * 1024; bytes += 64_000) {
  void sealing.seal(pieces);
  most = Math.max(most, process.memoryUsage().arrayBuffers - before);
}
console.log(most);
