// SPDX-License-Identifier: Apache-2.0
// werift's cipher gets its keys as KeyObjects, and goes on to encrypt and decrypt with them.

import assert from 'node:assert/strict';
import { KeyObject } from 'node:crypto';
import { RTCPeerConnection } from 'werift';
import { prepareKeys } from '../../../transport/rtc/node.ts';

describe('the keys of werift', () => {
  it('are KeyObjects once they are agreed, at both ends, and carry messages', async () => {
    const ends = [new RTCPeerConnection({ iceServers: [] }), new RTCPeerConnection({ iceServers: [] })] as const;
    const [caller, callee] = ends;
    try {
      const channel = caller.createDataChannel('keys');
      const echo = new Promise<string>((resolve) => channel.onMessage.subscribe((message) => resolve(String(message))));
      callee.onDataChannel.subscribe((other) => other.onMessage.subscribe((message) => other.send(message)));
      channel.stateChanged.subscribe((state) => state === 'open' && channel.send('hello'));
      await caller.setLocalDescription(await caller.createOffer());
      prepareKeys(caller);
      await callee.setRemoteDescription(caller.localDescription as never);
      prepareKeys(callee);
      await callee.setLocalDescription(await callee.createAnswer());
      await caller.setRemoteDescription(callee.localDescription as never);
      assert.equal(await echo, 'hello');
      for (const { dtlsTransports } of ends) {
        const cipher = dtlsTransports[0]?.dtls?.cipher.cipher as unknown as Record<string, unknown>;
        assert.ok(cipher.clientWriteKey instanceof KeyObject && cipher.serverWriteKey instanceof KeyObject);
      }
    } finally {
      await Promise.all(ends.map((end) => end.close()));
    }
  });
});
