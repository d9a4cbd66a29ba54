// SPDX-License-Identifier: Apache-2.0
// A process in a place of the lab that is one end: it brings a folder online, or visits sites, as it is told over its channel.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { programExaminer } from '../../cli/running/networks.ts';
import { connect } from '../../client-runtime/index.ts';
import { type Host, newIdentity, serve, staticSite } from '../../host-agent/index.ts';
import type { Examiner } from '../../transport/nat/exam/own-nat.ts';
import { nodeStrategies } from '../../transport/strategies/node.ts';
import { beside } from './besides.ts';
import { downloads, leave, standing } from './downloading.ts';
import { firstVisit } from './first-visit.ts';
import { obey } from './obeying.ts';
import { watchedVisit } from './watched-visit.ts';

/** What the site has the one file at. */
export const FILE = 'file.bin';
/** The longest that examining a network is waited for, in milliseconds: where little comes through, much is tried again. */
const EXAM_MS = 20_000;

export interface SiteOrder {
  readonly suite: string;
  readonly name: string;
  readonly folder: string;
  /** Where it is kept what is known of this network; null: it is not examined. */
  readonly home: string | null;
}

const hosts: Host[] = [];

/** The program's examiner, and when it has learned something; at once where there is none. */
function examining(home: string | null): { examine: { examine?: Examiner }; learned: Promise<unknown> } {
  if (home === null) return { examine: {}, learned: Promise.resolve() };
  const program = programExaminer(home);
  const { promise, resolve } = Promise.withResolvers<void>();
  const examine: Examiner = (examination) =>
    program({
      ...examination,
      learned(nat) {
        examination.learned(nat);
        resolve();
      },
    });
  setTimeout(resolve, EXAM_MS).unref();
  return { examine: { examine }, learned: promise };
}

const DEEDS = {
  /** Brings a folder online. @returns the link of its file, once this network is examined */
  async serve({ suite, name, folder, home }: SiteOrder): Promise<string> {
    if (home !== null) await mkdir(home, { recursive: true });
    const { examine, learned } = examining(home);
    const link = Promise.withResolvers<string>();
    hosts.push(
      await serve({
        suite,
        name,
        site: await staticSite(folder),
        identity: newIdentity(),
        ...examine,
        events: { ready: (at) => link.resolve(at.link) },
      }),
    );
    const url = new URL(await link.promise);
    url.pathname = join(url.pathname, FILE);
    await learned;
    return url.href;
  },
  /** Examines this network by a visit that does nothing else. Later visits find everything loaded, as in a program that runs. */
  async examine(link: string, home: string): Promise<void> {
    await nodeStrategies();
    await mkdir(home, { recursive: true });
    const { examine, learned } = examining(home);
    const visit = await connect(link, { via: ['relay-only'], ...examine });
    await learned;
    await visit.close();
  },
  visit: watchedVisit,
  first: firstVisit,
  standing,
  downloads,
  beside,
  leave,
  async close(): Promise<void> {
    await Promise.all(hosts.splice(0).map((host) => host.close(0)));
  },
};

export type EndDeeds = typeof DEEDS;

obey(DEEDS);
