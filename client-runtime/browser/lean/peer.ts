// SPDX-License-Identifier: Apache-2.0
// Replaces simple-peer in a page, with what the data channel uses of it (data-channel.ts): one channel, one offer, candidates as they
// come. Events, their order and error codes are simple-peer's; audio, video, streams and old browsers are left out.

import { Emitter } from '@socket.io/component-emitter';
import type SimplePeer from 'simple-peer';

// biome-ignore lint/suspicious/noExplicitAny: any event, with anything
type Events = Record<string, (...args: any[]) => void>;
type Given = { readonly candidate?: RTCIceCandidateInit } & Partial<RTCSessionDescriptionInit>;

/** Milliseconds between looks at a channel that is closing: Chromium may never get from there to closed. */
const CLOSING_MS = 5000;

export default class Peer extends Emitter<Events, Events> {
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  #later: RTCIceCandidateInit[] | null = []; // until the other end is described
  #reached = false;
  #open = false;
  #connected = false;
  #destroyed = false;
  readonly #closing: ReturnType<typeof setInterval>;

  constructor({ initiator, channelConfig, config, wrtc }: SimplePeer.Options) {
    super();
    const { RTCPeerConnection } = wrtc as { RTCPeerConnection: typeof globalThis.RTCPeerConnection };
    const connection = new RTCPeerConnection(config);
    this.#connection = connection;
    connection.oniceconnectionstatechange = connection.onicegatheringstatechange = () => this.#iceChanged();
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') this.#fail(new Error('Connection failed.'), 'ERR_CONNECTION_FAILURE');
    };
    connection.onicecandidate = ({ candidate }) => {
      if (candidate && !this.#destroyed) this.emit('signal', { type: 'candidate', candidate });
    };
    const channel = connection.createDataChannel('', channelConfig);
    this.#channel = channel;
    channel.onopen = () => {
      this.#open = true;
      this.#ready();
    };
    channel.onclose = () => this.destroy();
    channel.onerror = (event) => this.#fail((event as RTCErrorEvent).error, 'ERR_DATA_CHANNEL');
    let closing = false;
    this.#closing = setInterval(() => {
      if (closing && channel.readyState === 'closing') this.destroy();
      closing = channel.readyState === 'closing';
    }, CLOSING_MS);
    if (initiator) queueMicrotask(() => void this.#describe('ERR_CREATE_OFFER', () => connection.createOffer()));
  }

  /** Takes what the other end signalled. */
  signal({ candidate, type, sdp }: Given): void {
    if (this.#destroyed) return;
    if (candidate) this.#later ? this.#later.push(candidate) : this.#try(candidate);
    else if (type && sdp) void this.#described({ type, sdp });
  }

  destroy(error?: Error): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    clearInterval(this.#closing);
    queueMicrotask(() => {
      this.#channel.close();
      this.#connection.close();
      if (error) this.emit('error', error);
      this.emit('close');
    });
  }

  async #described(description: RTCSessionDescriptionInit): Promise<void> {
    try {
      await this.#connection.setRemoteDescription(description);
    } catch (error) {
      return this.#fail(error as Error, 'ERR_SET_REMOTE_DESCRIPTION');
    }
    if (this.#destroyed) return;
    for (const candidate of this.#later ?? []) this.#try(candidate);
    this.#later = null;
    if (description.type === 'offer') await this.#describe('ERR_CREATE_ANSWER', () => this.#connection.createAnswer());
  }

  /** Describes this end to the other. */
  async #describe(code: string, create: () => Promise<RTCSessionDescriptionInit>): Promise<void> {
    if (this.#destroyed) return;
    try {
      const description = await create();
      await this.#connection.setLocalDescription(description);
      const { type, sdp } = this.#connection.localDescription ?? description;
      if (!this.#destroyed) this.emit('signal', { type, sdp });
    } catch (error) {
      this.#fail(error as Error, code);
    }
  }

  /** One that is of no use is not the end of the others. */
  #try(candidate: RTCIceCandidateInit): void {
    this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #iceChanged(): void {
    if (this.#destroyed) return;
    const { iceConnectionState: ice, iceGatheringState: gathering } = this.#connection;
    this.emit('iceStateChange', ice, gathering);
    if (ice === 'connected' || ice === 'completed') {
      this.#reached = true;
      this.#ready();
    }
    if (ice === 'failed' || ice === 'closed')
      this.#fail(new Error(`Ice connection ${ice}.`), `ERR_ICE_CONNECTION_${ice === 'failed' ? 'FAILURE' : 'CLOSED'}`);
  }

  #ready(): void {
    if (this.#connected || this.#destroyed || !this.#reached || !this.#open) return;
    this.#connected = true;
    this.emit('connect');
  }

  #fail(error: Error, code: string): void {
    this.destroy(Object.assign(error, { code }));
  }
}
