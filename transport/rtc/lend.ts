// SPDX-License-Identifier: Apache-2.0
// The window's half of a worker's WebRTC: makes the connection, follows the worker's orders, and hands the data channel to a worker that is not busy.

import { serveChannel } from './channel-port.ts';
import { plainDescription } from './rtc.ts';

/** A connection to make, with its one channel. Comes with two ports: the connection's, and the channel's. */
export interface PeerWanted {
  readonly config: RTCConfiguration;
  readonly label: string;
  readonly init: RTCDataChannelInit;
}

export interface PeerCalls {
  createOffer: [];
  createAnswer: [];
  setLocalDescription: [description: RTCSessionDescriptionInit];
  setRemoteDescription: [description: RTCSessionDescriptionInit];
  addIceCandidate: [candidate: RTCIceCandidateInit];
}
export type PeerCall = keyof PeerCalls;

/** To the window. */
export type ToPeer = { readonly call: number; readonly name: PeerCall; readonly given: readonly unknown[] } | { readonly close: true };

/** What there is to know of the connection's states. */
export interface PeerStates {
  readonly connectionState: RTCPeerConnectionState;
  readonly iceConnectionState: RTCIceConnectionState;
  readonly iceGatheringState: RTCIceGatheringState;
  readonly signalingState: RTCSignalingState;
}

export const STATE_EVENTS = [
  'connectionstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'signalingstatechange',
] as const;

/** From the window. */
export type FromPeer =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: string }
  | { readonly event: (typeof STATE_EVENTS)[number]; readonly states: PeerStates }
  | { readonly candidate: RTCIceCandidateInit | null };

/** A worker of this window that may take a channel over. */
export type ChannelTaker = (message: { readonly channel: RTCDataChannel; readonly port: MessagePort }, transfer: Transferable[]) => void;

/**
 * Makes a connection and serves it until it is closed.
 * @param take hands the channel to a worker, so that it is read while this window is busy; where the platform does not allow
 * that, the window passes the bytes on itself
 * @param Connection the platform's
 * @returns closes it
 */
export function lendPeer(
  { config, label, init }: PeerWanted,
  peer: MessagePort,
  bytes: MessagePort,
  take: ChannelTaker,
  Connection = RTCPeerConnection,
): () => void {
  const connection = new Connection(config);
  const post = (message: FromPeer): void => peer.postMessage(message);
  for (const event of STATE_EVENTS) {
    connection.addEventListener(event, () => {
      const { connectionState, iceConnectionState, iceGatheringState, signalingState } = connection;
      post({ event, states: { connectionState, iceConnectionState, iceGatheringState, signalingState } });
    });
  }
  connection.onicecandidate = ({ candidate }) => post({ candidate: candidate === null ? null : candidate.toJSON() });

  // A channel may be handed over only in the task that made it (WebRTC Extended Use Cases, section "Transferable data channels").
  const channel = connection.createDataChannel(label, init);
  try {
    take({ channel, port: bytes }, [channel as unknown as Transferable, bytes]);
  } catch {
    serveChannel(channel, bytes);
  }

  const calls: { readonly [Name in PeerCall]: (given: never) => Promise<unknown> } = {
    createOffer: async () => plainDescription(await connection.createOffer()),
    createAnswer: async () => plainDescription(await connection.createAnswer()),
    setLocalDescription: async (description: RTCSessionDescriptionInit) => {
      await connection.setLocalDescription(description);
      return connection.localDescription && plainDescription(connection.localDescription);
    },
    setRemoteDescription: (description: RTCSessionDescriptionInit) => connection.setRemoteDescription(description),
    addIceCandidate: (candidate: RTCIceCandidateInit) => connection.addIceCandidate(candidate),
  };
  peer.onmessage = ({ data }: MessageEvent<ToPeer>) => {
    if ('close' in data) connection.close();
    else
      calls[data.name](data.given[0] as never).then(
        (value) => post({ answer: data.call, value }),
        (error: Error) => post({ answer: data.call, error: error.message }),
      );
  };
  return () => connection.close();
}
