// SPDX-License-Identifier: Apache-2.0
// The windows that show the site: what each has said of itself, and what each is told. The session lasts as long as there is one.

import type { PeerPlace } from '../../../transport/rtc/elsewhere.ts';
import { live, onEnd } from '../shared/lives.ts';
import {
  type FromTab,
  type HelloMessage,
  type PageMessage,
  type Pass,
  type SignInAnswer,
  stateToWire,
  type TabState,
  type ToTab,
} from '../shared/session-messages.ts';

/** What happens to the windows. */
export interface TabEvents {
  /** One came. */
  came(tab: Tab): void;
  /** The last one went. */
  empty(last: Tab): void;
  /** A person answered the question for the password there. */
  password(password: string, tab: Tab): void;
  /** A person signed in there, or does not want to. */
  signIn(answer: SignInAnswer): void;
  /** A port that leads to the service worker. */
  line(port: MessagePort): void;
  /** A page of the site says something. */
  page(say: PageMessage, port?: MessagePort): void;
}

/** A window. */
export class Tab {
  readonly pass: Pass;
  readonly rtc: boolean;
  readonly outlives: boolean;
  visible: boolean;
  /** When it was looked at last, as far as is known (`performance.now()`). */
  seen: number;
  readonly #port: MessagePort;
  readonly #gone = new Set<() => void>();

  constructor(port: MessagePort, { pass, rtc, visible, outlives }: HelloMessage) {
    this.#port = port;
    this.pass = pass;
    this.rtc = rtc;
    this.outlives = outlives;
    this.visible = visible;
    this.seen = performance.now();
  }

  tell(message: ToTab, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Makes the connections of the session's WebRTC. */
  readonly peers: PeerPlace = {
    make: (wanted, peer, channel) => this.tell({ porthole: 'peer', wanted }, [peer, channel]),
    onGone: (run) => {
      this.#gone.add(run);
      return () => this.#gone.delete(run);
    },
  };

  /** It is gone, and what it held with it. */
  left(): void {
    for (const run of [...this.#gone]) run();
    this.#port.close();
  }
}

/** All of them. */
export class Tabs {
  /** This worker, as windows know it (lives.ts). */
  readonly session = crypto.randomUUID();
  /** Resolves when others may hear of it. */
  readonly lives = live(this.session);
  /** Tells `visibilitychange`, as a document does: visible while one of them is; and `return` when there is one again. */
  readonly sight = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  readonly #events: TabEvents;
  readonly #tabs = new Set<Tab>();
  #left = false; // all of them, since one came

  constructor(events: TabEvents) {
    this.#events = events;
  }

  /** Takes a window in that is at the other end of a port, once it has said who it is. */
  connect(port: MessagePort): void {
    let tab: Tab | null = null;
    const over = new AbortController();
    const leave = (): void => {
      over.abort();
      if (!tab || !this.#tabs.delete(tab)) return;
      tab.left();
      this.#look();
      if (this.#tabs.size > 0) return;
      this.#left = true;
      this.#events.empty(tab);
    };
    port.onmessage = ({ data, ports: [given] }: MessageEvent<FromTab>) => {
      if (data.porthole === 'hello') {
        tab = new Tab(port, data);
        this.#tabs.add(tab);
        onEnd(data.tab, leave, over.signal);
        void this.lives.then(() => tab?.tell({ porthole: 'here', session: this.session }));
        this.#look();
        this.#events.came(tab);
        if (this.#left) this.sight.dispatchEvent(new Event('return'));
        this.#left = false;
      } else if (data.porthole === 'end') close();
      else if (data.porthole === 'page') this.#events.page(data.say, given);
      else if (!tab) return;
      else if (data.porthole === 'sight') {
        tab.visible = data.visible;
        tab.seen = performance.now();
        this.#look();
      } else if (data.porthole === 'password') this.#events.password(data.password, tab);
      else if (data.porthole === 'sign-in') this.#events.signIn(data);
      else if (data.porthole === 'line' && given) this.#events.line(given);
      else if (data.porthole === 'leave') leave();
    };
  }

  /** The one that a person looks at, or looked at last; null when there is none. */
  first(fit: (tab: Tab) => boolean = () => true): Tab | null {
    const rank = (tab: Tab): number => (tab.visible ? Number.MAX_SAFE_INTEGER / 2 : 0) + tab.seen;
    return [...this.#tabs].filter(fit).sort((a, b) => rank(b) - rank(a))[0] ?? null;
  }

  /** Tells them all, the same or each its own. */
  tell(message: ToTab | ((tab: Tab) => ToTab)): void {
    for (const tab of this.#tabs) tab.tell(typeof message === 'function' ? message(tab) : message);
  }

  /** Tells each where the visit stands, as it is for that one. */
  show(stateFor: (tab: Tab) => TabState): void {
    this.tell((tab) => ({ porthole: 'state', state: stateToWire(stateFor(tab)) }));
  }

  #look(): void {
    const state = [...this.#tabs].some(({ visible }) => visible) ? 'visible' : 'hidden';
    if (state === this.sight.visibilityState) return;
    this.sight.visibilityState = state;
    this.sight.dispatchEvent(new Event('visibilitychange'));
  }
}
