// SPDX-License-Identifier: Apache-2.0
// Whose requests a local gateway puts to its site: checked are Host, Origin (RFC 6454) and Fetch Metadata (W3C), in this order.

import type { IncomingMessage } from 'node:http';
import { isOriginOf } from '../../transport/http/upgrade.ts';

/** What a request comes to. */
export type Verdict =
  /** It is put to the site. */
  | { readonly is: 'passed' }
  /** A page to show belongs at the site's own origin. */
  | { readonly is: 'moved'; readonly to: string }
  /** Not here. */
  | { readonly is: 'refused'; readonly message: string };

type Asked = Pick<IncomingMessage, 'headers' | 'method' | 'url'>;

/** What programs dial that do not know names below localhost. All sites that are opened at a port would share it, one after the other. */
const PLAIN = ['localhost', '127.0.0.1', '[::1]'];
/** Methods that change nothing (RFC 9110 section 9.2.1), so that whoever leads a person here may cause them. */
const SAFE = new Set(['GET', 'HEAD']);
/** Safari of macOS and iOS: not each version finds names below localhost, so that it has the site at localhost, as programs have. */
const SAFARI = /\((Macintosh|iPhone|iPad)\b.*AppleWebKit(?!.*Chrom)/;

const PASSED: Verdict = { is: 'passed' };
const refused = (message: string): Verdict => ({ is: 'refused', message });
const STRANGER = refused('pages of other sites have no access');

/** The host of a site's own origin: browsers lead each name below localhost to this machine (RFC 6761 section 6.3). */
export const ownHost = (label: string): string => `${label}.localhost`;

/** Whether a Host header (with or without a port) is a name of the gateway's: any other may have been led here (DNS rebinding). */
export function isOwnHost(host: string | undefined, label: string): boolean {
  const [, name = ''] = /^(\[::1\]|[^:]+)(?::\d{1,5})?$/.exec(host?.toLowerCase() ?? '') ?? [];
  return name === ownHost(label) || PLAIN.includes(name);
}

/**
 * Judges a request for a page or a resource.
 * @param label of the site's own origin
 */
export function judge(request: Asked, label: string): Verdict {
  const wrong = wrongHost(request, label);
  if (wrong) return wrong;
  const { headers, method = '' } = request;
  const { host = '' } = headers;
  const isPlain = !host.toLowerCase().startsWith(`${ownHost(label)}`);
  const showsPage = SAFE.has(method) && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  // A link on somebody's page may lead here, as to any site; frames, forms, images and scripts of theirs may not.
  if (isForeign(request) && !showsPage) return STRANGER;
  if (!isPlain) return PASSED;
  // It would stay in the browser, and be there for whichever site is opened at this port next.
  if (headers['service-worker'] !== undefined) return refused('a service worker belongs at the site’s own origin');
  if (showsPage && !SAFARI.test(headers['user-agent'] ?? ''))
    return { is: 'moved', to: `http://${ownHost(label)}${portOf(host)}${request.url}` };
  return PASSED;
}

/** Judges a WebSocket's handshake: browsers let any page connect to any server, and say which page it is (RFC 6455 section 10.2). */
export function judgeUpgrade(request: Asked, label: string): Verdict {
  const wrong = wrongHost(request, label);
  if (wrong) return wrong;
  const { host = '', origin } = request.headers;
  if (origin !== undefined && !isOriginOf(origin, 'http', host)) return STRANGER;
  return isForeign(request) ? STRANGER : PASSED;
}

function wrongHost({ headers: { host } }: Asked, label: string): Verdict | null {
  return isOwnHost(host, label) ? null : refused('this gateway answers for its site and on loopback names only');
}

/**
 * Whether a page of another origin asks. Programs say nothing of it; what they ask for goes on, and so does reading by a browser that
 * says nothing, which then keeps the answer from the page (CORS). A page at another port of the same name is another's, too.
 */
function isForeign({ headers, method = '' }: Asked): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (site === undefined) return !SAFE.has(method) && origin !== undefined && !isOriginOf(origin, 'http', host);
  // A page that hides its address has the origin `null`, and is the site's own all the same.
  return (
    !['same-origin', 'none'].includes(String(site)) || (origin !== undefined && origin !== 'null' && !isOriginOf(origin, 'http', host))
  );
}

function portOf(host: string): string {
  return /:\d+$/.exec(host)?.[0] ?? '';
}
