// SPDX-License-Identifier: Apache-2.0
// What a page has in place of the network's exams, held against what it stands for.

import assert from 'node:assert/strict';
import { OwnNetwork as LeanOwnNetwork } from '../../../client-runtime/browser/lean/own-network.ts';
import { OwnNetwork, type OwnNetworkOptions } from '../../../client-runtime/visit/own-network.ts';
import { fakeClock } from '../../support/clock.ts';

describe('what a page knows of its network', () => {
  it('is what a visit knows that examines nothing', () => {
    for (const greeting of [null, { observed: { ip: '192.0.2.1', port: 4000 } }]) {
      const options = { rendezvous: { greeting } as OwnNetworkOptions['rendezvous'], clock: fakeClock(), onLearned: () => {} };
      const [whole, lean] = [new OwnNetwork(options), new LeanOwnNetwork(options)];
      for (const one of [whole, lean]) one.welcomed();
      assert.deepEqual([lean.profile, lean.wire], [whole.profile, whole.wire]);
      for (const one of [whole, lean]) one.close();
    }
  });
});
