// SPDX-License-Identifier: Apache-2.0
// A strategy in a file of its own: TCP over a SOCKS5 proxy (RFC 1928), for visitors whose network lets nothing else out.
//
//   porthole host ~/site --suite https://suite.example --name mine --strategy ./socks5.ts
//   SOCKS5_PROXY=socks5://user:password@proxy.example:1080 porthole get https://mine.suite.example/ --strategy ./socks5.ts
//
// The host listens on a port for as long as the attempt lasts, and says which by a note. The visitor's proxy dials it, at the
// address where the suite sees the host: behind a NAT no host is reached so. Each end shows the other a token that was in the
// note, so that both know whose connection it is; who the other end is, and what goes over it, the seal above sees to.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv4, type Socket } from 'node:net';
import {
  type BytePipe,
  type Call,
  type Connection,
  dialTcp,
  framedConnection,
  PortholeError,
  type Strategy,
  tcpPipe,
} from 'porthole/transport';

const NAME = 'socks5';
/** Bytes of a token. */
export const TOKEN_BYTES = 16;
/** Bytes that may come before they are asked for: what an end sends as soon as it is through, and more than any reply. */
export const MAX_EARLY_BYTES = 256 * 1024;
/** How long a connection that comes in may take to show its token, in milliseconds. */
export const SHOW_MS = 5000;
/** Connections that are looked at at once: more come from strangers. */
export const MAX_LOOKED_AT = 16;

/** Bytes of a user or a password. */
export const MAX_LOGIN_BYTES = 255;

/** RFC 1928 section 6. */
const REPLIES = ['', 'it failed', 'its rules forbid it', 'no way there', 'host unreachable', 'refused', 'too far', 'no such command'];

/** @param proxy where the visitor's proxy is, as `socks5://user:password@host:port`; an end without one can be a host only */
export function socks5(proxy: string | undefined): Strategy {
  const at = proxy === undefined || proxy === '' ? null : URL.parse(proxy);
  if (proxy && at?.protocol !== 'socks5:') throw new PortholeError('CONFIG_INVALID', 'SOCKS5_PROXY is no socks5://host:port');
  if (at !== null) loginOf(at); // what is wrong with it is told at the start
  return {
    name: NAME,
    kind: 'relayed',
    cost: 1,
    needs: 'node',
    words: {
      label: 'By proxy',
      sentence: 'Through the SOCKS5 proxy of your network.',
      adverb: 'through a SOCKS5 proxy',
      noun: 'SOCKS5 proxy',
    },
    suits: (_self, peer) => {
      if (at === null) return { chance: 'no', reason: 'SOCKS5_PROXY names no proxy here' };
      if (peer.behindNat) return { chance: 'unlikely', reason: 'the host is behind a NAT' };
      return { chance: 'possible', reason: 'the proxy may reach the host' };
    },
    async attempt(call, signal) {
      signal.throwIfAborted();
      if (call.role === 'callee') return listen(call, signal);
      if (at === null) throw new PortholeError('STRATEGY_UNFIT', 'SOCKS5_PROXY names no proxy here');
      return dial(call, at, signal);
    },
  };
}

export default (): Strategy => socks5(process.env.SOCKS5_PROXY);

/** The visitor's half. */
async function dial(call: Call, proxy: URL, signal: AbortSignal): Promise<Connection> {
  const note = Buffer.from(await call.line.receive(signal));
  const ip = call.peer.observed?.ip;
  if (note.length !== 2 + 2 * TOKEN_BYTES) throw new PortholeError('PROTOCOL_VIOLATED', 'the note of the host is none');
  if (ip === undefined) throw new PortholeError('STRATEGY_UNFIT', 'the suite does not say where the host is');
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const pipe = new Handshake(await dialTcp(host, Number(proxy.port || 1080), signal), signal);
  try {
    await askProxy(pipe, loginOf(proxy), ip, note.readUInt16BE());
    pipe.write(note.subarray(2, 2 + TOKEN_BYTES));
    await pipe.expect(note.subarray(2 + TOKEN_BYTES));
    return pipe.connection();
  } catch (error) {
    pipe.destroy();
    throw error;
  }
}

/** The user and the password; empty for a proxy that wants none. */
type Login = readonly [user: Buffer, password: Buffer];

function loginOf({ username, password }: URL): Login {
  return [loginBytes(username), loginBytes(password)];
}

/** A user or a password as it is in a URL: its length goes in one byte (RFC 1929 section 2). */
function loginBytes(text: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = Buffer.from(decodeURIComponent(text));
  } catch {
    throw new PortholeError('CONFIG_INVALID', 'SOCKS5_PROXY has a user or a password with a % that begins no %-escape: write %25 for it');
  }
  if (bytes.length <= MAX_LOGIN_BYTES) return bytes;
  throw new PortholeError('CONFIG_INVALID', `SOCKS5_PROXY has a user or a password of more than ${MAX_LOGIN_BYTES} bytes`);
}

