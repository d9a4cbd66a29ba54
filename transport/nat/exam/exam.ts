// SPDX-License-Identifier: Apache-2.0
// One exam run of an end: asks the suite for a run, takes the exams in the patent's order, and says what is known of the network.

import { isIPv6 } from 'node:net';
import { systemClock } from '../../time/clock.ts';
import { isLoopback } from '../addresses.ts';
import { type Graded, gradeMapping, preserves } from '../probe/prediction.ts';
import { ANY } from '../probe/prober.ts';
import { given, type Mapping, type NatProfile, type SocketAddress, type TcpProfile } from '../profile.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import { type ExamRun, ProbeClient } from './client.ts';
import { Ipv6Exam, prove } from './ipv6.ts';
import { MappingProbes } from './mapping.ts';
import type { Examination } from './own-nat.ts';
import { callbackWait, MOST_RTT_MS, Rounds, type RoundsOptions } from './rounds.ts';
import { Inbound } from './syn-probe.ts';
import { UdpExam, type UdpFound, udpServers } from './udp.ts';
import { FEW_TRIES, MOST_TRIES, Verdicts } from './verdicts.ts';

/** New samples that decide where the first were uneven. */
const AGAIN = 2;

export interface ExamOptions {
  readonly sockets: TcpSockets;
  readonly localAddresses: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Takes the exams. What could not be found out is absent.
 * @throws PortholeError RATE_LIMITED, NOT_ALLOWED, PROTOCOL_VIOLATED or SUITE_UNREACHABLE of the suite; the signal's reason
 */
export async function takeExam(suite: Pick<Examination, 'greeting' | 'rendezvous'>, options: ExamOptions): Promise<NatProfile> {
  const { sockets, signal, localAddresses } = options;
  const { observed } = suite.greeting;
  const clock = systemClock;
  const began = clock.now();
  const client = await ProbeClient.begin(suite);
  const run = { client, sockets, clock, random: Math.random, signal, answerMs: clock.now() - began };
  signal.throwIfAborted();
  const over6 = isIPv6(observed.ip);
  const other = prove(over6 ? 4 : 6, run);
  const outside = over6 ? await other : observed;
  // Over IPv6 an end is examined as soon as it is proved there; what cannot be opened is not.
  let six = undefined as Ipv6Exam | undefined;
  const opening = (over6 ? prove(6, run) : other)
    .then(async (address) => {
      if (address) six = await Ipv6Exam.open(sockets);
    })
    .catch(() => {});
  try {
    const found = outside ? await examine(run, outside, () => six) : {};
    await opening;
    await six?.finish(client, callbackWait(Math.min(run.answerMs, MOST_RTT_MS)));
    const behindNat = !(isLoopback(observed.ip) || localAddresses.includes(observed.ip));
    const ipv4 = over6 ? ((await other) ?? undefined) : undefined;
    return { ...given({ observed, behindNat, ipv4, ipv6: over6 ? observed : await other, ipv6Unsolicited: six?.answer }), ...found };
  } finally {
    await opening;
    six?.close();
  }
}

async function examine(run: ExamRun, observed: SocketAddress, six: RoundsOptions['six']): Promise<Pick<NatProfile, 'tcp' | 'udp'>> {
  const { client, clock, random, signal, sockets } = run;
  const probes = new MappingProbes(run);
  const udp = await UdpExam.open(ANY[4], random);
  try {
    const servers = udpServers(client.udp);
    let askedUdp: Promise<UdpFound> | undefined;
    await new Promise<void>((resolve, reject) => {
      askedUdp = udp.ask(servers, clock, signal, resolve);
      askedUdp.then(() => resolve(), reject);
    });
    await probes.all();
    const [graded, udpFound] = await Promise.all([grade(probes), askedUdp as Promise<UdpFound>]);
    probes.release();
    const verdicts = new Verdicts();
    if (graded) {
      const local = probes.ports.inbound;
      const inbound = probes.samples.find((sample) => sample.local === local)?.outside;
      const came = new Inbound();
      const listener = local === undefined ? null : await sockets.bind({ ip: ANY[4], port: local }).listen(came.add);
      try {
        const { mapping } = graded;
        await new Rounds({ ...run, probes, mapping, verdicts, observed, inbound, udpInbound: udpFound.inbound, udp, six }).run();
      } finally {
        listener?.close();
        came.drop();
      }
    }
    return {
      ...(graded && { tcp: tcpProfile(await classified(graded, probes), verdicts, preserves(probes.samples)) }),
      ...(servers.length > 0 && udpProfile(udpFound, verdicts)),
    };
  } finally {
    probes.close();
    udp.close();
  }
}

/** The step; where the ports are uneven and close, the next ones decide. */
async function grade(probes: MappingProbes): Promise<Graded | undefined> {
  const first = gradeMapping(probes.samples);
  if (!first?.uneven) return first;
  let step: number | null = null;
  for (let times = 0; times < AGAIN && step === null; times++) {
    await probes.once(0);
    step = gradeMapping(probes.samples)?.mapping.step ?? null;
  }
  step ??= gradeMapping(probes.samples.slice(-1 - AGAIN))?.mapping.step ?? null;
  return { ...first, mapping: { ...first.mapping, step } };
}

/** The mapping with its class: where the ports differ, two of the same address tell it. */
async function classified({ mapping }: Graded, probes: MappingProbes): Promise<Mapping> {
  const behaviour = (): Mapping['behaviour'] => gradeMapping(probes.samples)?.mapping.behaviour;
  if (mapping.step !== 0 && !behaviour()) await probes.once(0);
  const found = behaviour();
  return { ...(found && { behaviour: found }), step: mapping.step };
}

function tcpProfile(mapping: Mapping, verdicts: Verdicts, preserving: boolean): TcpProfile {
  const { filtering, answer: unsolicited, synOutSynIn, timeExceededCloses } = verdicts;
  // A mapping that was there before, and lets in everybody, does not tell where it is.
  const hops = preserving || filtering !== 'endpoint-independent' ? verdicts.hops : undefined;
  const freshSequence = verdicts.fresh.happened ? true : synOutSynIn ? verdicts.fresh.verdict(MOST_TRIES) : undefined;
  // Where the slots did not suffice for more, two tries that stay ahead are believed.
  const survivesReset = synOutSynIn ? verdicts.reset.leadBy(FEW_TRIES) : undefined;
  const hairpin = verdicts.hairpin.verdict(FEW_TRIES);
  const resetCloses = survivesReset === undefined ? undefined : !survivesReset;
  return given({ mapping, filtering, unsolicited, synOutSynIn, freshSequence, timeExceededCloses, resetCloses, hops, hairpin });
}

function udpProfile({ samples }: UdpFound, { udpFiltering: filtering }: Verdicts): Pick<NatProfile, 'udp'> {
  if (samples.length === 0) return { udp: null };
  const graded = gradeMapping(samples);
  return graded ? { udp: { mapping: graded.mapping, ...(filtering && { filtering }) } } : {};
}
