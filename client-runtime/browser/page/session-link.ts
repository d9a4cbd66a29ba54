// SPDX-License-Identifier: Apache-2.0
// The window's end of the session: finds or starts the session worker, tells it what only a window knows, and does what only a window can.

import { PortholeError } from '../../../proto/errors.ts';
import { lendPeer } from '../../../transport/rtc/lend.ts';
import type { AwakeMessage, LineMessage } from '../shared/bridge.ts';
import { live, onEnd } from '../shared/lives.ts';
import { SESSION_WORKER, sharesWorker } from '../shared/names.ts';
import {
  CARRIER_NAME,
  type ChannelMessage,
  type FromTab,
  type PageMessage,
  type Pass,
  type SignInAnswer,
  stateFromWire,
  type TabState,
  type ToTab,
} from '../shared/session-messages.ts';

/** Filled in by the build: where the script of the workers is. */
declare const PORTHOLE_SESSION: string;

/** Milliseconds before a worker whose script did not come is tried again, and once more. */
const AGAIN_AFTER_MS = [300, 1500];

export interface SessionEvents {
  /** Who the visitor is, as it is now. */
  pass(): Pass;
  changed(state: TabState): void;
  /** The site asks for its password; `wrong`: the last one was not it. */
  ask(wrong: boolean): void;
  /** The site asks for a name and a password for this realm; null: no longer. */
  signIn(realm: string | null, wrong: boolean): void;
  /** This salted password opened the site; null: none of that salt does. */
  salted(salt: string, verifier: string | null): void;
  /** The service worker runs anew. */
  worker(): void;
  /** The worker cannot be started. */
  failed(error: PortholeError): void;
}

/** What is used of either kind of worker. */
interface Started {
  readonly port: MessagePort;
  readonly worker: SharedWorker | Worker;
  readonly outlives: boolean;
  end(): void;
}

export class SessionLink {
  readonly #events: SessionEvents;
  readonly #tab = crypto.randomUUID();
  readonly #lives = live(this.#tab);
  #started!: Started;
  #session = '';
  #failures = 0;
  #over = new AbortController();
  #carrier: Worker | null = null;
  readonly #peers = new Set<() => void>();

  constructor(events: SessionEvents) {
    this.#events = events;
    document.addEventListener('visibilitychange', () => this.#say({ porthole: 'sight', visible: document.visibilityState === 'visible' }));
    window.addEventListener('pagehide', () => this.#say({ porthole: 'leave' }));
    this.#start();
  }

  /** A person answered the question for the password. */
  password(password: string): void {
    this.#say({ porthole: 'password', password });
  }

  /** A person signed in, or does not want to. */
  signIn(answer: SignInAnswer): void {
    this.#say({ porthole: 'sign-in', ...answer });
  }

  /** A page of the site says something. */
  page(say: PageMessage, ports: Transferable[]): void {
    this.#say({ porthole: 'page', say }, ports);
  }

  #start(): void {
    const over = new AbortController();
    this.#over = over;
    this.#started = startWorker();
    const { port, worker } = this.#started;
    port.onmessage = ({ data, ports }: MessageEvent<ToTab>) => this.#heard(data, ports);
    worker.onerror = (event) => {
      event.preventDefault(); // told in the page
      if (this.#session === '') this.#lost(over);
    };
    void this.#lives.then(() => {
      if (over.signal.aborted) return;
      const visible = document.visibilityState === 'visible';
      const rtc = typeof RTCPeerConnection === 'function';
      this.#say({ porthole: 'hello', tab: this.#tab, pass: this.#events.pass(), rtc, visible, outlives: this.#started.outlives });
    });
  }

  /** The worker is gone, or never came. */
  #lost(over: AbortController): void {
    if (over.signal.aborted) return;
    over.abort();
    this.#started.end();
    for (const close of this.#peers) close();
    this.#peers.clear();
    if (this.#session !== '') this.#failures = 0;
    this.#session = '';
    const pause = AGAIN_AFTER_MS[this.#failures++];
    if (pause === undefined) this.#events.failed(new PortholeError('SUITE_UNREACHABLE', 'a part of this page could not be loaded'));
    else setTimeout(() => this.#start(), pause);
  }

  #heard(message: ToTab, ports: readonly MessagePort[]): void {
    const [first, second] = ports;
    switch (message.porthole) {
      case 'here': {
        this.#session = message.session;
        const over = this.#over;
        onEnd(message.session, () => this.#lost(over), over.signal);
        break;
      }
      case 'state':
        this.#events.changed(stateFromWire(message.state));
        break;
      case 'ask':
        this.#events.ask(message.wrong);
        break;
      case 'sign-in':
        this.#events.signIn(message.realm, message.wrong);
        break;
      case 'salted':
        this.#events.salted(message.salt, message.verifier);
        break;
      case 'worker':
        this.#events.worker();
        if (message.line) void this.#line();
        break;
      case 'awake':
        void serviceWorker().then((worker) => worker?.postMessage({ porthole: 'awake' } satisfies AwakeMessage));
        break;
      case 'peer':
        if (first && second) this.#peers.add(lendPeer(message.wanted, first, second, (given, ports) => this.#take(given, ports)));
        break;
    }
  }

  /** Leads the session's worker and the service worker to each other. */
  async #line(): Promise<void> {
    const worker = await serviceWorker();
    if (!worker || this.#session === '') return;
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ porthole: 'line', session: this.#session } satisfies LineMessage, [port1]);
    this.#say({ porthole: 'line' }, [port2]);
  }

  /** Hands a channel to a worker of this window: to the session's own, or to one that passes the bytes on to it. */
  #take(message: ChannelMessage, transfer: Transferable[]): void {
    const { worker } = this.#started;
    if (worker instanceof Worker) return worker.postMessage(message, transfer);
    this.#carrier ??= new Worker(PORTHOLE_SESSION, { type: 'module', name: CARRIER_NAME });
    this.#carrier.postMessage(message, transfer);
  }

  #say(message: FromTab, transfer: Transferable[] = []): void {
    this.#started.port.postMessage(message, transfer);
  }
}

/** Ends the session that the windows of this site share, if there is one: nothing of it is left for the next page. */
export function endSharedSession(): void {
  if (!sharesWorker()) return;
  new SharedWorker(PORTHOLE_SESSION, SESSION_WORKER).port.postMessage({ porthole: 'end' } satisfies FromTab);
}

function startWorker(): Started {
  if (sharesWorker()) {
    let outlives = false;
    // Only a browser that knows the option asks for it.
    const options = Object.defineProperty({ ...SESSION_WORKER }, 'extendedLifetime', { get: () => (outlives = true) });
    const worker = new SharedWorker(PORTHOLE_SESSION, options);
    return { worker, port: worker.port, outlives, end: () => worker.port.close() };
  }
  const worker = new Worker(PORTHOLE_SESSION, SESSION_WORKER);
  const { port1, port2 } = new MessageChannel();
  worker.postMessage('connect', [port2]);
  return { worker, port: port1, outlives: false, end: () => worker.terminate() };
}

/** The origin's service worker, once there is one. */
async function serviceWorker(): Promise<ServiceWorker | null> {
  return (await navigator.serviceWorker.ready).active;
}
