// SPDX-License-Identifier: Apache-2.0
// One end of a path whose words a test chooses: for peers that lie.

import type { PortholeError } from '../../proto/errors.ts';
import { decodePathMessage, encodePathMessage, type PathMessage } from '../../proto/path.ts';
import type { Sealed } from '../../transport/seal/sealed.ts';
import { asked } from './asked.ts';

const NONE = new Uint8Array(0);

/** What a path's other end said: a PathMessage, or a numbered message. */
export type Heard = PathMessage | { readonly type: 'numbered'; readonly message: Uint8Array };

/** Some of a message's fields; the others are what protobuf takes them for. */
type Said = { readonly type: Exclude<PathMessage['type'], 'none'> } & Record<string, unknown>;

const DEFAULTS: Readonly<Record<string, Record<string, unknown>>> = {
  join: { session: NONE, received: 0, token: NONE },
  joined: { received: 0 },
  refused: { code: '', message: '' },
  challenge: { code: '', message: '', salt: NONE, cost: 0 },
  proof: { password: NONE },
  carry: { move: 1, next: 0, received: 0, sound: false },
  ack: { received: 0 },
  ping: { id: 1, answer: false, suspect: false },
  over: { code: '', message: '' },
};

export class RawPath {
  readonly sealed: Sealed;
  readonly heard: Heard[] = [];
  /** Resolves when the path has ended, with the error if it broke. */
  readonly ended: Promise<PortholeError | null>;
  #waiting: (() => void)[] = [];
  #over = false;

  constructor(sealed: Sealed) {
    this.sealed = sealed;
    this.ended = this.#readAll();
  }

  /** Says something about the path. */
  say(message: Said): void {
    this.bytes(1, encodePathMessage({ ...DEFAULTS[message.type], ...message } as PathMessage));
  }

  /** Sends a numbered message. */
  number(message: Uint8Array): void {
    this.bytes(0, message);
  }

  /** Sends anything of a type. */
  bytes(type: number, message: Uint8Array): void {
    const whole = new Uint8Array(1 + message.length);
    whole[0] = type;
    whole.set(message, 1);
    asked(this.sealed)
      .send(whole)
      .catch(() => {});
  }

  /** The next message of a type, from the first that came on; null when the path ended without it. */
  async next<T extends Heard['type']>(type: T): Promise<Extract<Heard, { type: T }> | null> {
    for (;;) {
      const found = this.heard.find((one) => one.type === type);
      if (found) {
        this.heard.splice(this.heard.indexOf(found), 1);
        return found as Extract<Heard, { type: T }>;
      }
      if (this.#over) return null;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #readAll(): Promise<PortholeError | null> {
    let error: PortholeError | null = null;
    try {
      for (let message = await asked(this.sealed).receive(); message; message = await asked(this.sealed).receive()) {
        const rest = message.subarray(1);
        this.heard.push(message[0] === 0 ? { type: 'numbered', message: rest } : decodePathMessage(rest));
        this.#wake();
      }
    } catch (thrown) {
      error = thrown as PortholeError;
    }
    this.#over = true;
    this.#wake();
    return error;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
