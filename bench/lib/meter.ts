// SPDX-License-Identifier: Apache-2.0
// What a process cost: CPU seconds, and the most memory it had resident.

import { readFileSync, writeFileSync } from 'node:fs';

export interface Usage {
  /** User and system, of all threads. */
  readonly cpuSeconds: number;
  /** In millions of bytes. */
  readonly peakMB: number;
  /** Whether the peak is of the measured part alone; else of the process' whole life. */
  readonly peakReset: boolean;
}

/** Ticks of /proc/PID/stat in a second: what Linux tells programs, whatever it counts in itself. */
const TICKS_PER_SECOND = 100;

/**
 * Begins to measure a process, all its threads. Call what it returns at the end.
 * @param pid another process than this one: Linux only
 */
export function startMeter(pid?: number): () => Usage {
  const peakReset = resetPeak(pid);
  const before = cpuSeconds(pid);
  return () => ({ cpuSeconds: cpuSeconds(pid) - before, peakMB: peakBytes(pid, peakReset) / 1e6, peakReset });
}

/** This process can ask the kernel for more than ticks. */
function cpuSeconds(pid?: number): number {
  if (pid !== undefined) {
    // proc(5): after the name, which is in parentheses and may hold anything, utime and stime are the 12th and 13th field.
    const [, fields = ''] = /\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
    return (user + system) / TICKS_PER_SECOND;
  }
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Linux: proc(5), clear_refs, 5 resets the high-water mark to what is held now. */
function resetPeak(pid?: number): boolean {
  try {
    writeFileSync(`/proc/${pid ?? 'self'}/clear_refs`, '5');
    return true;
  } catch {
    return false;
  }
}

function peakBytes(pid: number | undefined, peakReset: boolean): number {
  const known = pid !== undefined || peakReset;
  const mark = known ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? 'self'}/status`, 'utf8'))?.[1] : undefined;
  return (mark === undefined ? process.resourceUsage().maxRSS : Number(mark)) * 1024;
}
