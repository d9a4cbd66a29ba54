// SPDX-License-Identifier: Apache-2.0
// What does not go together with an inbox, said before anything is brought online.

import assert from 'node:assert/strict';
import { checkInbox } from '../../../cli/running/start-host.ts';
import type { Settings } from '../../../cli/settings/settings.ts';
import { checkHost } from '../../../host-agent/host.ts';
import type { Gate } from '../../../transport/continuity/gate.ts';
import { code } from '../proto/helper.ts';

describe('cli: --inbox', () => {
  it('goes with a site that is open to everyone, and to the gateway', () => {
    const base: Settings = { home: null, inbox: ['/hooks/*'] };
    checkInbox(base);
    checkInbox({ home: null, gateway: false });
    for (const more of [{ gateway: false }, { password: true as const }, { passwordFile: 'x' }, { inviteOnly: true }, { allow: ['x'] }]) {
      assert.throws(() => checkInbox({ ...base, ...more }), code('CONFIG_INVALID'), JSON.stringify(more));
    }
  });

  it('names paths', () => {
    const site = { name: 'shop', suite: 'http://localhost:1' };
    checkHost({ ...site, inbox: { patterns: ['/hooks/*'] } });
    for (const pattern of ['hooks/*', '/a?b', '']) {
      assert.throws(() => checkHost({ ...site, inbox: { patterns: [pattern] } }), code('CONFIG_INVALID'), pattern);
    }
    const gate = {} as Gate;
    assert.throws(() => checkHost({ ...site, inbox: { patterns: ['/a'] }, gate }), code('CONFIG_INVALID'));
  });
});