/** Has the proxy dial an address (RFC 1928 sections 3 to 6; RFC 1929). */
async function askProxy(pipe: Handshake, [user, password]: Login, ip: string, port: number): Promise<void> {
  const method = user.length > 0 ? 2 : 0;
  pipe.write(Uint8Array.of(5, 1, method));
  const [version, chosen] = await pipe.take(2);
  if (version !== 5 || chosen !== method) throw new PortholeError('NO_PATH', 'the proxy wants another way to log in, or is none');
  if (method === 2) {
    pipe.write(Uint8Array.of(1, user.length, ...user, password.length, ...password));
    if ((await pipe.take(2))[1] !== 0) throw new PortholeError('NO_PATH', 'the proxy does not know this user or password');
  }
  pipe.write(Uint8Array.of(5, 1, 0, ...addressOf(ip), port >> 8, port & 255));
  const [, reply = 1, , kind] = await pipe.take(4);
  if (reply !== 0) throw new PortholeError('NO_PATH', `the proxy does not reach the host: ${REPLIES[reply] ?? `reply ${reply}`}`);
  const length = kind === 1 ? 4 : kind === 4 ? 16 : (await pipe.take(1))[0];
  await pipe.take((length ?? 0) + 2);
}

/** An address with its type, as in RFC 1928 section 5. */
function addressOf(ip: string): number[] {
  if (isIPv4(ip)) return [1, ...ip.split('.').map(Number)];
  const [head, tail] = ip.split('::').map((half) => half.split(':').filter(Boolean)) as [string[], string[]?];
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head;
  return [4, ...groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])];
}

/** The host's half. */
async function listen(call: Call, signal: AbortSignal): Promise<Connection> {
  const [theirs, ours] = [randomBytes(TOKEN_BYTES), randomBytes(TOKEN_BYTES)];
  const lookedAt = new Set<Handshake>();
  const server = createServer({ allowHalfOpen: true });
  try {
    server.listen(0);
    await once(server, 'listening', { signal });
    signal.throwIfAborted();
    const port = Buffer.alloc(2);
    port.writeUInt16BE((server.address() as AddressInfo).port);
    call.line.send(Buffer.concat([port, theirs, ours]));
    const shown = new Promise<Connection>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      server.on('error', () => {}); // a failing accept is no reason to end
      server.on('connection', (socket) => {
        const pipe = new Handshake(socket, signal);
        const cancel = call.clock.after(SHOW_MS, () => pipe.destroy());
        lookedAt.add(pipe);
        const admit = async (): Promise<void> => {
          if (lookedAt.size > MAX_LOOKED_AT) throw new PortholeError('RATE_LIMITED');
          await pipe.expect(theirs);
          if (!server.listening) throw new PortholeError('CANCELLED'); // another one was here first
          pipe.write(ours);
          resolve(pipe.connection());
          server.close();
          lookedAt.delete(pipe);
        };
        admit()
          .catch(() => pipe.destroy())
          .finally(() => {
            cancel();
            lookedAt.delete(pipe);
          });
      });
    });
    return await shown;
  } finally {
    server.close();
    for (const pipe of lookedAt) pipe.destroy();
  }
}

/** A socket that is read by numbers of bytes, until it becomes a Connection. */
class Handshake {
  readonly #pipe: BytePipe;
  readonly #signal: AbortSignal;
  #came = Buffer.alloc(0);
  #over: Error | null = null;
  #wake = (): void => {};

  constructor(socket: Socket, signal: AbortSignal) {
    this.#pipe = tcpPipe(socket);
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop, { once: true });
    if (signal.aborted) this.#stop();
    this.#pipe.start({
      data: (chunk) => {
        this.#came = Buffer.concat([this.#came, chunk]);
        if (this.#came.length > MAX_EARLY_BYTES) this.#end(new PortholeError('PROTOCOL_VIOLATED', 'more came than was asked for'));
        this.#wake();
      },
      ended: () => this.#end(new PortholeError('PATH_LOST', 'it hung up')),
      broken: (reason) => this.#end(reason),
    });
  }

  write(bytes: Uint8Array): void {
    this.#pipe.write([bytes]);
  }

  async take(length: number): Promise<Buffer> {
    while (this.#over === null && this.#came.length < length) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#over !== null) throw this.#over;
    const taken = this.#came.subarray(0, length);
    this.#came = this.#came.subarray(length);
    return taken;
  }

  async expect(token: Uint8Array): Promise<void> {
    if (!timingSafeEqual(await this.take(token.length), token)) throw new PortholeError('PROTOCOL_VIOLATED', 'it is somebody else’s');
  }

  /** Once what was to be shown is: from here on the socket is the connection's. */
  connection(): Connection {
    if (this.#over !== null) throw this.#over;
    this.#signal.removeEventListener('abort', this.#stop);
    return framedConnection(NAME, this.#pipe, { early: this.#came });
  }

  destroy(): void {
    this.#end(new PortholeError('CANCELLED'));
    this.#pipe.destroy();
  }

  readonly #stop = (): void => {
    this.#end(this.#signal.reason as Error);
    this.#pipe.destroy();
  };

  #end(reason: Error): void {
    this.#over ??= reason;
    this.#signal.removeEventListener('abort', this.#stop);
    this.#wake();
  }
}
