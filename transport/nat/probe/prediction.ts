// SPDX-License-Identifier: Apache-2.0
// Port prediction (the patent's first exam): from the outside ports of a few connections, how a NAT maps, and which port is next. Pure.

import type { Mapping } from '../profile.ts';

/** One connection: from which local port, to where, and the outside port it was seen to come from. */
export interface Sample {
  /** Its place in the order in which connections were begun, also those that nobody saw: each may have taken a port. */
  readonly nth: number;
  readonly local: number;
  readonly ip: string;
  readonly port: number;
  readonly outside: number;
}

/** A gap between two new mappings that is still called a step: further apart, equal gaps are chance. */
export const MAX_STEP = 64;

/** How a NAT maps, and whether looking once more might tell more. */
export interface Graded {
  readonly mapping: Mapping;
  /** The gaps were uneven and close: other programs may have connected in between. Look again. */
  readonly uneven: boolean;
}

/**
 * Grades samples (RFC 4787 section 4.1; the class is left out where one address only was met, always from one port).
 * @returns undefined where no local port met two destinations
 */
export function gradeMapping(samples: readonly Sample[]): Graded | undefined {
  const pairs = samples
    .flatMap((one, at) => samples.slice(at + 1).map((other): [Sample, Sample] => [one, other]))
    .filter(([a, b]) => a.local === b.local);
  if (pairs.length === 0) return undefined;
  const differ = ([a, b]: [Sample, Sample]): boolean => a.outside !== b.outside;
  const sameAddress = pairs.filter(([a, b]) => a.ip === b.ip);
  const otherAddress = pairs.filter(([a, b]) => a.ip !== b.ip);
  if (!pairs.some(differ)) {
    return { mapping: { ...(otherAddress.length > 0 && { behaviour: 'endpoint-independent' as const }), step: 0 }, uneven: false };
  }
  const perPort = sameAddress.some(differ);
  const behaviour = perPort ? 'address-and-port-dependent' : sameAddress.length > 0 ? 'address-dependent' : undefined;
  // Where no address was met twice from one port, each connection has made a mapping of its own.
  const perSample = perPort || sameAddress.length === 0;
  const gaps = gapsOf(samples, perSample);
  const step = stepOf(gaps) ?? stepWithoutStray(samples, perSample);
  // One gap that is close is more than chance: the others are of a mapping that was there before, or the count has begun anew.
  return { mapping: { ...(behaviour && { behaviour }), step }, uneven: step === null && gaps.length > 1 && gaps.some(isClose) };
}

const isClose = (gap: number): boolean => Math.abs(gap) <= MAX_STEP;

/** The step of even gaps, else null. One gap alone shows none. */
function stepOf(gaps: readonly number[]): number | null {
  const [step] = gaps;
  return step !== undefined && gaps.length > 1 && gaps.every((gap) => gap === step) && Number.isInteger(step) && isClose(step)
    ? step
    : null;
}

/**
 * The step without one sample that is far from its neighbours, where the others are even: its local port had met that door a while
 * ago, in another run or program, and the NAT still has that mapping.
 */
function stepWithoutStray(samples: readonly Sample[], perSample: boolean): number | null {
  for (const [at, { outside }] of samples.entries()) {
    const beside = [samples[at - 1], samples[at + 1]];
    if (beside.some((one) => one && isClose(one.outside - outside))) continue;
    const step = stepOf(gapsOf(samples.toSpliced(at, 1), perSample));
    if (step !== null) return step;
  }
  return null;
}

/** From one new mapping to the next, for each connection begun between them. */
function gapsOf(samples: readonly Sample[], perPort: boolean): number[] {
  const seen = new Set<number>();
  // Where the class is address-dependent, a connection to a known address makes no new mapping, and takes no place in the order.
  const fresh = samples.filter(({ outside }) => !seen.has(outside) && seen.add(outside));
  return fresh.slice(1).map((sample, at) => {
    const before = fresh[at] as Sample;
    return (sample.outside - before.outside) / (perPort ? sample.nth - before.nth : 1);
  });
}

/** Whether the outside port is always the local one. */
export function preserves(samples: readonly Sample[]): boolean {
  return samples.length > 0 && samples.every(({ local, outside }) => local === outside);
}

/**
 * The outside port of a connection not yet begun; undefined where that cannot be known.
 * @param local its local port
 * @param nth its place in the order of all that were begun
 */
export function predictPort(samples: readonly Sample[], { step }: Mapping, local: number, nth: number): number | undefined {
  if (step === null) return undefined;
  if (step === 0) return preserves(samples) ? local : samples.find((sample) => sample.local === local)?.outside;
  const last = samples.at(-1);
  return last && portAfter(last.outside, step, nth - last.nth);
}

/** The port so many mappings after one; undefined past the last port there is. */
export function portAfter(port: number, step: number, mappings: number): number | undefined {
  const found = port + step * mappings;
  return found > 0 && found <= 65_535 ? found : undefined;
}

/** The gap between the ports of mappings made one after the other; one port alone is taken to be the same for all. */
export function gapOf(ports: readonly number[]): number | null {
  const [a, b] = ports.slice(-2);
  if (a === undefined || b === undefined) return 0;
  return isClose(b - a) ? b - a : null;
}

/** The gap, where an exam has found a step: what is seen now counts more, but for one gap that is not as wide as the others. */
export function gapBeside(ports: readonly number[], step: number | null | undefined): number | null {
  if (step === null || ports.length < 2) return step === undefined ? 0 : step;
  const gap = gapOf(ports);
  return gap && step ? step : gap;
}
