// SPDX-License-Identifier: Apache-2.0
// A slow line with a queue in the lab: the kernel's token bucket (sch_tbf) on a place's way out, and what crossed it.

/** How an uplink is. */
export interface Uplink {
  /** Megabits a second. */
  readonly mbit: number;
  /** What waits for the line, in milliseconds of it. */
  readonly queueMs: number;
}

/** Bytes of a packet with its Ethernet head. */
const PACKET_BYTES = 1514;
/** Milliseconds of the line that go out at once where that is more than a packet: the kernel's clock is not finer. */
const BURST_MS = 4;

/** Bytes a second. */
export const bytesPerSecond = ({ mbit }: Uplink): number => (mbit * 1e6) / 8;

/** The command of tc that puts a line in the place of what was there. */
export function shape(device: string, uplink: Uplink): string {
  const rate = bytesPerSecond(uplink);
  const burst = Math.ceil(Math.max(PACKET_BYTES, (rate * BURST_MS) / 1000));
  const limit = Math.ceil(burst + Math.max(PACKET_BYTES, (rate * uplink.queueMs) / 1000));
  return `qdisc replace dev ${device} root tbf rate ${Math.round(uplink.mbit * 1e6)}bit burst ${burst} limit ${limit}`;
}

/** Reads what `tc -s -j qdisc show` tells of such a line: bytes that went out, with Ethernet heads, and packets that were dropped. */
export function crossed(json: string): { bytes: number; packets: number; dropped: number } {
  const all = JSON.parse(json) as { kind: string; bytes: number; packets: number; drops: number }[];
  const line = all.find(({ kind }) => kind === 'tbf');
  if (!line) throw new Error('there is no line on this interface');
  return { bytes: line.bytes, packets: line.packets, dropped: line.drops };
}
