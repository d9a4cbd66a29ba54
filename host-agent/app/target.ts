// SPDX-License-Identifier: Apache-2.0
// Which app is meant: an address of this machine or of its private networks, in one spelling.

import { type LookupAddress, lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import { canonical, isLoopback, isOutside } from '../../transport/nat/addresses.ts';

/** An app, and where in it the site begins. */
export interface AppTarget {
  /** As a browser beside the app has it: `http://localhost:3000`. */
  readonly origin: string;
  /** Host and port: `localhost:3000`. */
  readonly authority: string;
  /** Host alone, without brackets, in small letters. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** The path that the site's `/` is: `/`, or `/base/`. */
  readonly base: string;
  /** Whether it is on this machine by its name or address. */
  readonly loopback: boolean;
}

/**
 * How long one of a name's addresses may take to connect before the next one is tried, in milliseconds: of this machine's names, and of
 * others. Node's own 250 are too short for a program with much to do: it would give up a connection that stands. `::1`, where most apps
 * do not listen, refuses at once; an address of another machine that is dead says nothing, and each new connection waits for it.
 */
const LOOPBACK_ATTEMPT_MS = 5_000;
const ATTEMPT_MS = 1_000;

/** What `host` is given of it, for `autoSelectFamilyAttemptTimeout`. */
export function attemptMs(host: string): number {
  return isLoopbackName(host) ? LOOPBACK_ATTEMPT_MS : ATTEMPT_MS;
}

const WORDS = 'only an app on this machine or in its private networks can be hosted';

/** All addresses of this machine, as programs print it: "listening on 0.0.0.0". */
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/**
 * Reads an app's address: `http://localhost:3000`, `https://127.0.0.1:8443`, `http://192.168.1.10:8000/base/`.
 * @throws PortholeError LINK_INVALID for what is none, NOT_ALLOWED for one of the internet
 */
export function appTarget(address: string | URL): AppTarget {
  const shown = String(address).slice(0, 200);
  if (!URL.canParse(String(address))) throw new PortholeError('LINK_INVALID', `"${shown}" is no address of a local web app`);
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PortholeError('LINK_INVALID', `an app's address begins with http:// or https://, and ${shown} does not`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new PortholeError('LINK_INVALID', "a user and a password do not belong in an app's address; visitors are asked by the app");
  }
  if (url.search !== '' || url.hash !== '') {
    throw new PortholeError('LINK_INVALID', `an app's address ends with its path, without ? and #: ${url.origin}${url.pathname}`);
  }
  if (EVERYWHERE.has(bare(url.hostname))) url.hostname = 'localhost';
  const host = bare(url.hostname);
  if (isIP(host) && !isNear(host)) throw new PortholeError('NOT_ALLOWED', `${host} is an address of the internet: ${WORDS}`);
  const secure = url.protocol === 'https:';
  return {
    origin: url.origin,
    authority: url.host,
    host,
    port: Number(url.port) || (secure ? 443 : 80),
    secure,
    base: url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`,
    loopback: isLoopbackName(host),
  };
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

/** `localhost` and names below it are this machine whatever a name server says (RFC 6761 section 6.3). */
export const isLoopbackName = (host: string): boolean =>
  /^(.+\.)?localhost$/.test(host) || (isIP(host) !== 0 && isLoopback(host)) || EVERYWHERE.has(host);

/** Whether a host, as it stands in an address, is this machine or an address of a private network. */
export const isNearHost = (hostname: string): boolean => {
  const host = bare(hostname);
  return isLoopbackName(host) || (isIP(host) !== 0 && isNear(host));
};

/** Of this machine, or of a private network (RFC 1918, RFC 4193); not of a link (RFC 3927), where clouds keep their secrets. */
function isNear(ip: string): boolean {
  return isLoopback(ip) || (!isOutside(ip) && !/^(169\.254\.|fe80:)/i.test(canonical(ip)));
}

/**
 * Finds the addresses of an app's host: for `net.connect`, which asks anew for each connection. A name that leads to the internet
 * leads nowhere here, so that whoever has the name cannot turn the site into another one.
 */
export function nearLookup(find: typeof resolve = resolve): LookupFunction {
  return (host, options, done) => {
    const give = (found: readonly LookupAddress[]): void => {
      const near = found.filter(({ address }) => isNear(address));
      const [first] = near;
      if (!first) done(new PortholeError('NOT_ALLOWED', `${host} is on the internet: ${WORDS}`), '', 0);
      else if (options.all) done(null, near);
      else done(null, first.address, first.family);
    };
    if (isLoopbackName(host.toLowerCase())) {
      // A server that was told "localhost" listens on one of the two, and which one differs.
      give([
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
    } else find(host, { all: true }, (error, found) => (error ? done(error, '', 0) : give(found)));
  };
}
