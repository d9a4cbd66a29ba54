// SPDX-License-Identifier: Apache-2.0
// Programs in a place of the lab, from outside it: each call is done by a process there.

import { once } from 'node:events';
import { join } from 'node:path';
import { programOf } from '../support/programs.ts';
import type { Deeds } from './actor.ts';
import type { Lab } from './lab.ts';

type Anything = Readonly<Record<string, (...words: never[]) => unknown>>;

/** The deeds, each a promise. */
export type Doer<D extends Anything> = { readonly [K in keyof D]: (...words: Parameters<D[K]>) => Promise<Awaited<ReturnType<D[K]>>> } & {
  stop(): Promise<void>;
};
/** One that has plain sockets. */
export type Actor = Doer<Deeds>;

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** Starts an actor in a place; it ends with `stop`, or with the lab. */
export const actorIn = (lab: Lab, place: string): Actor => doerIn<Deeds>(lab, place, 'actor.ts');

/** Starts a program of this folder, which obeys (`obeying.ts`), in a place; it ends with `stop`, or with the lab. */
export function doerIn<D extends Anything>(lab: Lab, place: string, program: string): Doer<D> {
  const child = lab.spawn(place, process.execPath, [programOf(join(import.meta.dirname, program))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  child.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
    if (error === undefined) waiting.get(id)?.resolve(result as never);
    else waiting.get(id)?.reject(new Error(`${place}: ${error}`));
    waiting.delete(id);
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${place}: ${program} has ended`));
    waiting.clear();
  });
  const ask = (deed: string, words: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      child.send({ id, deed, words }, (error) => error && reject(error));
    });
  return new Proxy({} as Doer<D>, {
    get: (_, deed: string) => {
      if (deed === 'then') return undefined;
      if (deed === 'stop') {
        return async () => {
          if (child.connected) child.disconnect();
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        };
      }
      return (...words: unknown[]) => ask(deed, words);
    },
  });
}
