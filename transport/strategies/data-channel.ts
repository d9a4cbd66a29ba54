// SPDX-License-Identifier: Apache-2.0
// The data channel: WebRTC between two ends, by simple-peer on whatever implementation it is given.

import SimplePeer from 'simple-peer';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import type { Connection } from '../channel/connection.ts';
import { isShort } from '../nat/sockets/sockets.ts';
import type { Rtc } from '../rtc/rtc.ts';
import type { Call, Strategy } from '../strategy/strategy.ts';
import { ChannelConnection } from './data-channel-connection.ts';
import {
  type Candidate,
  candidateFacts,
  type Description,
  decodeSignal,
  encodeSignal,
  isName,
  messageLimit,
  type Signal,
} from './data-channel-notes.ts';
import { AFTER_YOU_MS, type Courtesy, callerBegins, chances, concerns, courtesy } from './data-channel-order.ts';
import { DATA_CHANNEL } from './descriptions.ts';

/** Candidates of the peer that are tried; more are not looked at. */
export const MAX_CANDIDATES = 32;
/** How long an end that has gathered no address may still find one, in milliseconds. */
export const GATHER_GRACE_MS = 300;

/** The data channel as a Strategy, on this WebRTC implementation. The caller makes the offer. */
export function dataChannel(rtc: Rtc): Strategy {
  return {
    ...DATA_CHANNEL,
    suits: chances,
    async attempt(call, signal) {
      signal.throwIfAborted();
      return new Attempt(rtc, call, signal).outcome.promise;
    },
  };
}

/** One attempt: until the channel stands, and then for as long as it does. */
class Attempt {
  readonly outcome = Promise.withResolvers<Connection>();
  readonly #rtc: Rtc;
  readonly #call: Call;
  readonly #signal: AbortSignal;
  readonly #peer: SimplePeer.Instance;
  #state: 'opening' | 'standing' | 'over' = 'opening';
  #connection: ChannelConnection | null = null;
  #described = false; // the peer's description has come
  #courtesy: Courtesy | null = null; // while the peer is to connect first
  readonly #later: Candidate[] = []; // the peer's, not used yet
  #reached = false; // ICE has connected
  #gathered = false; // ICE says that it has all of our candidates
  readonly #ours: string[] = []; // kinds of the candidates of each end
  readonly #theirs: string[] = [];
  #failure: (Error & { code?: string }) | null = null; // what simple-peer closed for
  readonly #timers: (() => void)[] = [];

