// SPDX-License-Identifier: Apache-2.0
// The notes that the two halves of the data channel send each other: descriptions and candidates, as JSON in UTF-8.

import { PortholeError } from '../../proto/errors.ts';

/** Bytes of one note. A description of one data channel has about 500, a browser's up to 2000. */
export const MAX_SIGNAL_BYTES = 16 * 1024;
/** Characters of a candidate's line. */
export const MAX_CANDIDATE_CHARS = 512;
/** Characters of the id of the media section that a candidate belongs to. */
const MAX_MID_CHARS = 16;
/** The highest priority of a candidate. */
const MAX_PRIORITY = 0xffff_ffff;
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

/** The parts of a candidate's line that matter here, and a line of only these. */
export interface CandidateFacts {
  readonly line: string;
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

/** Reads a candidate's line (RFC 8839 section 5.1); null when it is none, or none of the first component. */
export function candidateFacts(line: string): CandidateFacts | null {
  const [, foundation, protocol, priority, address, port, kind] =
    /^candidate:([\w+/-]{1,32}) 1 (\w{1,8}) (\d{1,10}) ([\w.:-]{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)( |$)/.exec(line) ?? [];
  if (!foundation || !protocol || !address || !kind || Number(priority) > MAX_PRIORITY) return null;
  if (Number(port) < 1 || Number(port) > 65_535 || !isAddress(address)) return null;
  return {
    line: `candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${kind}`,
    protocol: protocol.toLowerCase(),
    address,
    kind,
  };
}

/** Whether it is an address, or a name that does not look like a broken one. */
const isAddress = (address: string): boolean => {
  if (/^[\d.]+$/.test(address)) return /^(\d{1,3})(\.\d{1,3}){3}$/.test(address) && address.split('.').every((part) => Number(part) < 256);
  return !address.includes(':') || (/^[\da-f:.]{2,45}$/i.test(address) && address.split(':').length <= 8 + 1);
};

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
  const plain = plainSdp(sdp);
  return plain === null ? null : { type, sdp: plain, goesFirst: goesFirst === true };
}

/** What a description of a data channel says, with how often: RFC 8839 section 5, RFC 8122 section 5, RFC 8841 section 5. */
const ATTRIBUTES: readonly (readonly [name: RegExp, least: number, most: number])[] = [
  [/^a=ice-ufrag:[A-Za-z\d+/]{4,256}$/gm, 1, 1],
  [/^a=ice-pwd:[A-Za-z\d+/]{22,256}$/gm, 1, 1],
  [/^a=fingerprint:sha-(1|224|256|384|512) [\dA-Fa-f]{2}(:[\dA-Fa-f]{2}){19,63}$/gm, 1, 8],
  [/^a=setup:(actpass|active|passive)$/gm, 1, 1],
  [/^a=mid:[\w-]{1,16}$/gm, 1, 1],
  [/^a=sctp-port:[1-9]\d{0,4}$/gm, 1, 1],
  [/^a=max-message-size:\d{1,10}$/gm, 0, 1],
];

/**
 * The description again, made of nothing but what one data channel needs: libraries read a lot more, and not all of them
 * expect a stranger to have written it. Null when something is missing, or is there twice.
 */
function plainSdp(sdp: string): string | null {
  const text = sdp.replaceAll('\r\n', '\n');
  const media = text.match(/^m=.*$/gm) ?? [];
  if (!text.startsWith('v=0\n') || media.length !== 1 || !/^m=application \d{1,5} \S+ webrtc-datachannel$/.test(media[0] as string))
    return null;
  const kept: string[] = [];
  for (const [pattern, least, most] of ATTRIBUTES) {
    const lines = text.match(pattern) ?? [];
    if (lines.length < least || lines.length > most) return null;
    kept.push(...lines);
  }
  const mid = kept.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length);
  const head = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', `a=group:BUNDLE ${mid}`];
  const section = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=ice-options:trickle', 'a=sendrecv'];
  return [...head, ...section, ...kept, ''].join('\r\n');
}

function asCandidate(value: unknown): Candidate | null {
  const { candidate, sdpMid } = fields(value);
  if (typeof candidate !== 'string' || candidate.length > MAX_CANDIDATE_CHARS) return null;
  if (typeof sdpMid !== 'string' || sdpMid.length > MAX_MID_CHARS) return null;
  const facts = candidateFacts(candidate);
  return facts && { candidate: facts.line, sdpMid };
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const withoutCandidates = (sdp: string): string => sdp.replace(/^a=(candidate|end-of-candidates).*(\r?\n|$)/gm, '');
