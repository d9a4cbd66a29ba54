// SPDX-License-Identifier: Apache-2.0
// The sessions that the service worker knows: finds them, chooses one, and notices when one has ended.

import { type Addressed, BRIDGE_NAME, type Post, type ToSession, type ToWorker } from '../shared/bridge.ts';
import { gathered } from '../shared/gather.ts';
import { live, onEnd } from '../shared/lives.ts';

/** This run of the service worker. */
const RUN = crypto.randomUUID();
const air = new BroadcastChannel(BRIDGE_NAME);
/** Resolves when this run may be told of: whoever hears of it may wait for its end. */
export const lives = live(RUN);

/** Sessions by their ids, the one to be asked last. */
const sessions = new Map<string, Session>();
const heard = new Set<() => void>();

/** Who takes what a session says about one request. */
export interface Listener {
  heard(message: ToWorker): void;
  /** The session has ended. */
  lost(): void;
}

/** Says something about a request. */
type Speak = (id: string, say: ToSession, transfer?: Transferable[]) => void;

/** A session's worker. */
export class Session {
  readonly id: string;
  readonly #listeners = new Map<string, Listener>();
  #speak: Speak = this.#singly((message) => air.postMessage(message));

  constructor(id: string) {
    this.id = id;
  }

  /**
   * Opens a conversation about one request.
   * @returns says something in it, always by the same carrier, so that nothing overtakes
   */
  open(id: string, listener: Listener): Post<ToSession> {
    this.#listeners.set(id, listener);
    const speak: Speak = this.#speak;
    return (say, transfer) => speak(id, say, transfer);
  }

  close(id: string): void {
    this.#listeners.delete(id);
  }

  /** A port leads to it: conversations from now on go that way. @param lists it takes many messages at once */
  line(post: Post<Addressed>, lists?: boolean): void {
    this.#speak = lists
      ? gathered((said, transfer) => post({ to: 'session', session: this.id, worker: RUN, said }, transfer))
      : this.#singly(post);
  }

  #singly(post: Post<Addressed>): Speak {
    return (id, say, transfer) => post({ to: 'session', session: this.id, worker: RUN, id, say }, transfer);
  }

  heard(id: string, message: ToWorker): void {
    this.#listeners.get(id)?.heard(message);
  }

  lost(): void {
    for (const listener of [...this.#listeners.values()]) listener.lost();
  }
}

/** The session to ask, but for some; null while none is known. @param rather names the one that is asked if it is there */
export function session(without: ReadonlySet<string>, rather = ''): Session | null {
  const known = [...sessions.values()].filter(({ id }) => !without.has(id));
  return known.find(({ id }) => rather.includes(id)) ?? known.at(-1) ?? null;
}

/** Asks for sessions; resolves when one is heard of, or after so many milliseconds. */
export async function lookForSessions(withinMs: number): Promise<void> {
  await lives;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      heard.delete(done);
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    heard.add(done);
    air.postMessage({ to: 'sessions', worker: RUN } satisfies Addressed);
  });
}

/** A port that leads to a session, as a window says; it is used once the session itself has been heard there. */
export function addLine(id: string, port: MessagePort): void {
  port.onmessage = ({ data }: MessageEvent<Addressed>) => {
    if (data.to === 'workers' && data.session === id)
      meet(id).line((message, transfer = []) => port.postMessage(message, transfer), data.lists);
    else take(data);
  };
}

air.onmessage = ({ data }: MessageEvent<Addressed>) => take(data);

function take(message: Addressed): void {
  if (message.to === 'workers') {
    const known = meet(message.session);
    sessions.delete(known.id); // the one that was heard last is the one to ask
    sessions.set(known.id, known);
    for (const run of [...heard]) run();
  } else if (message.to === 'worker' && message.worker === RUN) {
    const all = 'said' in message ? message.said : [[message.id, message.say] as const];
    for (const known of sessions.values()) for (const said of all) known.heard(...said);
  }
}

function meet(id: string): Session {
  let known = sessions.get(id);
  if (!known) {
    const found = new Session(id);
    known = found;
    sessions.set(id, found);
    const end = (): void => {
      sessions.delete(id);
      found.lost();
    };
    onEnd(id, end, new AbortController().signal);
  }
  return known;
}

// A session that is there may lead a port here before the first request.
void lives.then(() => air.postMessage({ to: 'sessions', worker: RUN } satisfies Addressed));
