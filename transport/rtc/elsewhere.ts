// SPDX-License-Identifier: Apache-2.0
// WebRTC for a worker, which has none of its own: a window makes each connection, and the worker uses it through a port.

import { PortholeError } from '../../proto/errors.ts';
import { PortChannel } from './channel-port.ts';
import type { FromPeer, PeerCall, PeerCalls, PeerStates, PeerWanted, ToPeer } from './lend.ts';
import { plainDescription, type Rtc, rtcOf } from './rtc.ts';

/** A window that makes a connection. */
export interface PeerPlace {
  /** Makes it, and serves it on the ports. */
  make(wanted: PeerWanted, peer: MessagePort, channel: MessagePort): void;
  /** Calls when the window is gone, until the returned function is called. */
  onGone(run: () => void): () => void;
}

/**
 * The implementation.
 * @param place finds a window for a connection; null: there is none
 */
export function rtcElsewhere(place: () => PeerPlace | null): Rtc {
  class Peer extends FarPeer {
    constructor(config: RTCConfiguration) {
      super(config, place());
    }
  }
  return rtcOf('browser', Peer, { resolvesNames: true, beginsHandshake: false, missesEarlyHandshake: false });
}

type Listener = (() => void) | null;

/** An RTCPeerConnection, as far as it is used. Its channel is the first thing it is asked for. */
class FarPeer {
  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  iceGatheringState: RTCIceGatheringState = 'new';
  signalingState: RTCSignalingState = 'stable';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onconnectionstatechange: Listener = null;
  oniceconnectionstatechange: Listener = null;
  onicegatheringstatechange: Listener = null;
  onsignalingstatechange: Listener = null;
  onicecandidate: ((event: { readonly candidate: RTCIceCandidateInit | null }) => void) | null = null;
  readonly #config: RTCConfiguration;
  readonly #place: PeerPlace | null;
  #port: MessagePort | null = null;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #calls = 0;
  #channel: PortChannel | null = null;
  #forget: () => void = () => {};
  #closed = false;

  constructor(config: RTCConfiguration, place: PeerPlace | null) {
    this.#config = config;
    this.#place = place;
  }

  /** @throws PortholeError STRATEGY_UNFIT when there is no window */
  createDataChannel(label: string, init: RTCDataChannelInit): PortChannel {
    if (!this.#place) throw new PortholeError('STRATEGY_UNFIT', 'no window of this site is open to hold the connection');
    const [peer, bytes] = [new MessageChannel(), new MessageChannel()];
    this.#port = peer.port1;
    this.#port.onmessage = ({ data }: MessageEvent<FromPeer>) => this.#heard(data);
    this.#channel = new PortChannel(label, bytes.port1);
    this.#forget = this.#place.onGone(() => this.#gone());
    this.#place.make({ config: this.#config, label, init }, peer.port2, bytes.port2);
    return this.#channel;
  }

  createOffer(): Promise<unknown> {
    return this.#call('createOffer');
  }
  createAnswer(): Promise<unknown> {
    return this.#call('createAnswer');
  }
  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.localDescription = (await this.#call('setLocalDescription', plainDescription(description))) as RTCSessionDescriptionInit;
  }
  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.remoteDescription = description;
    await this.#call('setRemoteDescription', plainDescription(description));
  }
  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#call('addIceCandidate', { ...candidate });
  }
  /** simple-peer waits until some pair of addresses is selected; nobody asks it which. */
  async getStats(): Promise<unknown> {
    return [{ type: 'candidate-pair', id: '', selected: true }];
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    this.#port?.postMessage({ close: true } satisfies ToPeer);
    this.#over();
  }

  #call<Name extends PeerCall>(name: Name, ...given: PeerCalls[Name]): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error('the connection is closed'));
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#port?.postMessage({ call, name, given } satisfies ToPeer);
    });
  }

  #heard(message: FromPeer): void {
    if ('answer' in message) {
      const waiter = this.#waiting.get(message.answer);
      this.#waiting.delete(message.answer);
      if ('error' in message) waiter?.reject(new Error(message.error));
      else waiter?.resolve(message.value);
    } else if ('candidate' in message) this.onicecandidate?.({ candidate: message.candidate });
    else {
      Object.assign(this, message.states satisfies PeerStates);
      this[`on${message.event}`]?.();
    }
  }

  /** The window went, and the connection with it. */
  #gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    this.#over();
    this.connectionState = 'failed';
    this.iceConnectionState = 'closed';
    this.onconnectionstatechange?.();
    this.#channel?.lost();
  }

  #over(): void {
    this.#port?.close(); // what was posted before still arrives
    for (const { reject } of this.#waiting.values()) reject(new Error('the connection is closed'));
    this.#waiting.clear();
  }
}
