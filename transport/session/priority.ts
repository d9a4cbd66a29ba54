// SPDX-License-Identifier: Apache-2.0
// How urgent a request is (RFC 9218): reads the `priority` field, of the request or of the site's response.

/** What the Extensible Priorities of RFC 9218 say of one request. */
export interface Priority {
  /** 0 to 7, the least is the most urgent (section 4.1). */
  readonly urgency: number;
  /** Whether a part of the content is of use: then it shares with others of the same urgency; else they come one after the other (section 4.2). */
  readonly incremental: boolean;
}

/** Urgency of those who name none (RFC 9218 section 4.1). */
export const DEFAULT_URGENCY = 3;
const LEAST_URGENT = 7;
/** Who says nothing at all may be anybody: they share. */
export const UNSAID: Priority = { urgency: DEFAULT_URGENCY, incremental: true };
/** Longer fields are not looked at: the two parameters take a dozen bytes. */
const MAX_FIELD_BYTES = 1024;

/** A member of a structured dictionary (RFC 8941 section 3.2): its key, and its value up to its parameters. */
const MEMBER = /^\s*([a-z*][a-z0-9_\-.*]*)(?:=("(?:[^"\\]|\\.)*"|\([^)]*\)|[^",;\s]+))?(?:\s*;[^,]*)?\s*$/;

/**
 * Reads the value of a `priority` field (RFC 9218 section 4): what is unknown or out of range counts as not said, and one that
 * is no dictionary says nothing.
 * @param field null when there is none
 */
export function parsePriority(field: string | null | undefined): Priority {
  if (!field || field.length > MAX_FIELD_BYTES) return UNSAID;
  let urgency = DEFAULT_URGENCY;
  let incremental = false;
  for (const member of field.split(',')) {
    const match = MEMBER.exec(member);
    if (!match) return UNSAID;
    const [, key, value] = match;
    if (key === 'u' && value && /^[0-7]$/.test(value)) urgency = Number(value);
    if (key === 'i') incremental = value === undefined || value === '?1';
  }
  return { urgency, incremental };
}

/** What a browser fetches something for (Fetch, `Request.destination`), the first needed first. */
const DESTINATIONS: Readonly<Record<string, Priority>> = {
  document: { urgency: 0, incremental: true },
  iframe: { urgency: 0, incremental: true }, // where the page stands in a frame of the shell's
  frame: { urgency: 1, incremental: true },
  style: { urgency: 1, incremental: false },
  xslt: { urgency: 1, incremental: false },
  script: { urgency: 2, incremental: false },
  worker: { urgency: 2, incremental: false },
  sharedworker: { urgency: 2, incremental: false },
  font: { urgency: 2, incremental: false },
  manifest: { urgency: 5, incremental: false },
  image: { urgency: 4, incremental: true },
  audio: { urgency: 4, incremental: true },
  video: { urgency: 4, incremental: true },
  track: { urgency: 4, incremental: false },
  report: { urgency: LEAST_URGENT, incremental: false },
};

/**
 * The `priority` field for what a page fetches: document, style, script before image.
 * @param destination as `Request.destination` of the Fetch standard
 * @returns null where it says nothing (a script's own `fetch`)
 */
export function priorityFor(destination: string): string | null {
  const priority = Object.hasOwn(DESTINATIONS, destination) ? DESTINATIONS[destination] : undefined;
  return priority ? `u=${priority.urgency}${priority.incremental ? ', i' : ''}` : null;
}
