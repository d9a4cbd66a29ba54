// SPDX-License-Identifier: Apache-2.0
// What an app is told in header fields, and what of its own answer's names it is told back by the site's name.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cookiePathAtSite, referenceAtSite, targetAtApp } from '../../../../host-agent/app/places.ts';
import { fieldsForApp, type Passing } from '../../../../host-agent/app/request-fields.ts';
import { fieldsForVisitor } from '../../../../host-agent/app/response-fields.ts';
import { appTarget } from '../../../../host-agent/app/target.ts';

const SITE = 'mine.suite.example';
/** As SITE.md section 5 has them. */
const HOP_BY_HOP = [
  ...'connection host keep-alive proxy-authenticate proxy-authentication-info proxy-authorization proxy-connection'.split(' '),
  ...'te trailer transfer-encoding upgrade'.split(' '),
];
const LINK = `https://${SITE}/#key=abc`;
const visitor = { session: '12', who: 'key ab12cd34… (Anna)' };

function passing(app: string, more: Partial<Passing> = {}): Passing {
  return { target: appTarget(app), keepHost: false, link: () => LINK, ...more };
}

/** The fields that an app gets, by name; a name that comes twice has both. */
function told(
  headers: Record<string, string>,
  { app = 'http://localhost:3000', authority = SITE, ...more }: Partial<Passing> & { app?: string; authority?: string } = {},
): Record<string, string> {
  const list = Object.entries(headers).map(([name, value]) => ({ name, value }));
  const fields: Record<string, string> = {};
  for (const [name, value] of fieldsForApp({ authority, headers: list }, visitor, passing(app, more)).fields) {
    fields[name] = name in fields ? `${fields[name]} & ${value}` : value;
  }
  return fields;
}

