// SPDX-License-Identifier: Apache-2.0
// A policy client that does as the real players do (order, time-out, one receive, whose ports count), to test servers with.

import { connect } from 'node:net';

/** How a player's question at one port ended. */
export type Reply = { readonly kind: 'policy'; readonly xml: string } | { readonly kind: 'refused' | 'timeout' | 'unreadable' };

export interface PlayerOptions {
  readonly host: string;
  /** Where the ports the player knows are in the test: 843 is nothing an ordinary user can listen on. */
  readonly place: (port: number) => number;
  /** Players wait three seconds for a policy. */
  readonly timeoutMs?: number;
}

const REQUEST = '<policy-file-request/>';
const PLAYER_READ_BYTES = 4096;
const MONO_READ_BYTES = 5000;

export class Player {
  readonly asked: number[] = [];
  readonly #options: Required<PlayerOptions>;

  constructor(options: PlayerOptions) {
    this.#options = { ...options, timeoutMs: options.timeoutMs ?? 3000 };
  }

  /** Flash: may an application from `domain` connect to `port`? `loaded`: the places it named with loadPolicyFile. */
  async flashMayConnect(domain: string, port: number, loaded: readonly number[] = []): Promise<boolean> {
    const master = await this.#ask(843, `${REQUEST}\0`, PLAYER_READ_BYTES);
    if (master.kind === 'policy') {
      const controls = [...master.xml.matchAll(/<site-control permitted-cross-domain-policies="([^"]*)"/g)].map((found) => found[1]);
      if (controls.includes('none')) return false;
      if (grants(master.xml, 843, domain, port)) return true;
      if (controls.at(-1) === 'master-only') return false;
    }
    for (const place of loaded.length > 0 ? loaded : [port]) {
      const reply = await this.#ask(place, `${REQUEST}\0`, PLAYER_READ_BYTES);
      if (reply.kind === 'policy' && grants(reply.xml, place, domain, port)) return true;
    }
    return false;
  }

  /** Silverlight (`mono`: Mono's and Unity's client, which ends the request with NUL): may an application connect to `port`? */
  async silverlightMayConnect(origin: string, port: number, mono = false): Promise<boolean> {
    const reply = await this.#ask(943, mono ? `${REQUEST}\0` : REQUEST, MONO_READ_BYTES);
    if (reply.kind !== 'policy') return false;
    const from = [...reply.xml.matchAll(/<domain uri="([^"]*)"/g)].some(([, uri]) => uri === '*' || uri === origin);
    const to = [...reply.xml.matchAll(/<socket-resource port="([^"]*)" protocol="tcp"/g)].some(([, ports = '']) => includes(ports, port));
    return from && to;
  }

  /** One question at one port: one receive, of which the last byte must be NUL, `>` or a line's end. */
  ask(port: number): Promise<Reply> {
    return this.#ask(port, `${REQUEST}\0`, PLAYER_READ_BYTES);
  }

  #ask(port: number, request: string, most: number): Promise<Reply> {
    this.asked.push(port);
    const { host, place, timeoutMs } = this.#options;
    return new Promise((resolve) => {
      const socket = connect({ port: place(port), host });
      const done = (reply: Reply): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(reply);
      };
      const timer = setTimeout(done, timeoutMs, { kind: 'timeout' });
      socket.write(request);
      socket.once('data', (chunk) => {
        const text = chunk.subarray(0, most).toString();
        done(/[\0>\n]$/.test(text) ? { kind: 'policy', xml: text.replace(/\0$/, '') } : { kind: 'unreadable' });
      });
      socket.on('error', () => done({ kind: 'refused' }));
      socket.on('end', () => done({ kind: 'refused' }));
    });
  }
}

function grants(xml: string, servedFrom: number, domain: string, port: number): boolean {
  if (servedFrom >= 1024 && port < 1024) return false;
  return [...xml.matchAll(/<allow-access-from domain="([^"]*)" to-ports="([^"]*)"/g)].some(
    ([, from = '', ports = '']) => matches(from, domain) && includes(ports, port),
  );
}

function matches(pattern: string, domain: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? domain === pattern.slice(2) || domain.endsWith(pattern.slice(1)) : domain === pattern;
}

function includes(ports: string, port: number): boolean {
  return ports.split(',').some((item) => {
    if (item === '*') return true;
    const [from = 0, to = from] = item.split('-').map(Number);
    return port >= from && port <= to;
  });
}
