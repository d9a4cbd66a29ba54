// SPDX-License-Identifier: Apache-2.0
// A field: one lab with a suite, a host of each kind of network and a visitor of each, who stay for as many visits as are wanted.

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Doer, doerIn } from './acting.ts';
import type { EndDeeds } from './end.ts';
import { FILE } from './end.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';
import { SAME_LAN } from './plan.ts';
import { startSuite, suiteUrlOf } from './stage.ts';
import type { Visited, VisitOrder } from './watched-visit.ts';

/** Bytes that every visit carries. */
const FILE_BYTES = 1_000_000;
/** Ends that start, and examine their networks, at once. */
const STARTS = 8;
/** The host whose network has a second machine, when there is such a host. */
const TOGETHER = 'home';

type End = Doer<EndDeeds>;

export interface FieldOptions extends Pick<LabOptions, 'rttMs' | 'loss' | 'rateMbit'> {
  /** Of the hosts, and of the visitors. `same-lan` among the visitors: in the network of the host `home`. */
  readonly hosts: readonly string[];
  readonly visitors: readonly string[];
  readonly onProgress?: (line: string) => void;
}

/** Who visits whom, and what for. */
export interface Errand extends Pick<VisitOrder, 'techniques' | 'wanted' | 'settleMs'> {
  readonly host: string;
  readonly visitor: string;
  /** Whether both ends know what examining their networks found. */
  readonly examined: boolean;
}

/** Does the work on each of the things, so many at once. */
export async function each<T>(things: readonly T[], atOnce: number, work: (thing: T) => Promise<void>): Promise<void> {
  const left = [...things];
  const worker = async (): Promise<void> => {
    for (let thing = left.shift(); thing !== undefined; thing = left.shift()) await work(thing);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export class Field {
  readonly #lab: Lab;
  readonly #digest: string;
  readonly #hosts = new Map<string, End>();
  readonly #visitors = new Map<string, End>();
  /** Links by host: of a site whose host has examined its network, and of one whose host has not. */
  readonly #links = new Map<string, Readonly<Record<'examined' | 'plain', string>>>();

  private constructor(lab: Lab, digest: string) {
    this.#lab = lab;
    this.#digest = digest;
  }

  /** Opens a field: all hosts are online, all networks examined. Throws an Error when an end cannot be had. */
  static async open({ hosts, visitors, onProgress = () => {}, ...wire }: FieldOptions): Promise<Field> {
    const others = Object.fromEntries([
      ...hosts.map((kind) => [`host-${kind}`, kind]),
      ...visitors.filter((kind) => kind !== SAME_LAN).map((kind) => [`from-${kind}`, kind]),
    ]);
    onProgress(`${hosts.length} hosts and ${visitors.length} visitors are started`);
    const together = visitors.includes(SAME_LAN);
    const lab = await openLab({ host: together ? TOGETHER : 'open', visitor: together ? SAME_LAN : 'open', others, ...wire });
    const content = randomBytes(FILE_BYTES);
    const field = new Field(lab, createHash('sha256').update(content).digest('hex'));
    try {
      const folder = join(lab.folder, 'site');
      await mkdir(folder);
      await writeFile(join(folder, FILE), content);
      await startSuite(lab);
      const suite = suiteUrlOf(lab);
      await each(hosts, STARTS, async (kind) => {
        const place = together && kind === TOGETHER ? 'host' : `host-${kind}`;
        const end = doerIn<EndDeeds>(lab, place, 'end.ts');
        field.#hosts.set(kind, end);
        const plain = await end.serve({ suite, name: `${kind}-plain`, folder, home: null });
        const examined = await end.serve({ suite, name: kind, folder, home: join(lab.folder, place) });
        field.#links.set(kind, { examined, plain });
      });
      const [first] = field.#links.values();
      await each(visitors, STARTS, async (kind) => {
        const place = kind === SAME_LAN ? 'visitor' : `from-${kind}`;
        const end = doerIn<EndDeeds>(lab, place, 'end.ts');
        field.#visitors.set(kind, end);
        if (first) await end.examine(first.plain, field.#home(kind));
      });
      onProgress('all are online, and their networks examined');
      return field;
    } catch (error) {
      await field.close();
      throw error;
    }
  }

  #home(visitor: string): string {
    return join(this.#lab.folder, `home-${visitor}`);
  }

  /** One visit. */
  async visit({ host, visitor, examined, ...order }: Errand): Promise<Visited> {
    const links = this.#links.get(host);
    const end = this.#visitors.get(visitor);
    if (!links || !end) throw new Error(`there is no ${links ? `visitor ${visitor}` : `host ${host}`} in the field`);
    return end.visit({
      ...order,
      file: examined ? links.examined : links.plain,
      digest: this.#digest,
      home: examined ? this.#home(visitor) : null,
    });
  }

  /** Ends all, and takes the lab down. */
  close(): Promise<void> {
    return this.#lab.close();
  }
}
