// SPDX-License-Identifier: Apache-2.0
// A simple-peer whose data channel is handed out: it opens, watches and closes; the messages do not pass through it.

import SimplePeer from 'simple-peer';
import type { Rtc } from '../rtc/rtc.ts';

/**
 * Makes a simple-peer with one reliable, ordered channel.
 *
 * Its own stream is left aside: in a browser that stream waits for a timer at each message, which a page in the background
 * gets once a second; it takes messages without end from a channel that nobody reads; and it closes a second late.
 * @param onChannel called once, before the channel opens, after simple-peer has set its handlers: the last word is the caller's
 */
export function openPeer(
  rtc: Rtc,
  initiator: boolean,
  iceServers: RTCIceServer[],
  onChannel: (channel: RTCDataChannel) => void,
): SimplePeer.Instance {
  const made: { connection?: RTCPeerConnection; channel?: RTCDataChannel } = {};
  class Connection extends rtc.RTCPeerConnection {
    constructor(config?: RTCConfiguration) {
      super(config);
      made.connection = this;
    }
    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      made.channel = super.createDataChannel(label, init);
      return made.channel;
    }
  }
  const peer = new SimplePeer({
    initiator,
    channelName: 'porthole',
    config: { iceServers },
    wrtc: { ...rtc, RTCPeerConnection: Connection as typeof RTCPeerConnection },
  });
  const { connection, channel } = made;
  if (channel) onChannel(channel);
  else if (connection) {
    const take = connection.ondatachannel;
    connection.ondatachannel = (event) => {
      connection.ondatachannel = ({ channel }) => channel.close(); // there is one channel; a second is not asked for
      take?.call(connection, event);
      onChannel(event.channel);
    };
  }
  return peer;
}
