// SPDX-License-Identifier: Apache-2.0
// One exam run of an end: asks the suite for a run, takes the exams in the patent's order, and says what is known of the network.

import { isIPv4, isIPv6 } from 'node:net';
import { type Clock, sleep, systemClock } from '../clock.ts';
import type { Examination } from '../own-nat.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import type { NatProfile, SocketAddress, TcpProfile, UdpProfile } from '../strategy.ts';
import { askStun } from '../stun-tcp.ts';
import { type Door, ExamDesk } from './desk.ts';
import { type Graded, gradeMapping, preserves } from './mapping.ts';
import { ANY, Meeting } from './meeting.ts';
import { FEW_TRIES, Notes } from './notes.ts';
import { Rounds } from './rounds.ts';
import { UdpExam, type UdpFound, udpServers } from './udp.ts';

/** How long a connection over the other family of IP may take, and after how long a second one is begun beside it, in milliseconds. */
const OTHER_FAMILY_MS = 1300;
const OTHER_AGAIN_MS = 400;
/** New samples that decide where the first were uneven. */
const AGAIN = 2;

export interface ExamOptions {
  readonly sockets: TcpSockets;
  /** This machine's own addresses. */
  readonly localAddresses: readonly string[];
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/**
 * Takes the exams. What could not be found out is absent.
 * @throws PortholeError RATE_LIMITED, NOT_ALLOWED, PROTOCOL_VIOLATED or SUITE_UNREACHABLE of the suite; the signal's reason
 */
export async function takeExam(given: Pick<Examination, 'greeting' | 'rendezvous'>, options: ExamOptions): Promise<NatProfile> {
  const { sockets, signal, localAddresses, clock = systemClock, random = Math.random } = options;
  const { observed } = given.greeting;
  const began = clock.now();
  const desk = await ExamDesk.begin(given);
  const answerMs = clock.now() - began;
  signal.throwIfAborted();
  const other = proveOther(desk, sockets, observed.ip, clock, signal);
  const outside = isIPv4(observed.ip) ? observed : await other;
  const found = outside ? await examine(desk, outside, sockets, { clock, answerMs, random, signal }) : {};
  const otherAddress = await other;
  const ipv6 = isIPv6(observed.ip) ? observed : otherAddress;
  return {
    observed,
    behindNat: !(isLoopback(observed.ip) || localAddresses.includes(observed.ip)),
    ...(isIPv6(observed.ip) && otherAddress && { ipv4: otherAddress }),
    ...(ipv6 !== undefined && { ipv6 }),
    ...found,
  };
}

async function examine(
  desk: ExamDesk,
  observed: SocketAddress,
  sockets: TcpSockets,
  { clock, answerMs, random, signal }: { clock: Clock; answerMs: number; random: () => number; signal: AbortSignal },
): Promise<Pick<NatProfile, 'tcp' | 'udp'>> {
  const meeting = new Meeting(desk, sockets, clock, answerMs, signal);
  const udp = await UdpExam.open(ANY);
  try {
    const servers = udpServers(desk.udp);
    let askedUdp: Promise<UdpFound> | undefined;
    await new Promise<void>((resolve, reject) => {
      askedUdp = udp.ask(servers, clock, signal, resolve);
      askedUdp.then(() => resolve(), reject);
    });
    await meeting.meetAll();
    const [graded, udpFound] = await Promise.all([grade(meeting), askedUdp as Promise<UdpFound>]);
    const udpGraded = gradeMapping(udpFound.samples);
    meeting.release();
    const notes = new Notes();
    if (graded) {
      const guest = meeting.samples.find(({ local }) => local === meeting.guest)?.outside;
      const { mapping } = graded;
      const rounds = { desk, sockets, meeting, mapping, notes, observed, guest, udpGuest: udpFound.guest, udp, clock, random, signal };
      const listener =
        meeting.guest === undefined
          ? null
          : await sockets.bind({ ip: ANY, port: meeting.guest }).listen((socket) => socket.resetAndDestroy());
      try {
        await new Rounds(rounds).run();
      } finally {
        listener?.close();
      }
    }
    return {
      ...(graded && { tcp: tcpProfile(graded, notes, preserves(meeting.samples)) }),
      ...(servers.length > 0 && udpProfile(udpGraded, udpFound, notes)),
    };
  } finally {
    meeting.close();
    udp.close();
  }
}

/** The mapping: where the ports differ, another port of the address met first tells the class; where they are uneven and close, the next ones decide. */
async function grade(meeting: Meeting): Promise<Graded | undefined> {
  let first = gradeMapping(meeting.samples);
  if (first && first.mapping.step !== 0 && !first.mapping.behaviour && (await meeting.meetOnce(0))) first = gradeMapping(meeting.samples);
  if (!first?.uneven) return first;
  for (let times = 0; times < AGAIN; times++) await meeting.meetOnce();
  const later = gradeMapping(meeting.samples.slice(-1 - AGAIN));
  return later && later.mapping.step !== null ? { ...first, mapping: { ...first.mapping, step: later.mapping.step } } : first;
}

function tcpProfile({ mapping }: Graded, notes: Notes, preserving: boolean): TcpProfile {
  const { filtering, answer: unsolicited, synOutSynIn, timeExceededCloses } = notes;
  // A mapping that was there before, and lets in everybody, does not tell where it is.
  const hops = preserving || filtering !== 'endpoint-independent' ? notes.hops : undefined;
  const freshSequence = notes.fresh.happened ? true : synOutSynIn ? notes.fresh.verdict(FEW_TRIES) : undefined;
  const survivesReset = synOutSynIn ? notes.reset.lead : undefined;
  const hairpin = notes.hairpin.verdict(FEW_TRIES);
  return {
    mapping,
    ...(filtering && { filtering }),
    ...(unsolicited && { unsolicited }),
    ...(synOutSynIn !== undefined && { synOutSynIn }),
    ...(freshSequence !== undefined && { freshSequence }),
    ...(timeExceededCloses !== undefined && { timeExceededCloses }),
    ...(survivesReset !== undefined && { resetCloses: !survivesReset }),
    ...(hops !== undefined && { hops }),
    ...(hairpin !== undefined && { hairpin }),
  };
}

function udpProfile(graded: Graded | undefined, found: UdpFound, notes: Notes): { udp?: UdpProfile | null } {
  if (found.samples.length === 0) return { udp: null };
  if (!graded) return {};
  const { udpFiltering: filtering } = notes;
  return { udp: { mapping: graded.mapping, ...(filtering && { filtering }) } };
}

/**
 * Connects to the suite over the family of IP that the end did not come by, and proves that it is the same end.
 * @returns the outside address; null when the suite is not reached so; undefined when it has no such address
 */
async function proveOther(
  desk: ExamDesk,
  sockets: TcpSockets,
  known: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<SocketAddress | null | undefined> {
  const door = desk.doors.find(({ ip }) => isIPv4(ip) !== isIPv4(known));
  if (!door) return undefined;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(OTHER_FAMILY_MS)]);
  // A lost SYN is sent again after 1 s only.
  const again = sleep(clock, OTHER_AGAIN_MS, until).then(() => proveAt(door, desk, sockets, until));
  try {
    return await Promise.any([proveAt(door, desk, sockets, until), again]);
  } catch {
    return null;
  } finally {
    stop.abort();
  }
}

async function proveAt(door: Door, desk: ExamDesk, sockets: TcpSockets, signal: AbortSignal): Promise<SocketAddress> {
  const socket = await sockets.bind({ ip: isIPv4(door.ip) ? ANY : '::', port: 0 }).connect(door, signal);
  try {
    return await askStun(socket, signal, desk.token);
  } finally {
    socket.resetAndDestroy();
  }
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.');
}