describe('what an app is told of a request', () => {
  it('its own host, and the visitor’s only where that is asked for', () => {
    assert.equal(told({}).host, 'localhost:3000');
    assert.equal(told({}, { app: 'http://localhost' }).host, 'localhost');
    assert.equal(told({}, { app: 'https://[::1]:8443' }).host, '[::1]:8443');
    assert.equal(told({}, { keepHost: true }).host, SITE);
    assert.equal(told({}, { keepHost: true, authority: '' }).host, 'localhost:3000');
  });

  const origins: readonly (readonly [what: string, origin: string, expected: string, authority?: string])[] = [
    ['the site’s own', `https://${SITE}`, 'http://localhost:3000'],
    ['the site’s own over plain HTTP', `http://${SITE}`, 'http://localhost:3000'],
    ['the site’s own with its port', `http://${SITE}:8080`, 'http://localhost:3000', `${SITE}:8080`],
    ['the site’s own with the port that goes without saying', `https://${SITE}`, 'http://localhost:3000', `${SITE}:443`],
    ['the site’s own in capitals', `https://${SITE.toUpperCase()}`, 'http://localhost:3000'],
    ['another port', `http://${SITE}:8081`, `http://${SITE}:8081`],
    ['another site', 'https://evil.example', 'https://evil.example'],
    ['a name that begins with the site’s', `https://${SITE}.evil.example`, `https://${SITE}.evil.example`],
    ['a user in front', `https://${SITE}@evil.example`, `https://${SITE}@evil.example`],
    ['none', 'null', 'null'],
    ['another scheme', `chrome-extension://${SITE}`, `chrome-extension://${SITE}`],
  ];
  for (const [what, origin, expected, authority] of origins) {
    it(`Origin: ${what}`, () => assert.equal(told({ origin }, { authority }).origin, expected));
  }

  it('Origin and Referer as they are, where the visitor’s host is', () => {
    const fields = told({ origin: `https://${SITE}`, referer: `https://${SITE}/a` }, { keepHost: true });
    assert.deepEqual([fields.origin, fields.referer], [`https://${SITE}`, `https://${SITE}/a`]);
  });

  it('Referer: a page of the site as a page of the app, others as they are', () => {
    assert.equal(told({ referer: `https://${SITE}/a?b=c` }).referer, 'http://localhost:3000/a?b=c');
    assert.equal(told({ referer: `https://${SITE}` }).referer, 'http://localhost:3000/');
    assert.equal(told({ referer: `https://${SITE}/a` }, { app: 'http://localhost:8000/base/' }).referer, 'http://localhost:8000/base/a');
    assert.equal(told({ referer: 'https://search.example/?q=1' }).referer, 'https://search.example/?q=1');
  });

  it('what is true of the way: never what a visitor says of it', () => {
    const forged = {
      forwarded: 'for=127.0.0.1;proto=https;host=bank.example',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'bank.example',
      'x-forwarded-proto': 'ftp',
      'x-forwarded-port': '1',
      'x-forwarded-user': 'admin',
      x_forwarded_for: '10.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-porthole-visitor': 'admin',
      x_porthole_visitor: 'admin',
      'x.porthole.visitor': 'admin',
      'x-porthole_visitor': 'admin',
      'x-porthole-anything': 'admin',
    };
    assert.deepEqual(told(forged), {
      host: 'localhost:3000',
      forwarded: 'for="_12"',
      'x-forwarded-for': 'unknown',
      'x-porthole-host': SITE,
      'x-porthole-proto': 'https',
      'x-porthole-visitor': 'key ab12cd34%E2%80%A6 (Anna)',
    });
    // Where Host is the visitor's, the customary names agree with it.
    assert.deepEqual(told(forged, { keepHost: true }), {
      host: SITE,
      forwarded: `for="_12";host="${SITE}";proto=https`,
      'x-forwarded-for': 'unknown',
      'x-forwarded-host': SITE,
      'x-forwarded-proto': 'https',
      'x-porthole-host': SITE,
      'x-porthole-proto': 'https',
      'x-porthole-visitor': 'key ab12cd34%E2%80%A6 (Anna)',
    });
  });

  it('the site’s own name in place of one that is none of its names', () => {
    for (const authority of [
      'bank.example',
      'mine.suite.example.evil.example',
      `${SITE}:1`,
      '8.8.8.8',
      'a"b',
      '127.0.0.1/,evil.example',
      '127.0.0.1/";proto=https;for="_owner',
      'evil.example,x@127.0.0.1',
    ]) {
      const fields = told({}, { authority, keepHost: true });
      assert.deepEqual([fields.host, fields['x-forwarded-host'], fields['x-forwarded-proto']], [SITE, SITE, 'https'], authority);
      assert.equal(fields.forwarded, `for="_12";host="${SITE}";proto=https`);
    }
    assert.equal(told({}, { authority: '' })['x-porthole-host'], SITE);
    for (const authority of ['192.168.1.20:8080', 'localhost:8081', '[::1]:8081', 'mine.localhost']) {
      const fields = told({}, { authority });
      assert.deepEqual([fields['x-porthole-host'], fields['x-porthole-proto']], [authority, 'http'], authority);
      // So that what the app makes of it leads to the gateway that the visitor has.
      assert.equal(told({}, { authority, keepHost: true }).host, authority);
    }
  });

  it('the scheme of the link where the site is called by it, else http', () => {
    assert.equal(told({}, { link: () => `http://${SITE}/` })['x-porthole-proto'], 'http');
    assert.equal(told({}, { authority: '192.168.1.20:8080' })['x-porthole-proto'], 'http');
    const unknown = told({}, { link: () => undefined });
    assert.deepEqual([unknown['x-porthole-proto'], unknown['x-porthole-host']], ['http', undefined], 'what a visitor says is not known');
  });

  it('nothing of one connection, nor what Connection names, nor an expectation that was met', () => {
    const hops = Object.fromEntries(HOP_BY_HOP.map((name) => [name, 'x']));
    const fields = told({ ...hops, connection: 'close, X-Secret', 'x-secret': '1', expect: '100-continue', 'x-kept': '2' });
    assert.deepEqual(Object.keys(fields), [
      'host',
      'x-kept',
      'forwarded',
      'x-forwarded-for',
      'x-porthole-host',
      'x-porthole-proto',
      'x-porthole-visitor',
    ]);
  });

  it('whoever visits: no character of a name leaves its field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (who) => {
        const { fields } = fieldsForApp({ authority: SITE, headers: [] }, { session: who, who }, passing('http://localhost:3000'));
        for (const [, value] of fields) assert.match(value, /^[\x20-\x7e]*$/);
        const told = fields.find(([name]) => name === 'x-porthole-visitor')?.[1] as string;
        assert.equal(decodeURIComponent(told), who.toWellFormed());
      }),
    );
  });

  it('a visitor’s fields, whatever they are, never stand beside those that only the host says', () => {
    const name = fc.constantFrom(
      'x-porthole-visitor',
      'X_Porthole_Visitor',
      'x-porthole_visitor',
      'forwarded',
      'x-forwarded-for',
      'x_forwarded-proto',
      'x_porthole-proto',
      'host',
      'a',
      'b-c',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (headers) => {
        const list = headers.map(([one, value]) => ({ name: one.toLowerCase(), value }));
        const { fields } = fieldsForApp({ authority: SITE, headers: list }, visitor, passing('http://localhost:3000'));
        const same = (one: string): string => one.replaceAll('_', '-');
        for (const own of ['host', 'forwarded', 'x-forwarded-for', 'x-porthole-proto', 'x-porthole-visitor']) {
          assert.equal(fields.filter(([one]) => same(one) === own).length, 1, own);
        }
      }),
    );
  });
});

