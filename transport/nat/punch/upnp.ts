// SPDX-License-Identifier: Apache-2.0
// Asks the router to open a TCP port by UPnP IGD (WANIPConnection:1 and 2, WANPPPConnection:1), and to close it again.
//
// Only the machine's own router is listened to and asked: answers from elsewhere, and answers that lead elsewhere, count for nothing.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { isIPv4 } from 'node:net';
import { PortholeError } from '../../../proto/errors.ts';
import { sleep, systemClock } from '../../time/clock.ts';
import { defaultRouter, type FindRouter, LEASE_S, type MappedPort, orUnmap, UNMAP_MS } from './port-mapper.ts';

/** What is searched for: version 2 answers to version 1's name (UPnP Device Architecture 1.1, section 1.3.2). */
const DEVICE = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1';
/** Services that open ports, the better one first; all take the three orders used here alike. */
const SERVICES = [
  'urn:schemas-upnp-org:service:WANIPConnection:2',
  'urn:schemas-upnp-org:service:WANIPConnection:1',
  'urn:schemas-upnp-org:service:WANPPPConnection:1',
];

/** Where a router takes orders, and by which name of the service. */
export interface Control {
  readonly url: URL;
  readonly service: string;
}

/** A search for routers (section 1.3.2); each answers within a second. */
export const searchFor = (host: string, port: number): string =>
  `M-SEARCH * HTTP/1.1\r\nHOST: ${host}:${port}\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ${DEVICE}\r\n\r\n`;

/** An http address at this router itself; null for any other: nobody else is asked for anything. */
function atRouter(text: string, base: URL | undefined, router: string): URL | null {
  const url = URL.parse(text, base);
  if (url?.protocol !== 'http:' || url.hostname !== router || url.username !== '' || url.password !== '') return null;
  return url;
}

/** Where the description is that an answer to a search speaks of (section 1.3.3); null when it is none of this router's. */
export function locationIn(answer: string, router: string): URL | null {
  const [first = '', ...lines] = answer.split('\r\n');
  if (!/^HTTP\/1\.[01] 200(?: |$)/.test(first)) return null;
  const fields = new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const] : [];
    }),
  );
  if (fields.get('st') !== DEVICE) return null;
  return atRouter(fields.get('location') ?? '', undefined, router);
}

/** What stands in the first element of this name, without attributes and with no element in it; null when there is none. */
export function textIn(xml: string, name: string): string | null {
  const open = `<${name}>`;
  const from = xml.indexOf(open);
  const to = from < 0 ? -1 : xml.indexOf('</', from);
  if (to < 0 || !xml.startsWith(`</${name}>`, to)) return null;
  const text = xml.slice(from + open.length, to);
  return text.includes('<') ? null : unescaped(text.trim());
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" };
const unescaped = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => ENTITIES[entity] as string);

/** Where a described router takes orders for ports (section 2.3); null when nowhere, or not at itself. */
export function controlIn(description: string, location: URL): Control | null {
  const base = atRouter(textIn(description, 'URLBase') ?? '', undefined, location.hostname) ?? location;
  const found = description
    .split('<service>')
    .slice(1)
    .flatMap((rest) => {
      const [service = ''] = rest.split('</service>', 1);
      const rank = SERVICES.indexOf(textIn(service, 'serviceType') ?? '');
      const url = atRouter(textIn(service, 'controlURL') ?? '', base, location.hostname);
      return rank >= 0 && url ? [{ rank, url }] : [];
    })
    .sort((one, other) => one.rank - other.rank)[0];
  return found ? { url: found.url, service: SERVICES[found.rank] as string } : null;
}

/** An order (section 3.2.1); the values are digits, addresses and words of ours, and need no escapes. */
export function orderOf(service: string, action: string, values: Readonly<Record<string, string | number>>): string {
  const inner = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  return [
    '<?xml version="1.0"?>',
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">',
    `<s:Body><u:${action} xmlns:u="${service}">${inner.join('')}</u:${action}></s:Body></s:Envelope>`,
  ].join('\r\n');
}

