// SPDX-License-Identifier: Apache-2.0
// Builds socket policy files: what a player reads before it lets an application open a socket.

import { isIP } from 'node:net';
import { PortholeError } from '../proto/errors.ts';
import { formatToPorts, parseToPorts } from './ports.ts';

/** The port of the master policy file, the only one whose `site-control` counts. */
export const MASTER_POLICY_PORT = 843;
/** Silverlight's policy port. */
export const SILVERLIGHT_POLICY_PORT = 943;
/** The ports Silverlight can connect to at all. */
export const SILVERLIGHT_PORTS = { from: 4502, to: 4534 } as const;
/** An answer, its closing NUL included, is shorter than this: players read once, and no more. */
export const MAX_POLICY_BYTES = 4096;

const REQUEST = '<policy-file-request/>';

/** A policy ready to be served. Made by `policyFile` and `accessPolicyFile`. */
export interface Policy {
  /** What a player must send, to the byte. */
  readonly request: Buffer;
  /** What it gets, in one write. */
  readonly answer: Buffer;
  /** Whether a NUL behind the request is let pass: Silverlight sends none, Mono's client for it does. */
  readonly mayEndInNul: boolean;
}

/** Which policy files of this host count: this master alone, none at all, or any port's. */
export type SiteControl = 'none' | 'master-only' | 'all';

/** Lets applications from one place reach ports of this host. */
export interface Grant {
  /** Where the application comes from: a host name, `*.example.com`, an address, or `*`. */
  readonly domain: string;
  /** Which ports it may reach: `507,516-523`, or `*`. */
  readonly toPorts: string;
}

/** What a socket policy file says. */
export interface PolicyOptions {
  /** The port the policy is served from, as players dial it; 0 for a free port. */
  readonly port: number;
  /** Who may reach what; nobody anything where it is empty. */
  readonly grants: readonly Grant[];
  /** On the master (port 843) only. */
  readonly siteControl?: SiteControl;
}

/**
 * A socket policy file.
 * @throws PortholeError CONFIG_INVALID: a bad domain, port list or port; site-control elsewhere than on the master; a file too long
 */
export function policyFile({ port, grants, siteControl }: PolicyOptions): Policy {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw invalid(`${port} is not a port`);
  const lines: string[] = [];
  if (siteControl !== undefined) {
    if (port !== MASTER_POLICY_PORT) throw invalid(`site-control counts only in the master policy, on port ${MASTER_POLICY_PORT}`);
    if (!['none', 'master-only', 'all'].includes(siteControl)) throw invalid(`site-control ${siteControl} is not none, master-only or all`);
    if (siteControl === 'none' && grants.length > 0) throw invalid('a master policy of site-control none cannot grant anything');
    lines.push(`<site-control permitted-cross-domain-policies="${siteControl}"/>`);
  }
  for (const { domain, toPorts } of grants) {
    if (!isDomain(domain)) throw invalid(`${JSON.stringify(domain)} is not a host name, *.name, an address or *`);
    lines.push(`<allow-access-from domain="${escapeXml(domain)}" to-ports="${formatToPorts(parseToPorts(toPorts, port))}"/>`);
  }
  const xml = `<?xml version="1.0"?>\n<cross-domain-policy>\n${lines.map((line) => `${line}\n`).join('')}</cross-domain-policy>\0`;
  return { request: Buffer.from(`${REQUEST}\0`), answer: bounded(xml), mayEndInNul: false };
}

/** What an access-policy file says. */
export interface AccessPolicyOptions {
  /** Where applications come from: `*`, or an origin such as `http://example.com`. */
  readonly from: readonly string[];
  /** Which ports they may reach, within 4502-4534; all of these when left out. */
  readonly toPorts?: string;
}

/**
 * Silverlight's access-policy file, for port 943.
 * @throws PortholeError CONFIG_INVALID: a bad origin, a port out of Silverlight's range, a file too long
 */
export function accessPolicyFile({ from, toPorts = `${SILVERLIGHT_PORTS.from}-${SILVERLIGHT_PORTS.to}` }: AccessPolicyOptions): Policy {
  const domains = from.map((uri) => {
    if (uri !== '*' && !(URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol))) {
      throw invalid(`${JSON.stringify(uri)} is not an origin or *`);
    }
    return `<domain uri="${escapeXml(uri)}"/>`;
  });
  const resources = parseToPorts(toPorts, SILVERLIGHT_POLICY_PORT).map((range) => {
    if (range.from < SILVERLIGHT_PORTS.from || range.to > SILVERLIGHT_PORTS.to) {
      throw invalid(`Silverlight reaches only ports ${formatToPorts([SILVERLIGHT_PORTS])}, not ${formatToPorts([range])}`);
    }
    return `<socket-resource port="${formatToPorts([range])}" protocol="tcp"/>`;
  });
  const policy = `<policy><allow-from>${domains.join('')}</allow-from><grant-to>${resources.join('')}</grant-to></policy>`;
  const xml = `<?xml version="1.0" encoding="utf-8"?>\n<access-policy><cross-domain-access>${policy}</cross-domain-access></access-policy>\n`;
  return { request: Buffer.from(REQUEST), answer: bounded(xml), mayEndInNul: true };
}

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`, 'i');

function isDomain(domain: string): boolean {
  return domain === '*' || isIP(domain) !== 0 || (domain.length <= 253 && HOST_NAME.test(domain));
}

/** Text as the value of an attribute (XML 1.0 section 2.3). */
function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function bounded(xml: string): Buffer {
  const answer = Buffer.from(xml);
  if (answer.length < MAX_POLICY_BYTES) return answer;
  throw invalid(`the policy file takes ${answer.length} bytes and must be shorter than ${MAX_POLICY_BYTES}: grant ranges, or *.domains`);
}

function invalid(message: string): PortholeError {
  return new PortholeError('CONFIG_INVALID', message);
}
