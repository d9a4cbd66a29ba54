// SPDX-License-Identifier: Apache-2.0
// UPnP IGD: a port is opened with a lease and closed again, by the machine's own router alone, whatever anybody answers.

import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { PortholeError } from '../../../../proto/errors.ts';
import type { MapPort } from '../../../../transport/nat/punch/port-mapper.ts';
import * as limits from '../../../../transport/nat/punch/upnp.ts';
import { controlIn, locationIn, textIn, upnp } from '../../../../transport/nat/punch/upnp.ts';

const ROUTER = '127.0.0.1';
const IGD = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1';
const WAN_IP = 'urn:schemas-upnp-org:service:WANIPConnection:1';

const answerOf = (location: string, device = IGD): string =>
  `HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nst: ${device}\r\nUSN: uuid:1::${device}\r\nEXT:\r\nLocation:  ${location}\r\n\r\n`;
const serviceOf = (type: string, url: string): string =>
  `<service><serviceType>${type}</serviceType><serviceId>x</serviceId><controlURL> ${url} </controlURL></service>`;
const descriptionOf = (...services: string[]): string =>
  `<?xml version="1.0"?><root><device><serviceList>${services.join('\n')}</serviceList></device></root>`;
const refusalOf = (code: number): string =>
  `<s:Body><s:Fault><detail><UPnPError><errorCode>${code}</errorCode></UPnPError></detail></s:Fault></s:Body>`;

const noPath = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PortholeError && error.code === 'NO_PATH', String(error));
  assert.match(error.message, pattern);
  return true;
};

