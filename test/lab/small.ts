// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- line --small`: a small request every second beside a download, and the same by HTTP/2 on the same line.

import { makeCertificate } from '../../bench/lib/certificate.ts';
import { doerIn } from './acting.ts';
import { atOnce } from './at-once.ts';
import type { Beside } from './besides.ts';
import type { EndDeeds } from './end.ts';
import { percentile } from './figures.ts';
import type { Http2Deeds } from './http2-end.ts';
import { type Lab, openLab } from './lab.ts';
import type { SamplingOrder } from './sampling.ts';
import { bytesPerSecond, type Uplink } from './shaping.ts';
import { openStage, SMALL_BYTES, type Stage } from './stage.ts';

/** What ours are printed beside, HTTP/2: straight to the host, and by a plain forwarder of TCP that is as far off as the relay. */
export const HTTP2 = 'http2';
export const HTTP2_FORWARDED = 'http2 forwarded';
const YARDSTICKS: readonly string[] = [HTTP2, HTTP2_FORWARDED];

/** One strategy on one line, or HTTP/2. */
export interface SmallResult extends Uplink {
  /** As `--via`, or one of HTTP/2's. */
  readonly by: string;
  /** Its round trip, in milliseconds. */
  readonly rttMs: number;
  /** Milliseconds from asking to having all of the answer; what failed took for ever. */
  readonly p50: number;
  readonly p95: number;
  readonly samples: number;
  readonly failed: number;
  /** The share of the line's rate that the content of the download beside it had. */
  readonly share: number;
}

export interface SmallOptions {
  readonly lines: readonly Uplink[];
  /** Beside HTTP2. */
  readonly vias: readonly string[];
  readonly samples: number;
  readonly rttMs: number;
  /** TCP's congestion control; the machine's own when left out. */
  readonly congestion?: string | undefined;
  /** Lines measured at a time. */
  readonly atOnce: number;
  readonly onResult?: (result: SmallResult) => void;
}

/** Up to this rate ours are to be no slower than HTTP/2's, in Mbit/s; above, they may take a round trip and so many milliseconds. */
const BESIDE_MBIT = 5;
const ABOVE_MS = 60;
const EVERY_MS = 1000;
const MOST_MS = 20_000;
const SETTLE_MS = 2000;
const PORT = 8443;
/** Seconds of a line that the download lasts at least, beside the samples. */
const SPARE_S = 5;

export const isYardstick = ({ by }: SmallResult): boolean => YARDSTICKS.includes(by);

/** What is not as it must be, in words, beside what HTTP/2 took on the same line at the same round trip. */
export function smallFaults(result: SmallResult, results: readonly SmallResult[]): string[] {
  if (isYardstick(result)) return [];
  const other = results.find(
    (one) => isYardstick(one) && one.mbit === result.mbit && one.queueMs === result.queueMs && one.rttMs === result.rttMs,
  );
  const beside = result.mbit <= BESIDE_MBIT && other !== undefined;
  const most = beside ? other : { p50: result.rttMs + ABOVE_MS, p95: result.rttMs + ABOVE_MS };
  return [
    ...(result.failed > 0 ? [`${result.failed} failed`] : []),
    ...(['p50', 'p95'] as const).filter((name) => !(result[name] <= most[name])).map((name) => `${name} above ${Math.round(most[name])}`),
  ];
}

/** Measures line after line: ours strategy by strategy, and then HTTP/2. */
export async function small({ lines, vias, samples, rttMs, congestion, atOnce: most, onResult }: SmallOptions): Promise<SmallResult[]> {
  const order: SamplingOrder = { samples, everyMs: EVERY_MS, mostMs: MOST_MS };
  const done = await atOnce(most, lines, async (line) => {
    const bytes = Math.round(bytesPerSecond(line) * ((samples * EVERY_MS) / 1000 + SPARE_S));
    const results: SmallResult[] = [];
    const note = (by: string, trips: number, { samples: all, bytes: came, ms }: Beside): void => {
      const times = all.map((one) => one ?? Number.POSITIVE_INFINITY);
      const result: SmallResult = {
        ...line,
        by,
        rttMs: trips * rttMs,
        p50: percentile(times, 0.5),
        p95: percentile(times, 0.95),
        samples: all.length,
        failed: all.filter((one) => one === null).length,
        share: (came * 1000) / ms / bytesPerSecond(line),
      };
      results.push(result);
      onResult?.(result);
    };
    const lab = await openLab({ host: 'home', visitor: 'home', rttMs, congestion });
    try {
      const stage = await openStage(lab, bytes);
      await lab.slow('host', line);
      for (const via of vias) {
        // By the relay it is as far again.
        note(via, via === 'relay' ? 2 : 1, await ours(lab, stage, via, order));
      }
      const others = await http2Ways(lab);
      note(HTTP2, 1, await others.direct(bytes, order));
      if (vias.includes('relay')) note(HTTP2_FORWARDED, 2, await others.forwarded(bytes, order));
      await others.close();
      await stage.close();
    } finally {
      await lab.close();
    }
    return results;
  });
  return done.flat();
}

async function ours(lab: Lab, { file, small: asked }: Stage, via: string, order: SamplingOrder): Promise<Beside> {
  const visitor = doerIn<EndDeeds>(lab, 'visitor', 'end.ts');
  try {
    const stand = await visitor.standing({ file, via: [via], visitors: 1, settleMs: SETTLE_MS, mostMs: MOST_MS });
    if (stand !== 1) throw new Error(`no visit stands by ${via}`);
    const result = await visitor.beside({ file, small: asked, ...order });
    await visitor.leave();
    return result;
  } finally {
    await visitor.stop();
  }
}

interface Http2Ways {
  direct(bytes: number, order: SamplingOrder): Promise<Beside>;
  forwarded(bytes: number, order: SamplingOrder): Promise<Beside>;
  close(): Promise<void>;
}

/** Puts a server in the host's place and a forwarder in the relay's, and asks from the visitor's. */
async function http2Ways(lab: Lab): Promise<Http2Ways> {
  const certificate = makeCertificate(lab.folder);
  if ('missing' in certificate) throw new Error(certificate.missing);
  const [host, between] = [doerIn<Http2Deeds>(lab, 'host', 'http2-end.ts'), doerIn<Http2Deeds>(lab, 'relay', 'http2-end.ts')];
  const address = lab.publicAddress('host');
  await host.serve({ port: PORT, ...certificate });
  await lab.forward('host', PORT);
  await between.forward({ port: PORT, to: address });
  const ask = async (at: string, bytes: number, order: SamplingOrder): Promise<Beside> => {
    const visitor = doerIn<Http2Deeds>(lab, 'visitor', 'http2-end.ts');
    try {
      return await visitor.beside({ origin: `https://${at}:${PORT}`, cert: certificate.cert, bytes, small: SMALL_BYTES, ...order });
    } finally {
      await visitor.stop();
    }
  };
  return {
    direct: (bytes, order) => ask(address, bytes, order),
    forwarded: (bytes, order) => ask(lab.address('relay'), bytes, order),
    close: async () => {
      await Promise.all([host.stop(), between.stop()]);
    },
  };
}
