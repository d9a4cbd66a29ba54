// SPDX-License-Identifier: Apache-2.0
// Workload "session": a folder served through a Porthole session over loopback TCP, beside Node's own web servers.

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Agent, RequestListener, request } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { BULK, type Certificate, type Client, type Running, type Setting, SMALL, type Way, type Workload } from '../lib/workload.ts';

// Each end imports what it needs when it starts: no process should carry what belongs to another.

const HOST = '127.0.0.1';
/** The window a browser would give: about what Chromium and Firefox do. Node's default is 64 KiB. */
const WIDE_WINDOW_BYTES = 4 * 1024 * 1024;

const porthole: Way = {
  name: 'porthole',
  ends: {
    async server({ folder }) {
      const { staticSite } = await import('../../host-agent/static/site.ts');
      const { serveSession } = await import('../../transport/session/host.ts');
      const { tcpConnection } = await import('../../transport/tcp.ts');
      const site = await staticSite(folder);
      let sessions = 0;
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        serveSession(tcpConnection(socket), site, { session: String(++sessions), via: 'tcp' });
      });
      return listening(server);
    },
  },
  async client({ told }) {
    const { openSession } = await import('../../transport/session/visitor.ts');
    const { dialTcp, tcpConnection } = await import('../../transport/tcp.ts');
    const session = openSession(tcpConnection(await dialTcp(HOST, portOf(told))));
    return {
      async get(name, take) {
        const { status, body } = await session.fetch({ method: 'GET', url: `http://site.test/${name}`, headers: [] });
        if (status !== 200 || !body) throw new Error(`status ${status} for ${name}`);
        const reader = body.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          take(value);
        }
      },
      close: () => session.close(),
    };
  },
};

/** A folder as people serve it with Node alone. */
const handlerOf =
  (folder: string): RequestListener =>
  async (request, response) => {
    const path = join(folder, request.url ?? '');
    const { size } = await stat(path);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
    pipeline(createReadStream(path), response, () => {});
  };

const nodeHttp: Way = {
  name: 'node:http, no TLS',
  ends: {
    async server({ folder }) {
      const http = await import('node:http');
      return listening(http.createServer(handlerOf(folder)));
    },
  },
  async client(setting) {
    const http = await import('node:http');
    return httpClient(http.request, new http.Agent(agentOptions(setting)), portOf(setting.told));
  },
};

const nodeHttps: Way = {
  name: 'node:https',
  needsCertificate: true,
  ends: {
    async server({ folder, certificate }) {
      const https = await import('node:https');
      return listening(https.createServer(serverTls(certificate), handlerOf(folder)));
    },
  },
  async client(setting) {
    const https = await import('node:https');
    const agent = new https.Agent({ ...agentOptions(setting), ...clientTls(setting.certificate) });
    return httpClient(https.request, agent, portOf(setting.told));
  },
};

const agentOptions = ({ inFlight }: Setting) => ({ keepAlive: true, maxSockets: inFlight });

function httpClient(ask: typeof request, agent: Agent, port: number): Client {
  return {
    get: (name, take) =>
      new Promise((resolve, reject) => {
        const asked = ask({ agent, host: HOST, port, path: `/${name}` }, (response) => {
          if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode} for ${name}`));
          response.on('data', take).on('end', resolve).on('error', reject);
        });
        asked.on('error', reject).end();
      }),
    close: async () => agent.destroy(),
  };
}

function nodeHttp2(name: string, windowBytes: number | null): Way {
  return {
    name,
    needsCertificate: true,
    ends: {
      async server({ folder, certificate }) {
        const http2 = await import('node:http2');
        const server = http2.createSecureServer(serverTls(certificate));
        server.on('stream', async (stream, { ':path': path = '' }) => {
          const file = join(folder, path);
          const { size } = await stat(file);
          stream.respond({ ':status': 200, 'content-type': 'application/octet-stream', 'content-length': size });
          pipeline(createReadStream(file), stream, () => {});
        });
        return listening(server);
      },
    },
    async client({ told, certificate }) {
      const http2 = await import('node:http2');
      const settings = windowBytes === null ? {} : { initialWindowSize: windowBytes };
      const session = http2.connect(`https://${HOST}:${portOf(told)}`, { ...clientTls(certificate), settings });
      await once(session, 'connect');
      if (windowBytes !== null) session.setLocalWindowSize(windowBytes);
      return {
        get: (name, take) =>
          new Promise((resolve, reject) => {
            const stream = session.request({ ':path': `/${name}` });
            stream.on('response', ({ ':status': status }) => {
              if (status !== 200) reject(new Error(`status ${status} for ${name}`));
            });
            stream.on('data', take).on('end', resolve).on('error', reject);
          }),
        close: () => new Promise((resolve) => session.close(resolve)),
      };
    },
  };
}

const serverTls = (certificate: Certificate | null) => ({ ...certificate, minVersion: 'TLSv1.3' as const });
const clientTls = (certificate: Certificate | null) => ({ ca: certificate?.cert, servername: 'localhost', minVersion: 'TLSv1.3' as const });

const portOf = (told: Setting['told']): number => told.server as number;

/** Listens on a free port of loopback, which is what the client is told. */
async function listening(server: Server): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    tells: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

export default {
  title: 'one session over loopback TCP, beside the web servers of Node itself',
  tasks: [BULK, SMALL],
  ours: porthole,
  peers: [nodeHttps, nodeHttp2('node:http2', null), nodeHttp2('node:http2, 4 MiB window', WIDE_WINDOW_BYTES), nodeHttp],
} satisfies Workload;
