// SPDX-License-Identifier: Apache-2.0
// The words of UPnP IGD: a search, what a router answers to it, its description, and the orders it takes. Reads only, and sends nothing.

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
