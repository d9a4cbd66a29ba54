// SPDX-License-Identifier: Apache-2.0
// Chromium with an empty profile, and its DevTools protocol: commands, and the events of every page and worker from their beginning.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHROMIUM_FLAGS, chromiumPath } from '../../test/e2e/support/browser-chromium.ts';

/** How long the browser may take to start, and to answer one command, in milliseconds. */
const START_MS = 30_000;
const ANSWER_MS = 30_000;
/** How long the browser has for its own affairs before it is asked anything, in milliseconds: they are none of the page's. */
const SETTLED_AFTER_MS = 2_000;

/** An event of a page or a worker. */
export interface DevToolsEvent {
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** The page or the worker it is of. */
  readonly session: string;
}

/** A page, a worker or a frame, just attached and not running yet. */
export interface Attached {
  readonly session: string;
  readonly type: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly sessionId?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Why there is no browser here, in words; null when there is one. */
export function noChromium(): string | null {
  return chromiumPath() === null ? 'there is no Chromium on this machine (Debian: apt-get install chromium)' : null;
}

export class DevTools {
  readonly #process: ChildProcess;
  /** The profile, where it goes with the browser. */
  readonly #profile: string | null;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  readonly #prepare: ((attached: Attached) => Promise<unknown>) | null;
  readonly #onEvent: ((event: DevToolsEvent) => void) | null;
  #id = 0;

  private constructor(process: ChildProcess, profile: string | null, socket: WebSocket, watch: Watch | null) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    this.#prepare = watch?.prepare(this) ?? null;
    this.#onEvent = watch?.onEvent ?? null;
    socket.onmessage = ({ data }) => this.#heard(JSON.parse(String(data)) as Message);
    socket.onclose = () => {
      for (const { reject } of this.#answers.values()) reject(new Error('the browser has ended'));
      this.#answers.clear();
    };
  }

  /**
   * Starts the browser. Rejects when it does not start in time.
   * @param watch what is done with its pages and workers; null: they run as if nobody looked
   * @param kept the folder of a profile, which stays the caller's; when left out, an empty one that goes with the browser
   */
  static async start(watch: Watch | null, kept?: string): Promise<DevTools> {
    const profile = kept ?? mkdtempSync(join(tmpdir(), 'porthole-profile-'));
    const flags = [...CHROMIUM_FLAGS, '--headless', '--no-startup-window', `--user-data-dir=${profile}`, '--remote-debugging-port=0'];
    const browser = spawn(chromiumPath() as string, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      const socket = new WebSocket(await addressOf(browser));
      await once(socket, 'open', { signal: AbortSignal.timeout(START_MS) });
      const tools = new DevTools(browser, kept === undefined ? profile : null, socket, watch);
      const filter = [...['browser', 'browser_ui', 'tab'].map((type) => ({ type, exclude: true })), {}];
      if (watch) await tools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter });
      return tools;
    } catch (error) {
      browser.kill('SIGKILL');
      if (kept === undefined) rmSync(profile, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Opens an empty page, in a window of its own: it is seen, and the browser is done with what a window costs.
   * @returns its target's id
   */
  async open(): Promise<string> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank', newWindow: true });
    await sleep(SETTLED_AFTER_MS);
    return targetId;
  }

  /** Attaches to a page, of a browser that is not watched. @returns the page's session */
  async attach(targetId: string): Promise<string> {
    return (await this.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })).sessionId;
  }

  /** Sends a command, to a page or worker, or to the browser. Rejects with what the browser says against it. */
  send<T = Record<string, unknown>>(method: string, params: object = {}, session?: string): Promise<T> {
    const id = ++this.#id;
    return new Promise<T>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the browser did not answer ${method}`)), ANSWER_MS);
      const done = (settle: () => void): void => {
        clearTimeout(late);
        this.#answers.delete(id);
        settle();
      };
      this.#answers.set(id, {
        resolve: (result) => done(() => resolve(result as T)),
        reject: (error) => done(() => reject(error)),
      });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId: session }));
    });
  }

  /** Ends the browser, and removes its profile unless that is somebody else's. */
  async close(): Promise<void> {
    const ended = this.#process.exitCode === null ? once(this.#process, 'exit') : undefined;
    await this.send('Browser.close').catch(() => this.#process.kill('SIGKILL'));
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
    this.#socket.close();
    if (this.#profile !== null) removeProfile(this.#profile);
  }

  #heard({ id, method, params = {}, sessionId = '', result, error }: Message): void {
    if (id !== undefined) {
      const answer = this.#answers.get(id);
      if (error) answer?.reject(new Error(error.message));
      else answer?.resolve(result);
    } else if (method === 'Target.attachedToTarget') void this.#attached(params as unknown as AttachedParams);
    else if (method !== undefined) this.#onEvent?.({ method, params, session: sessionId });
  }

  /** Nothing of a page or a worker runs before it is watched: commands are obeyed in order, but some answered only once it runs. */
  async #attached({ sessionId, targetInfo }: AttachedParams): Promise<void> {
    if (!this.#prepare) return;
    const prepared = this.#prepare({ session: sessionId, type: targetInfo.type });
    const runs = this.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
    await Promise.allSettled([prepared, runs]); // it may be gone already
  }
}

interface AttachedParams {
  readonly sessionId: string;
  readonly targetInfo: { readonly type: string };
}

/** What is done with a browser's pages and workers. */
export interface Watch {
  /** Readies one before it runs: sends its commands without waiting between them. */
  readonly prepare: (tools: DevTools) => (attached: Attached) => Promise<unknown>;
  readonly onEvent: (event: DevToolsEvent) => void;
}

/** Removes the profile of a browser that has ended: what it left running may still write for a moment. */
export function removeProfile(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function addressOf(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`Chromium did not start: ${said.slice(-300)}`)), START_MS);
    browser.once('error', reject);
    browser.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said = said.slice(-2000) + chunk;
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(late);
      resolve(address);
    });
    browser.once('exit', () => reject(new Error(`Chromium ended: ${said.slice(-300)}`)));
  });
}