  constructor(rtc: Rtc, call: Call, signal: AbortSignal) {
    this.#rtc = rtc;
    this.#call = call;
    this.#signal = signal;
    const iceServers = call.offers.stun.map((urls) => ({ urls }));
    const peer = openPeer(rtc, call.role === 'caller', iceServers, (channel) => {
      this.#connection = new ChannelConnection(channel, () => peer.destroy(), call.clock);
    });
    this.#peer = peer;
    peer.on('signal', (data) => this.#tell(data));
    peer.on('iceStateChange', (ice: string, gathering: string) => this.#iceChanged(ice, gathering));
    peer.on('connect', () => this.#stands());
    peer.on('error', (error) => {
      this.#failure = error;
    });
    peer.on('close', () => this.#closed());
    signal.addEventListener('abort', this.#stop, { once: true });
    this.#listen().catch((error) => this.#fail(asPortholeError(error)));
  }

  readonly #stop = (): void => this.#fail(this.#signal.reason);

  /** What simple-peer has for the other end. */
  #tell(data: SimplePeer.SignalData): void {
    if (data.type === 'offer' && data.sdp) this.#offer(data.sdp);
    else if (data.type === 'answer' && data.sdp) this.#send({ type: 'answer', sdp: data.sdp });
    else if (data.type === 'candidate') {
      const candidate = data.candidate.candidate.replace(/^a=/, '');
      const facts = candidateFacts(candidate);
      if (facts?.protocol !== 'udp') return;
      this.#ours.push(facts.kind);
      if (!concerns(facts.address, this.#call.self, this.#call.peer)) return;
      const send = (): void => this.#send({ candidate, sdpMid: data.candidate.sdpMid ?? '0' });
      if (this.#courtesy?.hideMs) this.#after(this.#courtesy.hideMs, send);
      else send();
    }
  }

  #offer(sdp: string): void {
    const { self, peer } = this.#call;
    if (this.#rtc.beginsHandshake || callerBegins(self, peer))
      this.#send({ type: 'offer', sdp: sdp.replace('a=setup:actpass', 'a=setup:active') });
    else this.#send({ type: 'offer', sdp, goesFirst: this.#rtc.missesEarlyHandshake });
  }

  #send(signal: Signal): void {
    if (this.#state === 'over') return;
    try {
      this.#call.line.send(encodeSignal(signal));
    } catch (error) {
      this.#fail(asPortholeError(error));
    }
  }

  async #listen(): Promise<void> {
    for (;;) {
      const signal = decodeSignal(await this.#call.line.receive());
      if (this.#state === 'over') return;
      if ('sdp' in signal) this.#describe(signal);
      else this.#consider(signal);
    }
  }

  #describe({ type, sdp, goesFirst }: Description): void {
    const { role, self, peer } = this.#call;
    if (this.#described || type !== (role === 'caller' ? 'answer' : 'offer')) {
      throw new PortholeError('PROTOCOL_VIOLATED', `the other end sent an ${type} out of turn`);
    }
    this.#described = true;
    const limit = messageLimit(sdp);
    if (limit < MAX_FRAMED_BYTES) throw new PortholeError('STRATEGY_UNFIT', `the other end takes messages of ${limit} bytes at the most`);
    if (goesFirst && !this.#rtc.beginsHandshake) {
      this.#courtesy = courtesy(self, peer);
      this.#after(AFTER_YOU_MS, () => this.#proceed());
    }
    this.#peer.signal({ type, sdp });
    for (const candidate of this.#later.splice(0)) this.#use(candidate);
  }

  #consider(candidate: Candidate): void {
    const facts = candidateFacts(candidate.candidate);
    if (facts?.protocol !== 'udp' || this.#theirs.length >= MAX_CANDIDATES) return;
    this.#theirs.push(facts.kind);
    if (!concerns(facts.address, this.#call.self, this.#call.peer)) return;
    // An address behind a name that is not looked up shows itself by its owner's checks.
    if (this.#rtc.resolvesNames || !isName(facts.address)) this.#use(candidate);
  }

  #use(candidate: Candidate): void {
    const facts = candidateFacts(candidate.candidate);
    if (!this.#described || (facts && this.#courtesy?.leavesAlone(facts))) this.#later.push(candidate);
    else this.#peer.signal({ type: 'candidate', candidate: candidate as RTCIceCandidate });
  }

  /** The courtesy is over. */
  #proceed(): void {
    this.#courtesy = null;
    for (const candidate of this.#later.splice(0)) this.#use(candidate);
  }

  #iceChanged(ice: string, gathering: string): void {
    if (ice === 'connected') {
      this.#reached = true;
      this.#proceed();
    }
    if (gathering !== 'complete' || this.#gathered) return;
    this.#gathered = true;
    // Some say so a little before they hand the candidates out.
    this.#after(GATHER_GRACE_MS, () => {
      if (this.#ours.length === 0)
        this.#fail(new PortholeError('NO_PATH', 'this end has no address for UDP: there is no network, or UDP is blocked'));
    });
  }

  #after(ms: number, run: () => void): void {
    this.#timers.push(this.#call.clock.after(ms, run));
  }

  #stands(): void {
    if (this.#state !== 'opening' || !this.#connection) return;
    this.#settle('standing');
    this.outcome.resolve(this.#connection);
  }

  #fail(reason: Error): void {
    if (this.#state !== 'opening') return;
    this.#settle('over');
    this.#peer.destroy();
    this.outcome.reject(reason);
  }

  #settle(state: 'standing' | 'over'): void {
    this.#state = state;
    this.#signal.removeEventListener('abort', this.#stop);
    for (const cancel of this.#timers.splice(0)) cancel();
  }

  #closed(): void {
    if (this.#state === 'opening') return this.#fail(this.#why());
    this.#state = 'over';
    this.#connection?.lost(new PortholeError('PATH_LOST', this.#failure?.message ?? 'the other end went away', { cause: this.#failure }));
  }

  #why(): PortholeError {
    const cause = this.#failure;
    if (isShort(cause)) return new PortholeError('SOCKET_FAILED', cause?.message, { cause });
    if (this.#reached) return new PortholeError('NO_PATH', 'UDP got through, but the other end hung up or the handshake failed', { cause });
    switch (cause?.code) {
      case undefined:
      case 'ERR_ICE_CONNECTION_FAILURE':
      case 'ERR_ICE_CONNECTION_CLOSED':
      case 'ERR_CONNECTION_FAILURE':
        return new PortholeError('NO_PATH', `no pair of addresses let UDP through: ${this.#tried()}`, { cause });
      case 'ERR_SET_REMOTE_DESCRIPTION':
        return new PortholeError('PROTOCOL_VIOLATED', `the other end's description cannot be used: ${cause?.message}`, { cause });
      default:
        return new PortholeError('STRATEGY_UNFIT', `WebRTC (${this.#rtc.name}) does not work here: ${cause?.message}`, { cause });
    }
  }

  #tried(): string {
    const count = (kinds: readonly string[]): string => {
      const inside = kinds.filter((kind) => kind === 'host').length;
      return `${inside} of its own and ${kinds.length - inside} outside`;
    };
    const blind = this.#call.offers.stun.length > 0 && !this.#ours.includes('srflx');
    return `this end had ${count(this.#ours)}, the other ${count(this.#theirs)}${blind ? '; no STUN server answered, so UDP may be blocked' : ''}`;
  }
}

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
