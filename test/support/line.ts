// SPDX-License-Identifier: Apache-2.0
// A slow line in virtual time: a rate, a queue and a delay, shared by TCP-like flows that fill it as far as they may.

import type { Clock } from '../../transport/time/clock.ts';

export interface LineOptions {
  /** Bytes a second. */
  readonly rate: number;
  /** From the end of the queue to the other end, in milliseconds. */
  readonly delayMs: number;
  /** What waits for the line, in milliseconds of it; more is dropped. */
  readonly queueMs: number;
  /** The share of packets that are lost on the way. */
  readonly loss?: number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** Bytes of a packet at most. */
const PACKET_BYTES = 1400;
/** A queue holds so many packets, however short it is. */
const LEAST_PACKETS = 4;
/** TCP's first window (RFC 6928), and its least, in bytes. */
const FIRST_WINDOW = 10 * PACKET_BYTES;
const LEAST_WINDOW = 2 * PACKET_BYTES;
/** What a loss leaves of the window, and how many packets a round trip adds to it: about as CUBIC does (RFC 9438) on lines like these. */
const BETA = 0.7;
const GROWTH = 2;
/** The least wait for what was lost at the end of a flight, in milliseconds (Linux). */
const LEAST_RTO_MS = 200;
/** What a socket takes beyond what is under way, in bytes. */
const SOCKET_BYTES = 64 * 1024;

interface Packet {
  readonly flow: Flow;
  readonly from: number;
  readonly length: number;
  sentAt: number;
  tries: number;
}

/** One direction of a bottleneck. */
export class Line {
  /** Bytes that have crossed the line, whatever became of them. */
  sent = 0;
  /** Packets that were dropped, in the queue or on the way. */
  dropped = 0;
  readonly delayMs: number;
  readonly #clock: Clock;
  readonly #loss: number;
  readonly #random: () => number;
  readonly #perMs: number;
  readonly #room: number;
  readonly #tickMs: number;
  #queue: Packet[] = [];
  #queued = 0;
  #tokens = 0;
  #servedAt = 0;
  #stalledUntil = 0;
  #serving = false;

  constructor(clock: Clock, { rate, delayMs, queueMs, loss = 0, random = () => 1 }: LineOptions) {
    this.#clock = clock;
    this.delayMs = delayMs;
    this.#loss = loss;
    this.#random = random;
    this.#perMs = rate / 1000;
    this.#room = Math.max(this.#perMs * queueMs, LEAST_PACKETS * PACKET_BYTES);
    // A fast line serves several packets at a time: what is not seen costs nothing.
    this.#tickMs = Math.max(1, PACKET_BYTES / this.#perMs / 4);
  }

  /** Milliseconds that what comes now would wait. */
  get waitMs(): number {
    return this.#queued / this.#perMs;
  }

  /** Nothing crosses the line for so long. */
  stall(ms: number): void {
    this.#stalledUntil = this.#clock.now() + ms;
  }

  /** Takes a packet, or drops it when the queue is full. */
  offer(packet: Packet): boolean {
    if (this.#queued + packet.length > this.#room) {
      this.dropped++;
      return false;
    }
    this.#queue.push(packet);
    this.#queued += packet.length;
    this.#serve();
    return true;
  }

  /** What a flow that has ended still had in the queue is not there any more. */
  forget(flow: Flow): void {
    this.#queue = this.#queue.filter((packet) => packet.flow !== flow);
    this.#queued = this.#queue.reduce((sum, { length }) => sum + length, 0);
  }

  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    this.#servedAt = this.#clock.now();
    this.#tokens = 0;
    this.#clock.after(this.#tickMs, () => this.#tick());
  }

  #tick(): void {
    const now = this.#clock.now();
    if (now < this.#stalledUntil) {
      this.#servedAt = this.#stalledUntil;
      this.#clock.after(this.#stalledUntil - now, () => this.#tick());
      return;
    }
    this.#tokens += (now - this.#servedAt) * this.#perMs;
    this.#servedAt = now;
    const crossed: Packet[] = [];
    let at = 0;
    for (let packet = this.#queue[0]; packet && packet.length <= this.#tokens; packet = this.#queue[++at]) {
      this.#tokens -= packet.length;
      this.#queued -= packet.length;
      this.sent += packet.length;
      crossed.push(packet);
    }
    if (at > 0) this.#queue.splice(0, at);
    if (crossed.length > 0) this.#clock.after(this.delayMs, () => this.#arrive(crossed));
    this.#serving = this.#queue.length > 0;
    if (this.#serving) this.#clock.after(this.#tickMs, () => this.#tick());
  }

  #arrive(packets: readonly Packet[]): void {
    for (const packet of packets) {
      if (this.#loss > 0 && this.#random() < this.#loss) {
        this.dropped++;
        packet.flow.lost(packet);
      } else packet.flow.arrived(packet);
    }
  }
}

/** Who is told of a flow. */
export interface FlowEvents {
  /** Bytes in order. */
  data(chunk: Uint8Array): void;
  /** All that was written before `end` has come. */
  ended(): void;
  /** The sender's side: there is room for more. */
  room(): void;
}