/** Bytes of one answer to a search, of a description, and of an answer to an order. */
export const MAX_SEARCH_ANSWER_BYTES = 2048;
export const MAX_DESCRIPTION_BYTES = 65_536;
export const MAX_ORDER_ANSWER_BYTES = 16_384;
/** Descriptions that are read before a router is given up. */
export const MAX_DESCRIPTIONS = 4;
/** Outside ports that are tried when others have them. */
export const MAX_PORT_TRIES = 4;
/** How long a router is searched for, in milliseconds: each answers within a second. */
export const SEARCH_MS = 2000;

const SSDP_GROUP = '239.255.255.250';
const SSDP_PORT = 1900;
/** How long to wait before searching again, in milliseconds: nobody repeats a lost packet. */
const SEARCH_EVERY_MS = 400;
/** Where outside ports are chosen from once the local one's number is taken. */
const FIRST_ANY_PORT = 49_152;
/** Errors of AddPortMapping for a port that another has (WANIPConnection:1 section 2.4.16; 729 is version 2's). */
const TAKEN = ['718', '729'];

export interface UpnpOptions {
  /** The router's address; left out, the one that packets for everywhere go to. */
  readonly router?: () => Promise<string>;
  /** Where searches go: to the router itself and to the group, for it may hear one and not the other. */
  readonly targets?: (router: string) => readonly string[];
  readonly searchPort?: number;
  /** How long a router is searched for, in milliseconds. */
  readonly searchMs?: number;
  readonly random?: () => number;
}

export function upnp(options: UpnpOptions = {}): FindRouter {
  const { router = defaultRouter, targets = (ip) => [ip, SSDP_GROUP], searchPort: port = SSDP_PORT } = options;
  const { searchMs = SEARCH_MS, random = Math.random } = options;
  return async (searching) => {
    const ip = await router();
    const own = await addressTowards(ip, port, searching);
    const control = await search({ router: ip, own, targets: targets(ip), port, ms: searchMs }, searching);
    return async (localPort, signal) => {
      const { answer } = await order(control, 'GetExternalIPAddress', {}, signal);
      const outside = textIn(answer, 'NewExternalIPAddress') ?? '';
      if (!isIPv4(outside)) throw new PortholeError('NO_PATH', 'the router does not tell its outside address (UPnP)');
      let refusal: string | null = null;
      for (let tries = 0; tries < MAX_PORT_TRIES; tries++) {
        // The same number first: there are routers that know no other (error 724).
        const port = tries === 0 ? localPort : FIRST_ANY_PORT + Math.floor(random() * (65_536 - FIRST_ANY_PORT));
        const opened = await open(control, { port, own, localPort }, signal);
        if ('unmap' in opened) return { ip: outside, port, unmap: opened.unmap };
        refusal = opened.refusal;
        if (!TAKEN.includes(refusal)) break;
      }
      throw new PortholeError('NO_PATH', `the router opens no port on request (UPnP ${refusal})`);
    };
  };
}

/** This machine's address in the network of the router. Sends nothing. */
async function addressTowards(router: string, port: number, signal: AbortSignal): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.connect(port, router);
    await once(socket, 'connect', { signal });
    return socket.address().address;
  } finally {
    socket.close();
  }
}

