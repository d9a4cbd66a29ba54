// SPDX-License-Identifier: Apache-2.0
// The page's own WebRTC.

import { PortholeError } from '../../proto/errors.ts';
import type { Rtc } from './rtc.ts';

/**
 * The browser's implementation.
 * @throws PortholeError STRATEGY_UNFIT where there is none, or it is switched off
 */
export function browserRtc(): Rtc {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = globalThis;
  if (!RTCPeerConnection) throw new PortholeError('STRATEGY_UNFIT', 'this browser has no WebRTC, or it is switched off');
  const implementation = { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate };
  return { name: 'browser', ...implementation, resolvesNames: true, beginsHandshake: false, missesEarlyHandshake: false };
}
