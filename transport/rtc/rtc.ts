// SPDX-License-Identifier: Apache-2.0
// The interface that the data channel needs of any WebRTC implementation.

/**
 * A WebRTC implementation, handed to simple-peer as its `wrtc`. It behaves as the W3C's where simple-peer looks;
 * what differs is mended by whoever makes the Rtc (rtc/node.ts, rtc/elsewhere.ts), so that the strategy knows no library.
 */
export interface Rtc {
  /** For logs and messages: 'browser', 'node-datachannel', 'werift'. */
  readonly name: string;
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly RTCSessionDescription: typeof RTCSessionDescription;
  readonly RTCIceCandidate: typeof RTCIceCandidate;
  /** Whether candidates may name their address (mDNS names of browsers) without harm: no name is looked up otherwise. */
  readonly resolvesNames: boolean;
  /** Whether it must begin the DTLS handshake when it makes the offer, wherever the two ends are. */
  readonly beginsHandshake: boolean;
  /** Whether it may leave a DTLS handshake lie that the peer began before ICE had connected here. */
  readonly missesEarlyHandshake: boolean;
}

/** Descriptions and candidates as plain objects: what simple-peer makes of them is all that is used. */
class Plain {
  constructor(init: object) {
    Object.assign(this, init);
  }
}

/** An Rtc of a class that is used as the W3C's RTCPeerConnection is. */
export function rtcOf(
  name: string,
  Connection: unknown,
  rest: Pick<Rtc, 'resolvesNames' | 'beginsHandshake' | 'missesEarlyHandshake'>,
): Rtc {
  return {
    name,
    RTCPeerConnection: Connection as typeof RTCPeerConnection,
    RTCSessionDescription: Plain as unknown as typeof RTCSessionDescription,
    RTCIceCandidate: Plain as unknown as typeof RTCIceCandidate,
    ...rest,
  };
}

/** A description without the methods of its platform's class. */
export const plainDescription = ({ type, sdp }: RTCSessionDescriptionInit): RTCSessionDescriptionInit => ({ type, sdp });
