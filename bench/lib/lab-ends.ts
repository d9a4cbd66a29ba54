// SPDX-License-Identifier: Apache-2.0
// The three processes of a stack in a lab: its meeting point in the suite's place, then both ends, then one visit.

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Lab } from '../../test/lab/lab.ts';
import { environment } from '../../test/support/environment.ts';
import type { LabOrder, Reply } from './orders.ts';
import type { Reached, Stack, System } from './reach.ts';

const PROGRAM = join(import.meta.dirname, 'lab-end.ts');
/** Characters of what a process said last that are kept, for the reason why. */
const SAID_CHARACTERS = 4000;

/** One process. It ends with the lab. */
class LabEnd {
  readonly #place: string;
  readonly #child: ChildProcess;
  #waiting: { resolve(value: unknown): void; reject(reason: Error): void } | null = null;
  #said = '';

  constructor(lab: Lab, place: string, env: NodeJS.ProcessEnv) {
    this.#place = place;
    this.#child = lab.spawn(place, process.execPath, [PROGRAM], {
      env: environment({ HOME: lab.folder, ...env }),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-SAID_CHARACTERS);
    });
    this.#child.on('message', (reply: Reply) => {
      if ('error' in reply) this.#settle(new Error(`${place}: ${reply.error}`));
      else this.#settle(null, reply.value);
    });
    this.#child.on('error', (error) => this.#settle(error));
    this.#child.on('exit', (code, by) => this.#settle(new Error(`${place} ended with ${by ?? code}: ${this.lastWords ?? 'no word'}`)));
  }

  /** The last error that it told on stderr, without the time; else the last line. */
  get lastWords(): string | null {
    const lines = this.#said.split('\n').filter((line) => /^\S/.test(line));
    const last = lines.findLast((line) => /error/i.test(line) && !line.startsWith('Emitted ')) ?? lines.at(-1);
    return last?.replace(/^\d{4}-\d\d-\d\dT\S+ /, '') ?? null;
  }

  order(order: LabOrder): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (!this.#child.connected) this.#settle(new Error(`${this.#place} is gone: ${this.lastWords ?? 'no word'}`));
      else this.#child.send(order, (error) => error && this.#settle(error));
    });
  }

  #settle(error: Error | null, value?: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (error) waiting?.reject(error);
    else waiting?.resolve(value);
  }
}

/** A stack as a system: each visit with new processes. */
export function systemOf<Meeting, Host>({ name, file, packages, env = {} }: Stack<Meeting, Host>): System {
  return {
    name,
    packages,
    async reach(lab) {
      const { ipv4, ipv6 } = lab.place('suite');
      const meeting = await new LabEnd(lab, 'suite', env).order({ do: 'suite', file, ipv4, ipv6 });
      const [host, visitor] = [new LabEnd(lab, 'host', env), new LabEnd(lab, 'visitor', env)];
      // Both at once: each takes its time to find out about its network.
      const [told] = await Promise.all([host.order({ do: 'host', file, meeting }), visitor.order({ do: 'visitor', file, meeting })]);
      const reached = (await visitor.order({ do: 'reach', host: told })) as Reached;
      if (reached.directMs !== null) return reached;
      return { ...reached, why: reached.why ?? host.lastWords ?? visitor.lastWords };
    },
  };
}
