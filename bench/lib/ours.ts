// SPDX-License-Identifier: Apache-2.0
// Our own two ends on a Connection, as users run them: the one place that knows what stands between a path and a session.

import type { Connection } from '../../transport/channel/connection.ts';
import type { PromptPrimitives } from '../../transport/seal/primitives.ts';
import type { Site } from '../../transport/session/site.ts';
import type { Client } from './workload.ts';

/** A host that serves a folder to whoever comes. */
export interface OurHost {
  /** What a visitor has to know of it. Goes through JSON. */
  readonly key: string;
  serve(connection: Connection): void;
}

/** Puts something in front of a site. */
export type InFront = (site: Site) => Promise<Site>;

/**
 * Makes a host of a folder.
 * @param inFront what stands in front of its site; nothing when left out
 */
export async function serveOurs(folder: string, inFront?: InFront): Promise<OurHost> {
  await startAsProgram();
  const { staticSite } = await import('../../host-agent/static/site.ts');
  const { SessionAcceptor } = await import('../../transport/continuity/acceptor.ts');
  const { sealAsHost } = await import('../../transport/seal/sealed.ts');
  const { serveSession } = await import('../../transport/session/host.ts');
  const own = await staticSite(folder);
  const site = inFront ? await inFront(own) : own;
  const primitives = await ourPrimitives();
  const key = primitives.newKeyPair();
  let sessions = 0;
  const acceptor = new SessionAcceptor({
    onSession: (resumable) => void serveSession(resumable, site, { session: String(++sessions), via: resumable.via }),
  });
  return {
    key: Buffer.from(key.publicKey).toString('hex'),
    serve: (connection) => void acceptor.take(sealAsHost(connection, { key, primitives })),
  };
}

/** Visits a host on a connection to it. */
export async function openOurs(connection: Connection, key: string): Promise<Client> {
  await startAsProgram();
  const { beginResumable } = await import('../../transport/continuity/visitor.ts');
  const { sealAsVisitor } = await import('../../transport/seal/sealed.ts');
  const { openSession } = await import('../../transport/session/visitor.ts');
  // As `porthole get` does.
  const collect = (await import('../../cli/running/collector.ts')).collector();
  let bytes = 0;
  const primitives = await ourPrimitives();
  const resumable = beginResumable();
  const session = openSession(resumable);
  await resumable.add(sealAsVisitor(connection, { site: Buffer.from(key, 'hex'), key: primitives.newKeyPair(), primitives }));
  return {
    async get(name, take) {
      const { status, body } = await session.fetch({ method: 'GET', url: `http://site.test/${name}`, headers: [] });
      if (status !== 200 || !body) throw new Error(`status ${status} for ${name}`);
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        take(value);
        bytes += value.length;
        collect(bytes);
      }
    },
    close: () => session.close(),
  };
}

/** What the program does at its start, whatever it is asked for. */
export async function startAsProgram(): Promise<void> {
  const { boundHeap } = await import('../../cli/running/heap.ts');
  boundHeap();
}

async function ourPrimitives(): Promise<PromptPrimitives> {
  const { collectedPrimitives, youngCollector } = await import('../../transport/seal/node.ts');
  return collectedPrimitives(youngCollector());
}
