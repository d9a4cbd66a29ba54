// SPDX-License-Identifier: Apache-2.0
// Reads CPU profiles: the time each function took itself, and what that work was, in words.

import type { Profiler } from 'node:inspector';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

type CallFrame = Profiler.ProfileNode['callFrame'];

/** Milliseconds by what they went to. */
export type Times = ReadonlyMap<string, number>;

export interface Spent {
  /** All but idling. */
  readonly ms: number;
  /** By file, line and function; what V8 and the system do has a name only. */
  readonly byFunction: Times;
  readonly byFile: Times;
  /** By kind of work, in words. */
  readonly byWork: Times;
}

const root = join(import.meta.dirname, '..', '..');

/** What the work in a file is for; the first that fits. Files as in `fileOf`. */
const WORKS: readonly (readonly [RegExp, string])[] = [
  [/^host-agent\/static\/(fd|linux-folder|portable-folder|root|body)\.ts/, 'opening and reading files'],
  [/^host-agent\//, 'the site: paths, conditions, heads'],
  [/^transport\/seal\//, 'the seal'],
  [/^transport\/continuity\//, 'the resumable session: numbers, acknowledgements'],
  [/^transport\/session\//, 'the session: streams, credit'],
  [/^proto\/|(^|\/)node_modules\/protobufjs/, 'encoding and decoding messages'],
  [/^signaling\//, 'the relay'],
  [/^transport\/(rtc\/|strategies\/data-channel)|simple-peer/, 'the data channel'],
  [/(^|\/)node_modules\/(werift|@shinyoshiaki)/, 'werift: ICE, DTLS, SCTP'],
  [/(^|\/)node_modules\/node-datachannel/, 'node-datachannel'],
  [/(^|\/)node_modules\/@noble/, 'cryptography in JavaScript'],
  [/^transport\//, 'connections: framing, sockets'],
  [/^bench\//, "the bench's own loop"],
  [/^node:internal\/crypto|^node:crypto/, "Node's cryptography"],
  [/^node:(internal\/)?fs/, "Node's file calls"],
  [/^node:internal\/(stream_base_commons|net)|^node:(net|dgram|internal\/dgram)/, "Node's sockets: system calls"],
  [/^node:internal\/streams|^node:stream/, "Node's streams"],
  [/^node:internal\/webstreams/, 'web streams'],
  [/^node:internal\/deps\/undici|^node:internal\/(url|deps)/, 'Request, Response, Headers, URL'],
  [/^node:internal\/(event_target|abort_controller)/, 'abort signals'],
  [/^node:internal\/(process|timers|async_hooks)|^node:(timers|async_hooks)/, "Node's turns: promises, timers"],
  [/^node:(buffer|internal\/buffer)/, "Node's buffers"],
  [/^node:/, 'the rest of Node'],
];

/** Where the time of a profile went. */
export function readProfile({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Spent {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const self = new Map<number, number>();
  samples.forEach((id, index) => {
    self.set(id, (self.get(id) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  });
  /** The file that did it, or in which what has no file was called. */
  const doer = (id: number | undefined): string | null => {
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const file = fileOf(frames.get(at) as CallFrame);
      if (file !== null) return file;
    }
    return null;
  };
  const [byFunction, byFile, byWork] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  let all = 0;
  for (const [id, ms] of self) {
    const frame = frames.get(id) as CallFrame;
    if (frame.functionName === '(idle)' || fileOf(frame) === 'node:inspector') continue;
    all += ms;
    add(byFunction, nameOf(frame), ms);
    add(byFile, fileOf(frame) ?? frame.functionName, ms);
    add(byWork, workOf(frame, doer(id)), ms);
  }
  return { ms: all, byFunction, byFile, byWork };
}

function workOf({ functionName }: CallFrame, file: string | null): string {
  if (functionName === '(garbage collector)' || functionName === 'gc') return 'collecting garbage';
  // Between two JavaScript functions: libuv with its system calls, V8's own work, native modules.
  if (file === null) return 'below JavaScript: the event loop, system calls, native modules';
  return WORKS.find(([pattern]) => pattern.test(file))?.[1] ?? 'packages';
}

/** A file from the project's root, or as Node calls its own; null for what has none. */
function fileOf({ url }: CallFrame): string | null {
  if (url === '') return null;
  return url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url;
}

function nameOf(frame: CallFrame): string {
  const name = frame.functionName || '(anonymous)';
  const file = fileOf(frame);
  return file === null ? name : `${file}:${frame.lineNumber + 1} ${name}`;
}

const add = (times: Map<string, number>, key: string, ms: number): void => void times.set(key, (times.get(key) ?? 0) + ms);

/** The most expensive first, those under `least` (a share of all) left out. */
export function costliest(times: Times, most: number, least = 0): [string, number][] {
  const all = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return [...times]
    .filter(([, ms]) => ms / all >= least)
    .sort(([, one], [, other]) => other - one)
    .slice(0, most);
}