describe('UPnP IGD', () => {
  let ssdp: Socket;
  let web: Server;
  let at: string;
  /** What the router was asked over HTTP. */
  let asked: { action: string; body: string }[];
  /** What it answers to a search, and how many have come. */
  let answers: (location: string, search: string) => readonly string[];
  let description: string;
  /** What it answers to an order. */
  let obey: (action: string, body: string, response: ServerResponse) => void;
  let stranger: Socket | null;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const action = request.headers.soapaction ? String(request.headers.soapaction) : String(request.url);
    asked.push({ action, body });
    if (request.method === 'GET') response.end(description);
    else obey(action.replace(/^"(.*)#(.*)"$/, '$2'), body, response);
  };

  beforeEach(async () => {
    asked = [];
    stranger = null;
    searchMs = 500;
    answers = (location) => [answerOf(location)];
    description = descriptionOf(serviceOf('urn:schemas-upnp-org:service:Layer3Forwarding:1', '/l3'), serviceOf(WAN_IP, '/ctl'));
    obey = (action, _, response) =>
      response.end(action === 'GetExternalIPAddress' ? '<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>' : '<ok/>');
    web = createServer((request, response) => void serve(request, response));
    web.listen(0, ROUTER);
    await once(web, 'listening');
    at = `http://${ROUTER}:${(web.address() as AddressInfo).port}`;
    ssdp = createSocket('udp4');
    ssdp.on('message', (search, from) => {
      for (const answer of answers(`${at}/desc.xml`, search.toString())) (stranger ?? ssdp).send(answer, from.port, from.address);
    });
    ssdp.bind(0, ROUTER);
    await once(ssdp, 'listening');
  });
  afterEach(async () => {
    for (const socket of [ssdp, stranger]) socket?.close();
    web.closeAllConnections();
    web.close();
    await once(web, 'close');
  });

  let searchMs: number;
  const mapPort: MapPort = async (localPort, signal) => {
    const searchPort = ssdp.address().port;
    const find = upnp({ router: async () => ROUTER, targets: () => [ROUTER], searchPort, searchMs, random: () => 0.5 });
    return (await find(signal))(localPort, signal);
  };
  const map = (ms = 4000) => mapPort(40_000, AbortSignal.timeout(ms));
  const actions = (): string[] => asked.map(({ action }) => action.replace(/^.*#/, '').replace('"', ''));

  it('opens a port for a while, and closes it', async () => {
    let search = '';
    answers = (location, text) => {
      search = text;
      return [answerOf(location)];
    };
    const port = await map();
    assert.deepEqual([port.ip, port.port], ['203.0.113.7', 40_000]);
    assert.match(search, /^M-SEARCH \* HTTP\/1\.1\r\nHOST: 127\.0\.0\.1:\d+\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: urn:.*:1\r\n\r\n$/);
    assert.deepEqual(actions(), ['/desc.xml', 'GetExternalIPAddress', 'AddPortMapping']);
    const words = Object.fromEntries(
      [...(asked.at(-1)?.body ?? '').matchAll(/<(New\w+)>(.*?)<\/\1>/g)].map(([, name, value]) => [name, value]),
    );
    assert.deepEqual(words, {
      NewRemoteHost: '',
      NewExternalPort: '40000',
      NewProtocol: 'TCP',
      NewInternalPort: '40000',
      NewInternalClient: ROUTER,
      NewEnabled: '1',
      NewPortMappingDescription: 'Porthole',
      NewLeaseDuration: '600',
    });
    await port.unmap();
    assert.equal(actions().at(-1), 'DeletePortMapping');
    assert.match(asked.at(-1)?.body ?? '', /<NewExternalPort>40000<\/NewExternalPort><NewProtocol>TCP<\/NewProtocol>/);
  });

  it('takes another outside port when the local one’s number is another’s, and gives up after a few', async () => {
    let refusals = 1;
    obey = (action, _, response) => {
      if (action === 'GetExternalIPAddress') return response.end('<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>');
      if (action === 'AddPortMapping' && refusals-- > 0) return response.writeHead(500).end(refusalOf(718));
      return response.end();
    };
    assert.equal((await map()).port, 57_344);
    refusals = limits.MAX_PORT_TRIES;
    asked = [];
    await assert.rejects(map(), noPath(/UPnP 718/));
    assert.equal(actions().filter((action) => action === 'AddPortMapping').length, limits.MAX_PORT_TRIES);
    assert.ok(!actions().includes('DeletePortMapping'), 'what it has refused is not ours to close');
  });

  it('opens no port for good where the router knows no lease', async () => {
    obey = (action, _, response) =>
      action === 'AddPortMapping'
        ? response.writeHead(500).end(refusalOf(725))
        : response.end('<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>');
    await assert.rejects(map(), noPath(/UPnP 725/));
    assert.equal(actions().filter((action) => action === 'AddPortMapping').length, 1);
  });

  it('closes what it may have opened when the answer does not come', async () => {
    obey = (action, _, response) => {
      if (action === 'GetExternalIPAddress') response.end('<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>');
      else if (action === 'DeletePortMapping') response.end();
    };
    await assert.rejects(map(300), { name: 'TimeoutError' });
    while (!actions().includes('DeletePortMapping')) await pause(5);
  });

  for (const [what, wrong] of [
    ['leads to another host', () => answerOf('http://127.0.0.2:80/desc.xml')],
    ['leads to a name', () => answerOf('http://localhost/desc.xml')],
    ['leads to another scheme', (location: string) => answerOf(location.replace('http', 'https'))],
    ['has a name and a password in it', (location: string) => answerOf(location.replace('//', '//a:b@'))],
    ['is of another device', (location: string) => answerOf(location, 'upnp:rootdevice')],
    ['is a refusal', (location: string) => answerOf(location).replace('200 OK', '404 No')],
    ['is longer than any', (location: string) => answerOf(location).replace('EXT:', `EXT: ${'x'.repeat(limits.MAX_SEARCH_ANSWER_BYTES)}`)],
    ['is nothing', () => ''],
  ] as const) {
    it(`passes over an answer that ${what}`, async () => {
      answers = (location) => [wrong(location)];
      await assert.rejects(map(150), { name: 'TimeoutError' });
      assert.deepEqual(asked, []);
    });
  }

  it('passes over a stranger’s answer, also a right one', async () => {
    stranger = createSocket('udp4').bind(0, '127.0.0.2');
    await once(stranger, 'listening');
    await assert.rejects(map(150), { name: 'TimeoutError' });
    assert.deepEqual(asked, []);
  });

  it('reads a few descriptions and no more', async () => {
    description = descriptionOf();
    answers = (location) => Array.from({ length: 20 }, (_, at) => answerOf(`${location}?${at}`));
    await assert.rejects(map(), noPath(/no service that opens ports/));
    assert.equal(asked.length, limits.MAX_DESCRIPTIONS);
  });

  it('sends no order to anybody else than the router, whatever it describes', async () => {
    for (const url of ['http://127.0.0.2/ctl', 'https://127.0.0.1/ctl', '//evil.example/ctl', 'file:///etc/passwd', '']) {
      description = descriptionOf(serviceOf(WAN_IP, url)).replace('<device>', '<URLBase>http://127.0.0.2:1/</URLBase><device>');
      assert.equal(controlIn(description, new URL(`${at}/desc.xml`))?.url.hostname ?? ROUTER, ROUTER, url);
    }
  });

  it('follows no redirection', async () => {
    obey = (_, __, response) => response.writeHead(302, { location: 'http://127.0.0.2/' }).end();
    await assert.rejects(map(), noPath(/does not tell its outside address/));
    assert.deepEqual(actions(), ['/desc.xml', 'GetExternalIPAddress']);
  });

  it('reads no description and no answer without end', async () => {
    description = descriptionOf(serviceOf(WAN_IP, '/ctl')) + ' '.repeat(limits.MAX_DESCRIPTION_BYTES);
    await assert.rejects(map(), noPath(/longer than 65536 bytes/));
    description = descriptionOf(serviceOf(WAN_IP, '/ctl'));
    obey = (_, __, response) => response.end(' '.repeat(limits.MAX_ORDER_ANSWER_BYTES + 1));
    await assert.rejects(map(), noPath(/longer than 16384 bytes/));
  });

  it('takes nothing but an address for the router’s own', async () => {
    for (const outside of ['', 'evil.example', '::1', '1.2.3', '<b>203.0.113.7</b>', '203.0.113.7 and more']) {
      obey = (_, __, response) => response.end(`<NewExternalIPAddress>${outside}</NewExternalIPAddress>`);
      await assert.rejects(map(), noPath(/does not tell its outside address/));
    }
    assert.ok(!actions().includes('AddPortMapping'));
  });

  it('is NO_PATH when the router breaks off, or speaks no HTTP', async () => {
    obey = (_, __, response) => response.destroy();
    await assert.rejects(map(), noPath(/does not answer as UPnP has it/));
  });

  it('a router that answers no search is given up', async () => {
    answers = () => [];
    searchMs = limits.SEARCH_MS;
    await assert.rejects(map(limits.SEARCH_MS + 2000), noPath(/no router answers a search/));
  });

  describe('its words', () => {
    it('prefers the newer service, and takes an address from its base', () => {
      const location = new URL('http://192.168.1.1:5000/a/desc.xml');
      const ppp = serviceOf('urn:schemas-upnp-org:service:WANPPPConnection:1', '/ppp');
      const both = descriptionOf(ppp, serviceOf(WAN_IP, 'ctl?a=1&amp;b=2'));
      assert.deepEqual(controlIn(both, location), { url: new URL('http://192.168.1.1:5000/a/ctl?a=1&b=2'), service: WAN_IP });
      const based = both.replace('<device>', '<URLBase>http://192.168.1.1:80/b/</URLBase><device>');
      assert.equal(controlIn(based, location)?.url.href, 'http://192.168.1.1/b/ctl?a=1&b=2');
      assert.equal(controlIn(descriptionOf(ppp), location)?.url.pathname, '/ppp');
      assert.equal(controlIn(descriptionOf(), location), null);
    });

    it('what is not there, not closed, or has elements in it is no text', () => {
      assert.equal(textIn('<a> b &lt;c&gt; </a>', 'a'), 'b <c>');
      for (const xml of ['', '<a>', '<a>b', '<a>b</b>', '<a><b>c</b></a>', '</a><a>']) assert.equal(textIn(xml, 'a'), null, xml);
    });

    it('whatever comes, it leads to the router or nowhere', () => {
      const location = new URL('http://192.168.1.1:5000/desc.xml');
      const scheme = fc.constantFrom('http://', 'https://', '//', 'http:\\\\', 'http:', '');
      const host = fc.constantFrom('192.168.1.1', '192.168.1.1@evil', '192.168.1.1.evil', 'evil', '0xc0a80101', '[::1]', '');
      const url = fc.tuple(scheme, host, fc.string({ maxLength: 12 })).map((parts) => parts.join(''));
      fc.assert(
        fc.property(url, fc.string(), fc.constantFrom(IGD, WAN_IP, 'x'), (address, noise, name) => {
          for (const text of [answerOf(address, name), answerOf(address) + noise, noise, noise + answerOf(address)])
            assert.equal(locationIn(text, '192.168.1.1')?.hostname ?? '192.168.1.1', '192.168.1.1');
          for (const xml of [descriptionOf(serviceOf(name, address), noise), descriptionOf(serviceOf(WAN_IP, address + noise)), noise])
            assert.equal(controlIn(xml, location)?.url.hostname ?? '192.168.1.1', '192.168.1.1');
        }),
        { seed: 4, numRuns: 100 },
      );
    });

    it('reads the longest description quickly, however it is made', () => {
      const location = new URL('http://192.168.1.1/');
      const began = performance.now();
      for (const piece of ['<service>', '<serviceType>', '<controlURL>', '</', '<URLBase>', '&amp;', '<service><serviceType>'])
        controlIn(piece.repeat(limits.MAX_DESCRIPTION_BYTES / piece.length), location);
      assert.ok(performance.now() - began < 1000);
    });
  });
});
