// SPDX-License-Identifier: Apache-2.0
// Long uploads and downloads of curl's by both gateways, and what each end's memory rises by (Linux).

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Porthole, type Scratch, scratch } from './porthole.ts';

/** An app that counts what it is sent, and sends as much as its path says. */
const APP = `
const piece = Buffer.alloc(65536, 1);
require('node:http').createServer({ requestTimeout: 0 }, (request, response) => {
  if (request.method === 'PUT') {
    let bytes = 0;
    return request.on('data', (one) => { bytes += one.length; }).on('end', () => response.end(String(bytes)));
  }
  let left = Number(request.url.slice(1));
  response.setHeader('content-length', left);
  const more = () => {
    while (left > 0) {
      const one = left < piece.length ? piece.subarray(0, left) : piece;
      left -= one.length;
      if (!response.write(one)) return response.once('drain', more);
    }
    response.end();
  };
  more();
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

/** What one transfer did. Memory is resident, in MiB: before it, and at its highest. */
export interface Transfer {
  readonly bytes: number;
  readonly seconds: number;
  readonly memory: Readonly<Record<string, readonly [before: number, peak: number]>>;
}

type Ends = Readonly<Record<'suite' | 'host' | 'open', Porthole>>;
type Ports = Readonly<Record<'suite' | 'open', number>>;

/** A suite, a host of an app and `open`, each a process. */
export class LargeStage {
  readonly #folder: Scratch;
  readonly #app: ChildProcess;
  readonly #ends: Ends;
  readonly #ports: Ports;

  private constructor(folder: Scratch, app: ChildProcess, ends: Ends, ports: Ports) {
    this.#folder = folder;
    this.#app = app;
    this.#ends = ends;
    this.#ports = ports;
  }

  static async start(): Promise<LargeStage> {
    const folder = await scratch();
    const app = spawn(process.execPath, ['-e', APP], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = String((await once(app.stdout as NodeJS.ReadableStream, 'data'))[0]).trim();
    const run = (name: string, ...args: string[]): Porthole => new Porthole(args, join(folder.path, name), { cwd: folder.path });
    const suite = run('suite', 'suite', '--port', '0', '--address', '127.0.0.1');
    const at = (await suite.waitFor('ready')).port as number;
    const host = run('host', 'host', port, '--suite', `http://localhost:${at}`, '--name', 'app');
    const open = run('open', 'open', String((await host.waitFor('ready')).link), '--port', '0');
    const stage = new LargeStage(folder, app, { suite, host, open }, { suite: at, open: (await open.waitFor('ready')).port as number });
    // Each way is opened before anything is measured.
    for (const by of ['suite', 'open'] as const) await stage.download(by, 1000);
    return stage;
  }

  /** Sends so many bytes; `bytes` is what the app says that it got. */
  upload(by: 'suite' | 'open', bytes: number): Promise<Transfer> {
    return this.#measured(by, ['-T', '-'], '/', bytes);
  }

  /** Fetches so many bytes. */
  download(by: 'suite' | 'open', bytes: number): Promise<Transfer> {
    return this.#measured(by, ['-o', '/dev/null', '-w', '%{size_download}'], `/${bytes}`, 0);
  }

  async #measured(by: 'suite' | 'open', args: readonly string[], path: string, sends: number): Promise<Transfer> {
    const ends = Object.entries(this.#ends);
    const field = async ({ pid }: Porthole, name: string): Promise<number> =>
      Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
    // The highest mark begins anew (proc_pid_clear_refs(5)).
    for (const [, { pid }] of ends) await writeFile(`/proc/${pid}/clear_refs`, '5');
    const before = await Promise.all(ends.map(([, end]) => field(end, 'VmRSS')));
    const from = performance.now();
    const host = by === 'suite' ? `app.localhost:${this.#ports.suite}` : `localhost:${this.#ports.open}`;
    const all = ['-s', '-S', '-f', ...args, '-H', `Host: ${host}`, `http://127.0.0.1:${this.#ports[by]}${path}`];
    const zeros = sends > 0 ? spawn('head', ['-c', String(sends), '/dev/zero'], { stdio: ['ignore', 'pipe', 'inherit'] }) : null;
    const curl = spawn('curl', all, { stdio: [zeros?.stdout ?? 'ignore', 'pipe', 'inherit'] });
    let said = '';
    curl.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    await once(curl, 'close');
    const seconds = (performance.now() - from) / 1000;
    const peaks = await Promise.all(ends.map(([, end]) => field(end, 'VmHWM')));
    const memory = Object.fromEntries(ends.map(([name], at) => [name, [before[at] ?? 0, peaks[at] ?? 0] as const]));
    return { bytes: Number(said), seconds, memory };
  }

  async stop(): Promise<void> {
    for (const end of [this.#ends.open, this.#ends.host, this.#ends.suite]) await end.stop();
    this.#app.kill();
    await this.#folder.drop();
  }
}
