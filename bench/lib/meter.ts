// SPDX-License-Identifier: Apache-2.0
// What a process has used since a moment: CPU seconds, and the most memory it held.

import { readFileSync, writeFileSync } from 'node:fs';

export interface Usage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly peakMiB: number;
  /** Whether the peak is of the measured part alone; else of the process' whole life. */
  readonly peakReset: boolean;
}

/** Begins to measure this process, all its threads. Call what it returns at the end. */
export function startMeter(): () => Usage {
  const peakReset = resetPeak();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { userSeconds: user / 1e6, systemSeconds: system / 1e6, peakMiB: peakKiB(peakReset) / 1024, peakReset };
  };
}

/** Linux: proc(5), clear_refs, 5 resets the high-water mark to what is held now. */
function resetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

function peakKiB(peakReset: boolean): number {
  const mark = peakReset ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] : undefined;
  return mark === undefined ? process.resourceUsage().maxRSS : Number(mark);
}
