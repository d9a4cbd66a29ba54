// SPDX-License-Identifier: Apache-2.0
// Peers of our data channel: the same WebRTC libraries with nothing on top.

import type { Line } from '../../transport/strategy/strategy.ts';
import { Answers, piecesOf } from '../lib/bare.ts';
import { dialLine, lineServer, toldBy } from '../lib/loopback.ts';
import type { Client, Way } from '../lib/workload.ts';

/** What both libraries' channels have in common. */
interface BareChannel {
  send(message: Uint8Array): void;
  readonly queued: number;
  /** Calls back whenever few bytes are queued. */
  onLow(run: () => void): void;
  onMessage(take: (message: Uint8Array) => void): void;
}

/** Bytes of one message. Of 16 and 64 KiB, with queues of 256 KiB and 1 MiB, the best for werift, and no worse for the other. */
const MESSAGE_BYTES = 65_536;
/** Bytes that are queued before the sender waits, and when it goes on. */
const QUEUE_BYTES = 256 * 1024;
const LOW_BYTES = 128 * 1024;

/** A way of one library. `open` resolves with a channel that stands. */
const bare = (name: string, open: (line: Line, caller: boolean) => Promise<BareChannel>): Way => ({
  name: `bare ${name}`,
  packages: [name],
  ends: {
    server: ({ folder }) =>
      lineServer(async (line) => {
        const channel = await open(line, false);
        let wake = (): void => {};
        channel.onLow(() => wake());
        channel.onMessage(async (message) => {
          for (const piece of piecesOf(folder, Buffer.from(message).toString(), MESSAGE_BYTES)) {
            channel.send(piece);
            if (channel.queued > QUEUE_BYTES) {
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
            }
          }
        });
      }, {}),
  },
  async client({ told }): Promise<Client> {
    const channel = await open(await dialLine(toldBy<{ port: number }>(told, 'server').port), true);
    const answers = new Answers();
    channel.onMessage((message) => answers.push(message));
    return {
      async get(file, take) {
        const answer = answers.next(take);
        channel.send(Buffer.from(file));
        await answer;
      },
      close: async () => {},
    };
  },
});

/** Notes of an exchange of descriptions and candidates. */
interface Note {
  readonly type?: string;
  readonly sdp?: string;
  readonly candidate?: string;
  readonly mid?: string;
}

const tell = (line: Line, note: Note): void => line.send(Buffer.from(JSON.stringify(note)));

/** Hands each note to `take`, until the line is gone. */
async function listen(line: Line, take: (note: Note) => unknown): Promise<void> {
  try {
    for (;;) await take(JSON.parse(Buffer.from(await line.receive()).toString()) as Note);
  } catch {
    // the other end has all it needs, or is gone: the channel tells
  }
}

export const bareNodeDatachannel: Way = bare('node-datachannel', async (line, caller) => {
  const { PeerConnection } = await import('node-datachannel');
  const peer = new PeerConnection('bench', { iceServers: [] });
  type Channel = ReturnType<typeof peer.createDataChannel>;
  const opened = new Promise<Channel>((resolve) => {
    peer.onDataChannel((channel) => resolve(channel));
    peer.onLocalDescription((sdp, type) => tell(line, { sdp, type }));
    peer.onLocalCandidate((candidate, mid) => tell(line, { candidate, mid }));
    if (!caller) return;
    const channel = peer.createDataChannel('bench');
    channel.onOpen(() => resolve(channel));
  });
  void listen(line, ({ type, sdp, candidate, mid }) => {
    if (sdp !== undefined) peer.setRemoteDescription(sdp, type as 'offer' | 'answer');
    else if (candidate !== undefined) peer.addRemoteCandidate(candidate, mid ?? '0');
  });
  const channel = await opened;
  channel.setBufferedAmountLowThreshold(LOW_BYTES);
  return {
    send: (message) => void channel.sendMessageBinary(message),
    get queued() {
      return channel.bufferedAmount();
    },
    onLow: (run) => channel.onBufferedAmountLow(run),
    onMessage: (take) => channel.onMessage((message) => take(message as Buffer)),
  };
});

export const bareWerift: Way = bare('werift', async (line, caller) => {
  const { RTCPeerConnection } = await import('werift');
  const peer = new RTCPeerConnection({ iceServers: [] });
  type Channel = ReturnType<typeof peer.createDataChannel>;
  const opened = new Promise<Channel>((resolve) => {
    peer.onDataChannel.subscribe((channel) => resolve(channel));
    if (!caller) return;
    const channel = peer.createDataChannel('bench');
    channel.stateChanged.subscribe((state) => state === 'open' && resolve(channel));
  });
  // Descriptions hold the candidates, once they are gathered.
  const describe = async (description: Parameters<typeof peer.setLocalDescription>[0]): Promise<void> => {
    await peer.setLocalDescription(description);
    const { type, sdp } = peer.localDescription ?? {};
    tell(line, { type, sdp });
  };
  void listen(line, async ({ type, sdp = '' }) => {
    await peer.setRemoteDescription({ type: type as 'offer' | 'answer', sdp });
    if (type === 'offer') await describe(await peer.createAnswer());
  });
  if (caller) await describe(await peer.createOffer());
  const channel = await opened;
  channel.bufferedAmountLowThreshold = LOW_BYTES;
  return {
    send: (message) => channel.send(Buffer.from(message.buffer, message.byteOffset, message.length)),
    get queued() {
      return channel.bufferedAmount;
    },
    onLow: (run) => void channel.bufferedAmountLow.subscribe(run),
    onMessage: (take) => void channel.onMessage.subscribe((message) => take(Buffer.from(message))),
  };
});
