// SPDX-License-Identifier: Apache-2.0
// The matchmaker: introduces a visitor to a host, and passes on what the two say to each other while the call lasts.

import { randomBytes } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_NOTE_BYTES, MAX_REASON_BYTES, MAX_TOKEN_BYTES } from '../../proto/limits.ts';
import { type Message, NoteKind, Role } from '../../proto/rendezvous.ts';
import type { End, Fields } from '../shared/end.ts';
import { MAX_WORD_CHARS, NOTE_UNIT_BYTES, type SuiteLimits } from '../shared/limits.ts';
import type { Rates } from '../shared/rates.ts';
import { checkWords } from './fields.ts';
import { mustBeHere, type Registry } from './registry.ts';
import type { RelayDesk } from './relay-desk.ts';

interface Call {
  readonly id: string;
  readonly caller: End;
  readonly callee: End;
}

export interface MatchmakerOptions {
  readonly registry: Registry;
  readonly rates: Rates;
  readonly limits: Pick<SuiteLimits, 'callsPerVisitor' | 'callsPerHost'>;
  readonly relay?: RelayDesk | undefined;
  /** Told of each note passed on. */
  readonly onNote?: () => void;
}

/** The calls of one suite. */
export class Matchmaker {
  readonly #options: MatchmakerOptions;
  readonly #calls = new Map<string, Call>();
  readonly #byCaller = new Map<End, Set<Call>>();
  readonly #byCallee = new Map<End, Set<Call>>();

  constructor(options: MatchmakerOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#calls.size;
  }

  /**
   * Makes a call to a site (RENDEZVOUS.md section 4): the host is told first, so that it knows the call before its first note.
   * @param site the site's id
   * @param wanted the visitor's strategies, in its order
   * @returns what the visitor is told
   * @throws PortholeError HOST_OFFLINE, NO_PATH, MESSAGE_TOO_LONG, PROTOCOL_VIOLATED, RATE_LIMITED
   */
  async introduce(visitor: End, site: string, wanted: readonly string[]): Promise<Fields<'Introduction'>> {
    const { registry, rates, limits, relay } = this.#options;
    checkWords('strategies', wanted);
    await rates.spend('introductionsPerSite', site);
    mustBeHere(visitor);
    const presence = registry.presence(site);
    if (presence === undefined) throw new PortholeError('HOST_OFFLINE');
    const strategies = [...new Set(wanted)].filter((name) => presence.strategies.includes(name));
    if (strategies.length === 0) throw new PortholeError('NO_PATH', 'the visitor and the host have no strategy in common');
    const host = presence.end;
    if (host === visitor) throw new PortholeError('PROTOCOL_VIOLATED', 'a host cannot call itself');
    const made = this.#byCaller.get(visitor)?.size ?? 0;
    const taken = this.#byCallee.get(host)?.size ?? 0;
    if (made >= limits.callsPerVisitor)
      throw new PortholeError('RATE_LIMITED', `one connection may have ${limits.callsPerVisitor} calls open`);
    if (taken >= limits.callsPerHost) throw new PortholeError('RATE_LIMITED', 'this host has as many visitors as it can take');

    const call: Call = { id: randomBytes(16).toString('base64url'), caller: visitor, callee: host };
    this.#calls.set(call.id, call);
    this.#byCaller.set(visitor, (this.#byCaller.get(visitor) ?? new Set()).add(call));
    this.#byCallee.set(host, (this.#byCallee.get(host) ?? new Set()).add(call));
    const half = (role: 'caller' | 'callee', other: End): Fields<'Introduction'> => ({
      call: call.id,
      role: role === 'caller' ? Role.CALLER : Role.CALLEE,
      site,
      peer: { ip: other.caller.ip, port: other.caller.port },
      strategies,
      relay: relay && { token: relay.issue(call.id, role) },
      peerNat: other.nat,
      peerOther: other.other,
    });
    host.send('Introduction', half('callee', visitor));
    return half('caller', host);
  }

  /**
   * Passes a note on to the other end of its call; one for a call that is over, or is another's, is dropped.
   * A note over the rate ends its call.
   * @throws PortholeError MESSAGE_TOO_LONG, PROTOCOL_VIOLATED
   */
  async note(from: End, note: Message<'Note'>): Promise<void> {
    if (note.payload.length > MAX_NOTE_BYTES) throw new PortholeError('MESSAGE_TOO_LONG', `a note carries at most ${MAX_NOTE_BYTES} bytes`);
    if (note.strategy.length > MAX_WORD_CHARS) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a strategy's name has at most ${MAX_WORD_CHARS} characters`);
    }
    const call = this.#callOf(from, note.call);
    if (call === undefined) return;
    if (note.kind === NoteKind.ATTEMPT && from !== call.caller) {
      throw new PortholeError('PROTOCOL_VIOLATED', 'only the caller begins a strategy');
    }
    // A caller's share is one for all its calls, or many calls would make it many shares; a host needs one for each visitor.
    const key = from === call.caller ? `caller ${from.id}` : `callee ${call.id}`;
    try {
      await this.#options.rates.spend('notes', key, Math.max(1, Math.ceil(note.payload.length / NOTE_UNIT_BYTES)));
    } catch (refusal) {
      if (!(refusal instanceof PortholeError)) throw refusal;
      const { code, message } = refusal;
      for (const end of [call.caller, call.callee]) end.send('Hangup', { call: call.id, code, message });
      this.#end(call);
      return;
    }
    if (!this.#calls.has(call.id)) return;
    const to = other(call, from);
    to.send('Note', { call: note.call, strategy: note.strategy, kind: note.kind, payload: note.payload });
    this.#options.onNote?.();
  }

  /** Ends a call for one of its ends and tells the other. @throws PortholeError MESSAGE_TOO_LONG */
  hangup(from: End, { call: id, code, message }: Message<'Hangup'>): void {
    if (code.length > MAX_TOKEN_BYTES || message.length > MAX_REASON_BYTES) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a reason has at most ${MAX_REASON_BYTES} characters`);
    }
    const call = this.#callOf(from, id);
    if (call === undefined) return;
    this.#end(call);
    other(call, from).send('Hangup', { call: id, code, message });
  }

  /** Ends all calls of an end that has left. */
  leave(end: End): void {
    for (const call of [...(this.#byCaller.get(end) ?? []), ...(this.#byCallee.get(end) ?? [])]) {
      this.#end(call);
      other(call, end).send('Hangup', { call: call.id, code: 'PATH_LOST', message: 'the other end has left the suite' });
    }
  }

  #callOf(end: End, id: string): Call | undefined {
    const call = this.#calls.get(id);
    return call !== undefined && (call.caller === end || call.callee === end) ? call : undefined;
  }

  #end(call: Call): void {
    this.#calls.delete(call.id);
    remove(this.#byCaller, call.caller, call);
    remove(this.#byCallee, call.callee, call);
    this.#options.relay?.drop(call.id);
  }
}

function other(call: Call, end: End): End {
  return end === call.caller ? call.callee : call.caller;
}

function remove(calls: Map<End, Set<Call>>, end: End, call: Call): void {
  const own = calls.get(end);
  own?.delete(call);
  if (own?.size === 0) calls.delete(end);
}
