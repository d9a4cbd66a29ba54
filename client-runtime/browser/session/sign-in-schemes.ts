// SPDX-License-Identifier: Apache-2.0
// A name and a password as Basic (RFC 7617) and Digest (RFC 7616) want them.

import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Challenge } from './challenges.ts';

/** What a person gave. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

/** What it is given for. */
export interface Target {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
}

/** Digest's hashes, by names in lower case, the better one first. */
const HASHES: ReadonlyMap<string, (data: Uint8Array) => Uint8Array> = new Map([
  ['sha-256', sha256],
  ['md5', md5],
]);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** The name of Digest's hash, in lower case. */
function algorithmOf({ params }: Challenge): string {
  return (params.get('algorithm') ?? 'MD5').toLowerCase();
}

/** How much a challenge is worth; 0: it cannot be met. */
function worth(challenge: Challenge): number {
  const { scheme, params } = challenge;
  if (!params.has('realm')) return 0;
  if (scheme === 'basic') return 1;
  if (scheme !== 'digest' || !params.has('nonce')) return 0;
  const ways = params
    .get('qop')
    ?.toLowerCase()
    .split(/[\s,]+/) ?? ['auth'];
  const order = [...HASHES.keys()].indexOf(algorithmOf(challenge).replace(/-sess$/, ''));
  return order < 0 || !ways.includes('auth') ? 0 : 1 + HASHES.size - order;
}

/** The best of the challenges that can be met; undefined where there is none. */
export function bestOf(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.filter(worth).sort((one, other) => worth(other) - worth(one))[0];
}

/**
 * The Authorization field.
 * @param count how often the challenge's nonce was used, with this time
 * @param cnonce of this end: letters and digits
 */
export function authorization(challenge: Challenge, login: Login, target: Target, count: number, cnonce: string): string {
  if (challenge.scheme === 'basic') {
    const bytes = utf8(`${login.name}:${login.password}`);
    return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
  }
  return digest(challenge, login, target, count.toString(16).padStart(8, '0'), cnonce);
}

function digest(challenge: Challenge, { name, password }: Login, { method, uri }: Target, nc: string, cnonce: string): string {
  const { params } = challenge;
  const algorithm = algorithmOf(challenge);
  const hash = HASHES.get(algorithm.replace(/-sess$/, '')) ?? md5;
  const hashed = (...parts: readonly string[]): string => bytesToHex(hash(utf8(parts.join(':'))));
  const [realm = '', nonce = ''] = [params.get('realm'), params.get('nonce')];
  const plain = hashed(name, realm, password);
  const secret = algorithm.endsWith('-sess') ? hashed(plain, nonce, cnonce) : plain;
  const asked = hashed(method, uri);
  // A challenge without `qop` is one of RFC 2069.
  const response = params.has('qop') ? hashed(secret, nonce, nc, cnonce, 'auth', asked) : hashed(secret, nonce, asked);
  const hidden = params.get('userhash')?.toLowerCase() === 'true';
  const shown = hidden ? hashed(name, realm) : name;
  const username = /^[\x20-\x7e]*$/.test(shown) ? `username=${quoted(shown)}` : `username*=UTF-8''${encodeURIComponent(shown)}`;
  const fields = [username, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`, `response="${response}"`];
  if (params.has('algorithm')) fields.push(`algorithm=${params.get('algorithm')}`);
  if (params.has('opaque')) fields.push(`opaque=${quoted(params.get('opaque') ?? '')}`);
  if (params.has('qop')) fields.push('qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`);
  else if (algorithm.endsWith('-sess')) fields.push(`cnonce="${cnonce}"`);
  if (hidden) fields.push('userhash=true');
  return `Digest ${fields.join(', ')}`;
}
