// SPDX-License-Identifier: Apache-2.0
// What a worker and a window say to each other of an RTCPeerConnection: it can be made in the window only, and is used from the worker.

/** A connection to make, with its one channel. Comes with two ports: the connection's, and the channel's. */
export interface PeerWanted {
  readonly config: RTCConfiguration;
  readonly label: string;
  readonly init: RTCDataChannelInit;
}

/** What is called, and with what. */
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

/** The events that tell a change of a state. */
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