/** @throws PortholeError NO_PATH when the router does not answer, or not as one that opens ports; or the signal's reason */
async function search(
  { router, own, targets, port, ms }: { router: string; own: string; targets: readonly string[]; port: number; ms: number },
  signal: AbortSignal,
): Promise<Control> {
  const socket = createSocket('udp4');
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal, AbortSignal.timeout(ms)]);
  const read = new Set<string>();
  let failure: unknown = null;
  try {
    socket.bind(0, own);
    await once(socket, 'listening', { signal });
    socket.setMulticastInterface(own);
    const found = new Promise<Control>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (answer, from) => {
        if (from.address !== router || answer.length > MAX_SEARCH_ANSWER_BYTES || read.size === MAX_DESCRIPTIONS) return;
        const location = locationIn(answer.toString('latin1'), router);
        if (!location || read.has(location.href)) return;
        read.add(location.href);
        describe(location, within).then(resolve, (error) => {
          failure = error;
        });
      });
    });
    const searching = (async (): Promise<never> => {
      for (;;) {
        // What cannot be sent to the one may yet reach the other.
        for (const target of targets) socket.send(searchFor(target, port), port, target, () => {});
        await sleep(systemClock, SEARCH_EVERY_MS, within);
      }
    })();
    return await Promise.race([found, searching]);
  } catch (cause) {
    signal.throwIfAborted();
    throw failure ?? new PortholeError('NO_PATH', 'no router answers a search (UPnP)', { cause });
  } finally {
    over.abort();
    socket.on('error', () => {});
    socket.close();
  }
}

async function describe(location: URL, signal: AbortSignal): Promise<Control> {
  const { status, text } = await ask(location, { method: 'GET' }, '', MAX_DESCRIPTION_BYTES, signal);
  const control = status === 200 ? controlIn(text, location) : null;
  if (!control) throw new PortholeError('NO_PATH', 'the router has no service that opens ports (UPnP)');
  return control;
}

/**
 * Section 2.4.16 of WANIPConnection:1, and its error if the router refuses. With a lease always: a router that keeps ports for
 * good or not at all (error 725) would keep this one open when the program is killed.
 */
async function open(
  control: Control,
  { port, own, localPort }: { port: number; own: string; localPort: number },
  signal: AbortSignal,
): Promise<Pick<MappedPort, 'unmap'> | { refusal: string }> {
  const which = { NewRemoteHost: '', NewExternalPort: port, NewProtocol: 'TCP' };
  const how = { NewInternalPort: localPort, NewInternalClient: own, NewEnabled: 1, NewPortMappingDescription: 'Porthole' };
  const unmap = async (): Promise<void> => {
    await order(control, 'DeletePortMapping', which, AbortSignal.timeout(UNMAP_MS)).catch(() => {});
  };
  return orUnmap(unmap, signal, async () => {
    const { refusal } = await order(control, 'AddPortMapping', { ...which, ...how, NewLeaseDuration: LEASE_S }, signal);
    return refusal === null ? { unmap } : { refusal };
  });
}

/** What the router answers to an order, and the number of its error if it refuses. */
async function order(
  { url, service }: Control,
  action: string,
  values: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
): Promise<{ answer: string; refusal: string | null }> {
  const headers = { 'content-type': 'text/xml; charset="utf-8"', soapaction: `"${service}#${action}"` };
  const { status, text } = await ask(url, { method: 'POST', headers }, orderOf(service, action, values), MAX_ORDER_ANSWER_BYTES, signal);
  return { answer: text, refusal: status === 200 ? null : (/^\d{1,5}$/.exec(textIn(text, 'errorCode') ?? '')?.[0] ?? `HTTP ${status}`) };
}

/** One request, and no other wherever its answer leads. @throws PortholeError NO_PATH, or the signal's reason */
async function ask(
  url: URL,
  how: { method: string; headers?: Record<string, string> },
  body: string,
  most: number,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const asking = request(url, { ...how, agent: false, signal });
  asking.on('error', () => {}); // those that come once the answer has begun are the answer's
  try {
    asking.end(body);
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > most) throw new Error(`its answer is longer than ${most} bytes`);
      pieces.push(piece);
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() };
  } catch (cause) {
    signal.throwIfAborted();
    throw new PortholeError('NO_PATH', `the router does not answer as UPnP has it: ${(cause as Error).message}`, { cause });
  } finally {
    asking.destroy();
  }
}
