// SPDX-License-Identifier: Apache-2.0
// One exam run of an end: asks the suite for a run, takes the exams in the patent's order, and says what is known of the network.

import { isIPv6 } from 'node:net';
import { type Clock, systemClock } from '../../time/clock.ts';
import { type Graded, gradeMapping, preserves } from '../probe/mapping.ts';
import { ANY } from '../probe/prober.ts';
import type { Mapping, NatProfile, SocketAddress, TcpProfile, UdpProfile } from '../profile.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import { ExamDesk } from './desk.ts';
import { Meeting } from './meeting.ts';
import { FEW_TRIES, MOST_TRIES, Notes } from './notes.ts';
import type { Examination } from './own-nat.ts';
import { knockWait, MOST_RTT_MS, Rounds, type RoundsOptions } from './rounds.ts';
import { Guests } from './shots.ts';
import { prove, SixExam } from './six.ts';
import { UdpExam, type UdpFound, udpServers } from './udp.ts';

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
  const family = { desk, sockets, clock, signal };
  const over6 = isIPv6(observed.ip);
  const other = prove(over6 ? 4 : 6, family);
  const outside = over6 ? await other : observed;
  // Over IPv6 an end is examined as soon as it is proved there; what cannot be opened is not.
  const opened: { six?: SixExam } = {};
  const ipv6 = over6 ? prove(6, family) : other;
  const opening = ipv6
    .then(async (address) => {
      if (address) opened.six = await SixExam.open(family);
    })
    .catch(() => {});
  try {
    const found = outside ? await examine(desk, outside, sockets, { clock, answerMs, random, signal, six: () => opened.six }) : {};
    await opening;
    await opened.six?.finish(desk, knockWait(Math.min(answerMs, MOST_RTT_MS)));
    const ipv6Unsolicited = opened.six?.answer;
    const [ipv4, proved6] = [over6 ? await other : undefined, over6 ? observed : await other];
    return {
      observed,
      behindNat: !(isLoopback(observed.ip) || localAddresses.includes(observed.ip)),
      ...(ipv4 && { ipv4 }),
      ...(proved6 !== undefined && { ipv6: proved6 }),
      ...(ipv6Unsolicited && { ipv6Unsolicited }),
      ...found,
    };
  } finally {
    await opening;
    opened.six?.close();
  }
}

async function examine(
  desk: ExamDesk,
  observed: SocketAddress,
  sockets: TcpSockets,
  rest: Pick<RoundsOptions, 'clock' | 'random' | 'signal' | 'six'> & { readonly answerMs: number },
): Promise<Pick<NatProfile, 'tcp' | 'udp'>> {
  const { clock, answerMs, signal, random } = rest;
  const meeting = new Meeting(desk, sockets, { clock, answerMs, random, signal });
  const udp = await UdpExam.open(ANY[4], random);
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
      const rounds = { ...rest, desk, sockets, meeting, mapping, notes, observed, guest, udpGuest: udpFound.guest, udp };
      const guests = new Guests();
      const listener = meeting.guest === undefined ? null : await sockets.bind({ ip: ANY[4], port: meeting.guest }).listen(guests.add);
      try {
        await new Rounds(rounds).run();
      } finally {
        listener?.close();
        guests.drop();
      }
    }
    return {
      ...(graded && { tcp: tcpProfile(await classified(graded, meeting), notes, preserves(meeting.samples)) }),
      ...(servers.length > 0 && udpProfile(udpGraded, udpFound, notes)),
    };
  } finally {
    meeting.close();
    udp.close();
  }
}

/** The step; where the ports are uneven and close, the next ones decide. */
async function grade(meeting: Meeting): Promise<Graded | undefined> {
  const first = gradeMapping(meeting.samples);
  if (!first?.uneven) return first;
  let step: number | null = null;
  for (let times = 0; times < AGAIN && step === null; times++) {
    await meeting.meetOnce(0);
    step = gradeMapping(meeting.samples)?.mapping.step ?? null;
  }
  step ??= gradeMapping(meeting.samples.slice(-1 - AGAIN))?.mapping.step ?? null;
  return { ...first, mapping: { ...first.mapping, step } };
}

/** The mapping with its class: where the ports differ, two of the same address tell it. */
async function classified({ mapping }: Graded, meeting: Meeting): Promise<Mapping> {
  const behaviour = (): Mapping['behaviour'] => gradeMapping(meeting.samples)?.mapping.behaviour;
  if (mapping.step !== 0 && !behaviour()) await meeting.meetOnce(0);
  const found = behaviour();
  return { ...(found && { behaviour: found }), step: mapping.step };
}

function tcpProfile(mapping: Mapping, notes: Notes, preserving: boolean): TcpProfile {
  const { filtering, answer: unsolicited, synOutSynIn, timeExceededCloses } = notes;
  // A mapping that was there before, and lets in everybody, does not tell where it is.
  const hops = preserving || filtering !== 'endpoint-independent' ? notes.hops : undefined;
  const freshSequence = notes.fresh.happened ? true : synOutSynIn ? notes.fresh.verdict(MOST_TRIES) : undefined;
  // Where the slots did not suffice for more, two tries that stay ahead are believed.
  const survivesReset = synOutSynIn ? notes.reset.leadBy(FEW_TRIES) : undefined;
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

function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.');
}
