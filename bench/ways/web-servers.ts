// SPDX-License-Identifier: Apache-2.0
// Peers: the web servers of Node itself, as people write them, and as their clients ask them.

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Agent, RequestListener, request } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { HOST, listening, toldBy } from '../lib/loopback.ts';
import type { Certificate, Client, Running, Setting, Way } from '../lib/workload.ts';

/** A folder as people serve it with Node alone. */
const handlerOf =
  (folder: string): RequestListener =>
  async (request, response) => {
    const path = join(folder, request.url ?? '');
    const { size } = await stat(path);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
    pipeline(createReadStream(path), response, () => {});
  };

/** The server of a way that goes through something in between. */
export async function httpServer({ folder }: Setting): Promise<Running> {
  const http = await import('node:http');
  return listening(http.createServer(handlerOf(folder)));
}

/** The same with TLS 1.3. */
export async function httpsServer({ folder, certificate }: Setting): Promise<Running> {
  const https = await import('node:https');
  return listening(https.createServer(serverTls(certificate), handlerOf(folder)));
}

/** A client of a port, in which `role` is the end it speaks to. `host`: the Host field, when the address is not it. */
export async function askHttp(setting: Setting, role: string, host?: string): Promise<Client> {
  const http = await import('node:http');
  return httpClient(http.request, new http.Agent(agentOptions(setting)), portOf(setting, role), host);
}

export async function askHttps(setting: Setting, role: string): Promise<Client> {
  const https = await import('node:https');
  const agent = new https.Agent({ ...agentOptions(setting), ...clientTls(setting.certificate) });
  return httpClient(https.request, agent, portOf(setting, role));
}

export const nodeHttp: Way = {
  name: 'node:http, no TLS',
  ends: { server: httpServer },
  client: (setting) => askHttp(setting, 'server'),
};

export const nodeHttps: Way = {
  name: 'node:https',
  needsCertificate: true,
  ends: { server: httpsServer },
  client: (setting) => askHttps(setting, 'server'),
};

const agentOptions = ({ inFlight }: Setting) => ({ keepAlive: true, maxSockets: inFlight });

function httpClient(ask: typeof request, agent: Agent, port: number, host?: string): Client {
  const headers = host === undefined ? {} : { host };
  return {
    get: (name, take) =>
      new Promise((resolve, reject) => {
        const asked = ask({ agent, host: HOST, port, path: `/${name}`, headers }, (response) => {
          if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode} for ${name}`));
          response.on('data', take).on('end', resolve).on('error', reject);
        });
        asked.on('error', reject).end();
      }),
    close: async () => agent.destroy(),
  };
}

/** HTTP/2 on one session. `windowBytes`: what the client lets a stream have under way; Node's default when null. */
export function nodeHttp2(name: string, windowBytes: number | null): Way {
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
    async client(setting) {
      const http2 = await import('node:http2');
      const settings = windowBytes === null ? {} : { initialWindowSize: windowBytes };
      const session = http2.connect(`https://${HOST}:${portOf(setting, 'server')}`, { ...clientTls(setting.certificate), settings });
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

export const serverTls = (certificate: Certificate | null) => ({ ...certificate, minVersion: 'TLSv1.3' as const });
export const clientTls = (certificate: Certificate | null) => ({
  ca: certificate?.cert,
  servername: 'localhost',
  minVersion: 'TLSv1.3' as const,
});
const portOf = ({ told }: Setting, role: string): number => toldBy<{ port: number }>(told, role).port;
