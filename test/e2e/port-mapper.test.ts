// SPDX-License-Identifier: Apache-2.0
// A port of a router on request, by NAT-PMP and by UPnP, from miniupnpd: it lets everybody in until it is closed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { actorIn } from '../lab/acting.ts';
import { type Lab, lacksFor, noLabReason, openLab } from '../lab/lab.ts';
import type { Said } from '../lab/mapper.ts';

const MAPPER = join(import.meta.dirname, '..', 'lab', 'mapper.ts');
/** How long what must come may take on a busy machine, and silence is listened to, in milliseconds. */
const COMING_MS = 5000;
const SILENCE_MS = 400;

describe('a port of a router on request', function () {
  this.timeout(60_000);
  let lab: Lab | undefined;

  before(function () {
    const reason = noLabReason() ?? lacksFor('upnp');
    if (reason === null) return;
    console.log(`      skipped: ${reason}`);
    this.skip();
  });
  afterEach(() => lab?.close());

  /** Asks from the host's place. */
  async function ask(from: Lab, way: 'nat-pmp' | 'upnp' | 'both'): Promise<{ said: Said; close(): Promise<Said> }> {
    const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'inherit', 'inherit', 'ipc'];
    const child = from.spawn('host', process.execPath, [MAPPER, way], { stdio });
    const next = async (): Promise<Said> => ((await once(child, 'message')) as [Said])[0];
    const said = await next();
    const close = async (): Promise<Said> => {
      child.send('close');
      return next();
    };
    return { said, close };
  }

  /** Opens a port in this way, and sees who comes in by it before it is closed and after. */
  async function opens(within: Lab, way: 'nat-pmp' | 'upnp' | 'both'): Promise<void> {
    const visitor = actorIn(within, 'visitor');
    const { said, close } = await ask(within, way);
    assert.ok('port' in said, JSON.stringify(said));
    const connect = async (ms: number): Promise<string> => {
      const { id } = await visitor.open('tcp', { ip: '0.0.0.0', port: 0 }, {});
      await visitor.connect(id, { ip: said.ip, port: said.port });
      return visitor.outcome(id, ms);
    };
    assert.equal(await connect(COMING_MS), 'open', way);
    assert.deepEqual(await close(), { closed: true });
    assert.equal(await connect(SILENCE_MS), 'pending', `${way}: the router lets nobody in, not even to be refused`);
  }

  it('by either, of a router that knows both', async () => {
    lab = await openLab({ host: 'upnp', visitor: 'open' });
    for (const way of ['nat-pmp', 'upnp', 'both'] as const) await opens(lab, way);
  });

  it('by UPnP, of a router that knows nothing else', async () => {
    lab = await openLab({ host: 'upnp', visitor: 'open', natPmp: false });
    for (const way of ['upnp', 'both'] as const) await opens(lab, way);
    assert.ok('error' in (await ask(lab, 'nat-pmp')).said);
  });

  it('by neither, of a router that opens none', async () => {
    lab = await openLab({ host: 'home', visitor: 'open' });
    assert.ok('error' in (await ask(lab, 'both')).said);
  });
});