/** A reliable stream of bytes over a line: slow start, halving when something was lost, and what was lost holds up the rest. */
export class Flow {
  readonly #clock: Clock;
  readonly #line: Line;
  readonly #extraMs: number;
  readonly #events: FlowEvents;
  readonly #chunks: Uint8Array[] = [];
  #firstAt = 0; // the offset of the first chunk that has not been delivered whole
  #written = 0;
  #sent = 0;
  #delivered = 0;
  #underWay = 0;
  #window = FIRST_WINDOW;
  #slowStartUntil = Number.POSITIVE_INFINITY;
  #halvedAt = Number.NEGATIVE_INFINITY;
  #rttMs: number;
  #early = new Map<number, number>(); // what came behind a gap: its offset and its length
  #end: number | null = null;
  #over = false;
  #full = false;

  /** @param extraMs of delay each way beside the line's own: the way through a relay */
  constructor(clock: Clock, line: Line, extraMs: number, events: FlowEvents) {
    this.#clock = clock;
    this.#line = line;
    this.#extraMs = extraMs;
    this.#events = events;
    this.#rttMs = 2 * (line.delayMs + extraMs);
  }

  /** Bytes that the socket has not taken. */
  get queued(): number {
    return Math.max(0, this.#written - this.#delivered - Math.max(SOCKET_BYTES, 2 * this.#window));
  }

  write(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#chunks.push(bytes);
    this.#written += bytes.length;
    this.#full ||= this.queued > 0;
    this.#pump();
  }

  end(): void {
    this.#end ??= this.#written;
    this.#settle();
  }

  /** Nothing more is sent, and nothing told. */
  abort(): void {
    this.#over = true;
    this.#line.forget(this);
  }

  arrived(packet: Packet): void {
    if (this.#over) return;
    if (this.#extraMs > 0) this.#clock.after(this.#extraMs, () => this.#take(packet));
    else this.#take(packet);
  }

  lost(packet: Packet): void {
    if (this.#over) return;
    const now = this.#clock.now();
    if (now - this.#halvedAt > this.#rttMs) {
      this.#halvedAt = now;
      this.#window = Math.max(LEAST_WINDOW, this.#window * BETA);
      this.#slowStartUntil = this.#window;
    }
    packet.tries++;
    // What follows it shows that it was lost, after a round trip; a probe after two (RFC 8985); what is lost again, only a timer.
    const followed = this.#sent > packet.from + packet.length;
    const timer = Math.max(LEAST_RTO_MS, 1.5 * this.#rttMs) * 2 ** Math.min(4, packet.tries - 1);
    const wait = packet.tries > 1 ? timer : followed ? this.#rttMs : 2 * this.#rttMs;
    this.#clock.after(wait, () => this.#offer(packet));
  }

  #pump(): void {
    while (this.#sent < this.#written && this.#underWay < this.#window) {
      const length = Math.min(PACKET_BYTES, this.#written - this.#sent);
      const packet: Packet = { flow: this, from: this.#sent, length, sentAt: 0, tries: 0 };
      this.#sent += length;
      this.#underWay += length;
      this.#offer(packet);
    }
  }

  #offer(packet: Packet): void {
    if (this.#over) return;
    packet.sentAt = this.#clock.now();
    if (!this.#line.offer(packet)) this.lost(packet);
  }

  #take(packet: Packet): void {
    if (this.#over) return;
    // The acknowledgement's way back.
    this.#clock.after(this.#line.delayMs + this.#extraMs, () => this.#acknowledged(packet));
    this.#early.set(packet.from, packet.length);
    const from = this.#delivered;
    for (let next = this.#early.get(this.#delivered); next !== undefined; next = this.#early.get(this.#delivered)) {
      this.#early.delete(this.#delivered);
      this.#delivered += next;
    }
    if (this.#delivered > from) this.#deliver(this.#delivered - from);
    this.#settle();
  }

  #deliver(bytes: number): void {
    let at = this.#delivered - bytes;
    while (at < this.#delivered && !this.#over) {
      const chunk = this.#chunks[0] as Uint8Array;
      const part = chunk.subarray(at - this.#firstAt, Math.min(chunk.length, this.#delivered - this.#firstAt));
      at += part.length;
      if (at === this.#firstAt + chunk.length) {
        this.#firstAt = at;
        this.#chunks.shift();
      }
      this.#events.data(part);
    }
  }

  #settle(): void {
    if (this.#over || this.#end === null || this.#delivered < this.#end) return;
    this.#over = true;
    this.#events.ended();
  }

  #acknowledged(packet: Packet): void {
    if (this.#over) return;
    this.#underWay -= packet.length;
    if (packet.tries === 0) this.#rttMs = this.#rttMs * 0.875 + (this.#clock.now() - packet.sentAt) * 0.125;
    if (this.#sent < this.#written || this.#underWay * 2 > this.#window) {
      this.#window += this.#window < this.#slowStartUntil ? packet.length : (GROWTH * PACKET_BYTES * packet.length) / this.#window;
    }
    this.#pump();
    if (this.#full && this.queued === 0) {
      this.#full = false;
      this.#events.room();
    }
  }
}
