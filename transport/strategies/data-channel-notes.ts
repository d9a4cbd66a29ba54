// SPDX-License-Identifier: Apache-2.0
// The notes that the two halves of the data channel send each other: descriptions and candidates, as JSON in UTF-8.

import { PortholeError } from '../../proto/errors.ts';

/** Bytes of one note. A description of one data channel has about 500, a browser's up to 2000. */
export const MAX_SIGNAL_BYTES = 16 * 1024;
/** Characters of a candidate's line. */
export const MAX_CANDIDATE_CHARS = 512;
/** Characters of the id of the media section that a candidate belongs to. */
const MAX_MID_CHARS = 16;
/** What an end takes when its description does not say: RFC 8841 section 6.1. */
const DEFAULT_MESSAGE_BYTES = 64 * 1024;

/** The session description of one end (RFC 8866), without its candidates. */
export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  /** With an offer: the caller's ICE is to connect before the callee's (data-channel-order.ts). */
  readonly goesFirst?: boolean;
}

/** One address where an end may be reached: a line of RFC 8839 section 5.1. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string;
}

export type Signal = Description | Candidate;

/** The parts of a candidate's line that matter here. */
export interface CandidateFacts {
  readonly protocol: string;
  readonly address: string;
  readonly kind: string;
}

/** A signal as a note. Candidates inside a description are left out: each goes as a note of its own. */
export function encodeSignal(signal: Signal): Uint8Array {
  const plain = 'sdp' in signal ? { ...signal, sdp: withoutCandidates(signal.sdp) } : signal;
  return new TextEncoder().encode(JSON.stringify(plain));
}

/**
 * A note from the peer, who is not trusted: exactly one data channel is described, and nothing else.
 * @throws PortholeError MESSAGE_TOO_LONG, FRAME_MALFORMED
 */
export function decodeSignal(note: Uint8Array): Signal {
  if (note.length > MAX_SIGNAL_BYTES)
    throw new PortholeError('MESSAGE_TOO_LONG', `a note of ${note.length} bytes is longer than ${MAX_SIGNAL_BYTES}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(note));
  } catch (error) {
    throw new PortholeError('FRAME_MALFORMED', 'a note of the other end is not JSON', { cause: error });
  }
  const signal = asDescription(value) ?? asCandidate(value);
  if (!signal)
    throw new PortholeError('FRAME_MALFORMED', 'a note of the other end is neither a description of a data channel nor a candidate');
  return signal;
}

/** Reads a candidate's line; null when it is none. */
export function candidateFacts(line: string): CandidateFacts | null {
  const [, protocol, address, kind] = /^candidate:\S+ \d+ (\S+) \d+ (\S+) \d+ typ (\S+)/.exec(line) ?? [];
  return protocol && address && kind ? { protocol: protocol.toLowerCase(), address, kind } : null;
}

/** Whether an address is a name that would have to be looked up. */
export const isName = (address: string): boolean => !/^[\d.]+$|^[\da-f.]*:[\da-f.:]*$/i.test(address);

/** Bytes of the longest message that the end of this description takes (RFC 8841 section 6); 0 is any. */
export function messageLimit(sdp: string): number {
  const [, limit] = /^a=max-message-size:(\d+)/m.exec(sdp) ?? [];
  if (!limit) return DEFAULT_MESSAGE_BYTES;
  return Number(limit) || Number.POSITIVE_INFINITY;
}

function asDescription(value: unknown): Description | null {
  const { type, sdp, goesFirst } = fields(value);
  if ((type !== 'offer' && type !== 'answer') || typeof sdp !== 'string') return null;
  if (!/^v=0\r?\n[\r\n -~]*$/.test(sdp)) return null;
  const media = sdp.match(/^m=.*/gm) ?? [];
  if (media.length !== 1 || !media[0]?.startsWith('m=application ')) return null;
  return { type, sdp: withoutCandidates(sdp), goesFirst: goesFirst === true };
}

function asCandidate(value: unknown): Candidate | null {
  const { candidate, sdpMid } = fields(value);
  if (typeof candidate !== 'string' || candidate.length > MAX_CANDIDATE_CHARS || !/^[ -~]*$/.test(candidate)) return null;
  if (typeof sdpMid !== 'string' || sdpMid.length > MAX_MID_CHARS) return null;
  return candidateFacts(candidate) && { candidate, sdpMid };
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const withoutCandidates = (sdp: string): string => sdp.replace(/^a=(candidate|end-of-candidates).*(\r?\n|$)/gm, '');
