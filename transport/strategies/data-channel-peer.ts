// SPDX-License-Identifier: Apache-2.0
// A simple-peer whose data channel is handed out: it opens, watches and closes; the messages do not pass through it.

import SimplePeer from 'simple-peer';
import type { Rtc } from '../rtc/rtc.ts';

/** Both ends make the channel and know its number, so that it opens without a question and an answer (RFC 8831 section 6.4). */
const CHANNEL: RTCDataChannelInit = { negotiated: true, id: 0 };
const LABEL = 'porthole';

/**
 * Makes a simple-peer with one reliable, ordered channel, which is handed to `onChannel` before it opens.
 *
 * Its own stream is left aside: in a browser that stream waits for a timer at each message, which a page in the background
 * gets once a second; it takes what comes without end if nobody reads; and it closes a second late.
 */
export function openPeer(
  rtc: Rtc,
  initiator: boolean,
  iceServers: RTCIceServer[],
  onChannel: (channel: RTCDataChannel) => void,
): SimplePeer.Instance {
  let made: RTCDataChannel | undefined;
  class Connection extends rtc.RTCPeerConnection {
    // simple-peer has no label for the end that is not the initiator.
    override createDataChannel(_label: string | null, init?: RTCDataChannelInit): RTCDataChannel {
      made = super.createDataChannel(LABEL, init);
      return made;
    }
  }
  const peer = new SimplePeer({
    initiator,
    channelConfig: CHANNEL,
    config: { iceServers },
    iceCompleteTimeout: 1, // for those who do not trickle; its timer would outlive the peer by seconds
    wrtc: { ...rtc, RTCPeerConnection: Connection as typeof RTCPeerConnection },
  });
  if (made) onChannel(made); // simple-peer has set its handlers: the last word is ours
  return peer;
}