describe('what a visitor is told of an answer', () => {
  const at = (app: string, name: string, value: string, origin: string | null = null): string | undefined =>
    fieldsForVisitor([[name, value]], { target: appTarget(app), names: [`${SITE}:8080`, 'link.example'], origin })[0]?.[1];

  const references: readonly (readonly [app: string, given: string, expected: string])[] = [
    ['http://localhost:3000', 'http://localhost:3000/a?b#c', '/a?b#c'],
    ['http://localhost:3000', 'http://localhost:3000', '/'],
    ['http://localhost:3000', 'http://localhost:3000?x', '/?x'],
    ['http://localhost:3000', 'http://127.0.0.1:3000/a', '/a'],
    ['http://localhost:3000', 'http://[::1]:3000/a', '/a'],
    ['http://localhost:3000', 'http://0.0.0.0:3000/a', '/a'],
    ['http://localhost:3000', 'HTTP://LocalHost:3000/a', '/a'],
    ['http://localhost:3000', '//localhost:3000/a', '/a'],
    ['http://localhost:3000', 'https://localhost:3000/a', '/a'],
    ['http://localhost:3000', 'http://localhost:3001/a', 'http://localhost:3001/a'],
    ['http://localhost:3000', 'http://localhost/a', 'http://localhost/a'],
    ['http://localhost:80', 'http://localhost/a', '/a'],
    ['https://localhost', 'https://localhost:443/a', '/a'],
    ['http://192.168.1.5:3000', 'http://192.168.1.5:3000/a', '/a'],
    ['http://192.168.1.5:3000', 'http://localhost:3000/a', 'http://localhost:3000/a'],
    ['http://localhost:3000', `http://${SITE}:8080/a`, '/a'],
    ['http://localhost:3000', `https://${SITE}:8080/a`, '/a'],
    ['http://localhost:3000', 'https://link.example/a', '/a'],
    ['http://localhost:3000', 'https://other.example/a', 'https://other.example/a'],
    ['http://localhost:3000', 'http://localhost:3000@evil.example/', 'http://localhost:3000@evil.example/'],
    ['http://localhost:3000', 'http://localhost:3000//evil.example/', '/.//evil.example/'],
    ['http://localhost:3000', 'http://localhost:3000/\\evil.example/', '/./\\evil.example/'],
    ['http://localhost:3000', 'http://localhost:3000/\t/evil.example/', '/./\t/evil.example/'],
    ['http://localhost:3000', '/a', '/a'],
    ['http://localhost:3000', '//other.example/a', '//other.example/a'],
    ['http://localhost:3000', 'a/../b?c', 'a/../b?c'],
    ['http://localhost:3000', '', ''],
    ['http://localhost:3000', 'mailto:a@b.example', 'mailto:a@b.example'],
    ['http://localhost:8000/base/', 'http://localhost:8000/base/a', '/a'],
    ['http://localhost:8000/base/', '/base/a?b', '/a?b'],
    ['http://localhost:8000/base/', '/base', '/base'],
    ['http://localhost:8000/base/', '/base?x', '/base?x'],
    ['http://localhost:8000/base/', '/base/?x', '/?x'],
    ['http://localhost:8000/base/', '/base/base/x', '/base/base/x'],
    ['http://localhost:8000/base/', '/basement', '/basement'],
    ['http://localhost:8000/base/', '/base//evil.example', '/.//evil.example'],
    ['http://localhost:8000/base/', '/elsewhere', '/elsewhere'],
  ];
  for (const [app, given, expected] of references) {
    it(`${app}: Location ${JSON.stringify(given)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(at(app, 'location', given), expected);
      assert.equal(at(app, 'content-location', given), expected);
    });
  }

  it('Refresh, however it is written', () => {
    const app = 'http://localhost:3000';
    assert.equal(at(app, 'refresh', '5'), '5');
    assert.equal(at(app, 'refresh', '5; url=http://localhost:3000/next'), '5; url=/next');
    assert.equal(at(app, 'refresh', "0;URL='http://127.0.0.1:3000/next'"), "0;URL='/next'");
    assert.equal(at(app, 'refresh', '3, url = https://other.example/'), '3, url = https://other.example/');
  });

  const cookies: readonly (readonly [app: string, given: string, expected: string])[] = [
    ['http://localhost:3000', 'a=b; Path=/; HttpOnly', 'a=b; Path=/; HttpOnly'],
    ['http://localhost:3000', 'a=b; Domain=localhost; Path=/', 'a=b; Path=/'],
    ['http://localhost:3000', 'a=b;domain=.LOCALHOST;Secure', 'a=b;Secure'],
    ['http://localhost:3000', 'a=b; Domain=127.0.0.1', 'a=b'],
    ['http://192.168.1.5', 'a=b; Domain=192.168.1.5; Max-Age=5', 'a=b; Max-Age=5'],
    ['http://localhost:3000', 'a=b; Domain=shop.example', 'a=b; Domain=shop.example'],
    ['http://localhost:3000', 'a="x;y"', 'a="x;y"'],
    ['http://localhost:3000', 'domain=localhost; Path=/a', 'domain=localhost; Path=/a'],
    ['http://localhost:8000/base/', 'a=b; Path=/base', 'a=b; Path=/'],
    ['http://localhost:8000/base/', 'a=b; Path=/base/admin; Domain=localhost', 'a=b; Path=/admin'],
    ['http://localhost:8000/base/', 'a=b; Path=/', 'a=b; Path=/'],
  ];
  for (const [app, given, expected] of cookies) {
    it(`${app}: Set-Cookie ${given}`, () => assert.equal(at(app, 'set-cookie', given), expected));
  }

  it('who may read it by script: the visitor’s origin where the app was told its own', () => {
    const app = 'http://localhost:3000';
    assert.equal(at(app, 'access-control-allow-origin', app, `https://${SITE}`), `https://${SITE}`);
    assert.equal(at(app, 'access-control-allow-origin', app), app);
    assert.equal(at(app, 'access-control-allow-origin', '*', `https://${SITE}`), '*');
  });

  it('nothing of the app’s connection, and no other way to it', () => {
    const fields = [
      ['connection', 'X-Own'],
      ['x-own', '1'],
      ['keep-alive', 'timeout=5'],
      ['alt-svc', 'h3=":443"'],
      ['x-kept', '2'],
    ] as const;
    assert.deepEqual(fieldsForVisitor(fields, { target: appTarget('http://localhost:1'), names: [SITE], origin: null }), [['x-kept', '2']]);
  });

  /** A page of the site; what leads away from here leaves the site. */
  const here = `https://${SITE}:8080/page`;

  it('no redirection into the app leaves the site, whatever follows the app’s name', () => {
    const rest = fc.string({
      unit: fc.constantFrom('/', '\\', '.', '..', '@', ':', '?', '#', '\t', 'evil.example', 'base', 'a', '%2f', ' ', '['),
    });
    const app = fc.constantFrom('http://localhost:3000', 'http://localhost:3000/base/');
    fc.assert(
      fc.property(app, rest, (url, path) => {
        const led = referenceAtSite(appTarget(url), [`${SITE}:8080`], `http://localhost:3000/${path}`);
        assert.equal(new URL(led, here).host, `${SITE}:8080`, led);
      }),
      { numRuns: 3000 },
    );
  });

  it('what is asked of an app is below its base, and comes back by the same address', () => {
    const target = appTarget('http://localhost:8000/base/');
    const path = fc
      .array(fc.constantFrom('a', 'b.c', '..', '.', '%2e%2e', '\\', 'base', ''), { maxLength: 6 })
      .map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(path, (asked) => {
        const told = targetAtApp(target, asked);
        const { pathname } = new URL(`http://app${told.replace(/^\/\//, '/.//')}`);
        assert.ok(pathname === '/base' || pathname.startsWith('/base/'), `${asked} is ${told}`);
        const back = new URL(referenceAtSite(target, [SITE], `http://localhost:8000${told}`), `http://${SITE}/`);
        assert.equal(targetAtApp(target, back.pathname), told);
        assert.ok(cookiePathAtSite(target, told).startsWith('/'));
      }),
      { numRuns: 2000 },
    );
  });

  it('where the site is the whole app, what is asked goes as it was written', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(targetAtApp(appTarget('http://localhost:1'), `/${text}`), `/${text}`)));
  });
});
