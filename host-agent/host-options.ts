// SPDX-License-Identifier: Apache-2.0
// What a host is given, what it tells, and how whoever has it sees it.

import type { PortholeError } from '../proto/errors.ts';
import type { Gate } from '../transport/continuity/gate.ts';
import type { Examiner } from '../transport/nat/exam/own-nat.ts';
import type { Primitives } from '../transport/seal/primitives.ts';
import type { Site } from '../transport/session/site.ts';
import type { Strategy } from '../transport/strategy/strategy.ts';
import type { NetworkWatch } from '../transport/system/network.ts';
import type { Clock } from '../transport/time/clock.ts';
import type { Identity } from './identity/identity.ts';

/** What the portal shows of a site. */
export interface Card {
  /** A heading. */
  readonly title?: string;
  /** Who has it. */
  readonly owner?: string;
  /** What it is for. */
  readonly purpose?: string;
  /** How to reach its owner. */
  readonly contact?: string;
  /** Words to find it by. */
  readonly keywords?: readonly string[];
}

/** What a host needs to bring a site online. */
export interface HostOptions {
  /** Any URL on the suite; without a scheme it is https, except on this machine and at addresses. */
  readonly suite: string;
  /** Answers each visitor’s requests. */
  readonly site: Site;
  /** The site’s key: `newIdentity`, `loadIdentity`. */
  readonly identity: Identity;
  /** One DNS label; belongs to the identity's key once registered. */
  readonly name: string;
  /** What the portal shows of it; nothing but its name when left out. */
  readonly card?: Card;
  /** Reachable by link only. */
  readonly unlisted?: boolean;
  /** The strategies to offer, in no order: the visitor chooses. */
  readonly strategies: readonly Strategy[];
  /** This machine's addresses, as they are when asked for. */
  readonly localAddresses?: () => readonly string[];
  /** The cryptography of this platform; `nodePrimitives` when left out. */
  readonly primitives?: Primitives;
  /** Names this program to visitors. */
  readonly agent?: string;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** Finds out what this network does, once the site is online. */
  readonly examine?: Examiner;
  /** Tells when the network changes, so that the suite's connection is looked at anew. */
  readonly network?: NetworkWatch;
  /** Told of what happens. */
  readonly events?: HostEvents;
  /** Decides about each visitor; without one the site is for everyone. */
  readonly gate?: Gate;
  /** Requests that the suite keeps, sealed, while this host is away. Not with a gate: they bring nothing that would open it. */
  readonly inbox?: InboxOptions;
}

/** Which requests the suite keeps while the host is away, and for how long. */
export interface InboxOptions {
  /** Of paths: `/hooks/*`; `*` stands for any characters. Methods are POST, PUT, PATCH and DELETE. */
  readonly patterns: readonly string[];
  /** How many at the most; as many as the suite keeps when left out. */
  readonly messages?: number;
  /** How long each at the most, in seconds; as long as the suite keeps them when left out. */
  readonly seconds?: number;
  /** Where to note which was handled last. Without it, a host that is started anew may get some a second time. */
  readonly file?: string;
}

/** What becomes of an inbox. */
export interface InboxNews {
  /** Requests that the site took, since the host was back. */
  readonly delivered: number;
  /** Requests that wait still. */
  readonly waiting: number;
  /** Why the site did not take the first of them: it will be tried again; null when all is well. */
  readonly problem: string | null;
}

/** What a host tells while it runs. */
export interface HostEvents {
  /** Registered: at the start and after each break. */
  ready?(at: Registration): void;
  /** The suite is out of reach; sessions go on, new visitors cannot come. It is being tried again. */
  gone?(reason: string): void;
  /** A visitor's session stands on a path. */
  path?(path: { visit: string; who: string; via: string; rttMs: number; reason: string }): void;
  /** The inbox is empty now, or the site does not take what is in it. */
  inbox?(news: InboxNews): void;
  /** A visitor's session ended, with the error if it was one. */
  left?(visit: string, error: PortholeError | null): void;
  /** An attempt to reach a visitor, or the site itself, failed. */
  error?(error: unknown): void;
}

/** How a site stands at its suite. */
export interface Registration {
  /** The suite’s URL. */
  readonly suite: string;
  /** The site's id. */
  readonly site: string;
  /** The site’s name there. */
  readonly name: string;
  /** Ends in `#key=` and the site's id, so that whoever has it asks for this key and no other. */
  readonly link: string;
  /** Whether the suite saw the host come from an address that is none of its own. */
  readonly behindNat: boolean;
}

/** A site that is being brought online, or is. */
export interface Host {
  /** The first registration. Rejects with NAME_TAKEN, NAME_INVALID, SIGNATURE_WRONG, SUITE_UNREACHABLE. */
  readonly ready: Promise<Registration>;
  /** Sessions that stand. */
  readonly visitors: number;
  /** Takes no new visitors, lets requests finish, and ends. May be called twice. */
  close(graceMs?: number): Promise<void>;
  /** Resolves when the host has ended: null after `close`, or the error that cannot be mended (SITE_REPLACED, …). */
  readonly closed: Promise<PortholeError | null>;
}
