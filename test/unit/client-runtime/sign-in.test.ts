// SPDX-License-Identifier: Apache-2.0
// What a site asks for with 401, and what it is answered: the challenges, Basic and Digest.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Challenge, challengesOf } from '../../../client-runtime/browser/session/challenges.ts';
import { SignIn } from '../../../client-runtime/browser/session/sign-in-part.ts';
import { authorization, bestOf } from '../../../client-runtime/browser/session/sign-in-schemes.ts';
import type { RequestHead } from '../../../client-runtime/browser/shared/bridge.ts';
import type { ToTab } from '../../../client-runtime/browser/shared/session-messages.ts';

const read = (field: string): [string, Record<string, string>][] =>
  challengesOf(field).map(({ scheme, params }) => [scheme, Object.fromEntries(params)]);
const only = (field: string): Challenge => challengesOf(field)[0] as Challenge;
const GET = { method: 'GET', uri: '/dir/index.html' };

describe('challenges of a WWW-Authenticate field', () => {
  it('are read, several in one field, quoted and not', () => {
    assert.deepEqual(read('Basic realm="a \\"quoted\\", realm"'), [['basic', { realm: 'a "quoted", realm' }]]);
    assert.deepEqual(read('Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"'), [
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ['basic', { realm: 'simple' }],
    ]);
    assert.deepEqual(read('Negotiate, NTLM TlRMTVNTUAAC==, , DIGEST Realm=x ,Nonce = "y"'), [
      ['negotiate', {}],
      ['ntlm', {}],
      ['digest', { realm: 'x', nonce: 'y' }],
    ]);
    assert.deepEqual(read(''), []);
    assert.deepEqual(read('realm="without a scheme"'), []);
  });

  it('come back as they were written, whatever they say', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const params = fc.dictionary(token, fc.string({ maxLength: 20 }), { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(token, params), { maxLength: 4 }), (wanted) => {
        const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
        const field = wanted.map(([scheme, of]) => `${scheme} ${Object.entries(of).map(([name, value]) => `${name}=${quoted(value)}`)}`);
        assert.deepEqual(
          read(field.join(', ')),
          wanted.map(([scheme, of]) => [scheme, { ...of }]),
        );
      }),
    );
  });

  it('end at what is none, and no text keeps the reader', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (field) => challengesOf(field).length <= field.length));
  });

  it('are met by the best that can be: Digest before Basic, SHA-256 before MD5', () => {
    const field =
      'Bearer, Basic realm="b", Digest realm="m", nonce="1", Digest realm="s", nonce="2", algorithm=SHA-256, qop="auth,auth-int"';
    assert.equal(bestOf(challengesOf(field))?.params.get('realm'), 's');
    assert.equal(bestOf(challengesOf('Digest realm="i", nonce="1", qop=auth-int, Basic realm="b"'))?.params.get('realm'), 'b');
    assert.equal(bestOf(challengesOf('Digest realm="i", nonce="1", algorithm=SHA-512-256')), undefined);
    assert.equal(bestOf(challengesOf('Basic')), undefined, 'without a realm');
  });
});

describe('a name and a password', () => {
  it('are Basic in UTF-8 (RFC 7617 section 2.1)', () => {
    assert.equal(
      authorization(only('Basic realm="x"'), { name: 'Aladdin', password: 'open sesame' }, GET, 1, ''),
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    );
    assert.equal(authorization(only('Basic realm="x"'), { name: 'test', password: '123£' }, GET, 1, ''), 'Basic dGVzdDoxMjPCow==');
  });

  it('are Digest as RFC 7616 section 3.9.1 and RFC 2617 section 3.5 have them', () => {
    const asked = (more: string): Challenge =>
      only(
        `Digest realm="http-auth@example.org", qop="auth, auth-int", ${more}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
      );
    const login = { name: 'Mufasa', password: 'Circle of Life' };
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
    const md5 = authorization(asked('algorithm=MD5'), login, GET, 1, cnonce);
    assert.match(md5, /response="8ca523f5e9506fed4657c9700eebdbec"/);
    const sha = authorization(asked('algorithm=SHA-256'), login, GET, 1, cnonce);
    assert.match(sha, /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"/);
    for (const part of ['username="Mufasa"', 'uri="/dir/index.html"', 'nc=00000001', 'qop=auth', 'opaque="FQhe/', 'algorithm=SHA-256'])
      assert.ok(sha.includes(part), sha);
    const older = only('Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"');
    const answer = authorization(older, { name: 'Mufasa', password: 'Circle Of Life' }, GET, 1, '0a4f113b');
    assert.match(answer, /response="6629fae49393a05397450978507c4ef1"/);
  });

  it('are Digest with a name that no field carries, and with a name that is hidden', () => {
    const login = { name: 'Jäsøn', password: 'x' };
    const shown = authorization(only('Digest realm="r", nonce="n", qop=auth'), login, GET, 1, 'c');
    assert.match(shown, /username\*=UTF-8''J%C3%A4s%C3%B8n,/);
    const hidden = authorization(only('Digest realm="r", nonce="n", qop=auth, userhash=true'), login, GET, 1, 'c');
    assert.match(hidden, /username="[0-9a-f]{32}".* userhash=true/);
  });
});

describe('signing in', () => {
  /** A site that wants Basic, a person who gives what `gives` says, and what both were asked. */
  const stage = (gives: (realm: string) => { name: string; password: string } | null | undefined) => {
    const told: ToTab[] = [];
    const seen: (string | null)[] = [];
    const signIn = new SignIn((message) => {
      told.push(message);
      if (message.porthole !== 'sign-in' || message.realm === null) return;
      const { realm } = message;
      const login = gives(realm);
      if (login !== undefined) queueMicrotask(() => signIn.answered({ realm, login }));
    });
    const site = async ({ headers }: { headers: Iterable<readonly [string, string]> }): Promise<Response> => {
      const field = new Headers([...headers] as [string, string][]).get('authorization');
      seen.push(field);
      const right = field === `Basic ${btoa('me:right')}`;
      return right ? new Response('in') : new Response('no', { status: 401, headers: { 'www-authenticate': 'Basic realm="here"' } });
    };
    const ask = async (path: string, destination = '', signal?: AbortSignal, cookies: RequestHead['cookies'] = 'all'): Promise<number> => {
      const url = `https://site.example${path}`;
      const head = { method: 'GET', url, destination, headers: [], cookies } as unknown as RequestHead;
      const headers = new Headers();
      signIn.give(head, headers);
      const request = { method: 'GET', url, headers, body: null, signal };
      const { status } = await signIn.through({ head, request, send: site }, await site(request));
      return status;
    };
    return { ask, told, seen, signIn };
  };
  const questions = (told: readonly ToTab[]): boolean[] =>
    told.flatMap((message) => (message.porthole === 'sign-in' && message.realm !== null ? [message.wrong] : []));

  it('asks once, also when many want it, asks again what was wrong, and gives it unasked below that path', async () => {
    const given = ['wrong', 'right'];
    const { ask, told, seen } = stage(() => ({ name: 'me', password: given.shift() ?? 'none' }));
    assert.deepEqual(await Promise.all(Array.from({ length: 5 }, () => ask('/a/b/page'))), [200, 200, 200, 200, 200]);
    assert.deepEqual(questions(told), [false, true]);
    const before = seen.length;
    assert.equal(await ask('/a/b/deeper/still'), 200);
    assert.equal(seen.length, before + 1, 'at once');
    assert.equal(await ask('/a/else'), 200);
    assert.equal(seen.length, before + 3, 'the realm is known, once it is named');
    assert.equal(questions(told).length, 2);
  });

  it('is not for what a page of another site would change: nothing is given, and nobody asked', async () => {
    const { ask, told, seen } = stage(() => ({ name: 'me', password: 'right' }));
    assert.equal(await ask('/a/write', 'iframe', undefined, 'none'), 401);
    assert.deepEqual(questions(told), []);
    assert.equal(await ask('/a/page'), 200);
    const before = seen.length;
    assert.equal(await ask('/a/write', 'iframe', undefined, 'none'), 401);
    assert.deepEqual(seen.slice(before), [null]);
    assert.equal(await ask('/a/page', 'iframe', undefined, 'lax'), 200, 'a link leads in');
  });

  it('takes a no for what a page contains, until the next page', async () => {
    const { ask, told } = stage(() => null);
    assert.equal(await ask('/', 'iframe'), 401);
    assert.equal(await ask('/image', 'image'), 401);
    assert.equal(questions(told).length, 1);
    assert.equal(await ask('/', 'iframe'), 401);
    assert.equal(questions(told).length, 2);
  });

  it('asks no longer than somebody waits', async () => {
    const { ask, told } = stage(() => undefined);
    const [one, other] = [new AbortController(), new AbortController()];
    const both = [ask('/', 'iframe', one.signal), ask('/2', '', other.signal)];
    while (questions(told).length === 0) await new Promise((resolve) => setImmediate(resolve));
    one.abort();
    assert.equal(await both[0], 401);
    assert.deepEqual(told.at(-1), { porthole: 'sign-in', realm: 'here', wrong: false }, 'the other one waits');
    other.abort();
    assert.equal(await both[1], 401);
    assert.deepEqual(told.at(-1), { porthole: 'sign-in', realm: null, wrong: false });
  });

  it('does not send again and again what a site calls stale, and gives no scheme what was given to another', async () => {
    let asked = 0;
    const fields: string[] = [];
    const signIn = new SignIn((message) => {
      if (message.porthole !== 'sign-in' || message.realm === null) return;
      const { realm } = message;
      asked++;
      queueMicrotask(() => signIn.answered({ realm, login: asked > 1 ? null : { name: 'me', password: 'right' } }));
    });
    const head = {
      method: 'GET',
      url: 'https://site.example/',
      destination: 'iframe',
      headers: [],
      cookies: 'all',
    } as unknown as RequestHead;
    const refused = (challenge: string): Response => new Response('no', { status: 401, headers: { 'www-authenticate': challenge } });
    let nonce = 0;
    let isBasic = false;
    const send = async ({ headers }: { headers: Iterable<readonly [string, string]> }): Promise<Response> => {
      fields.push(new Headers([...headers] as [string, string][]).get('authorization') ?? '');
      return refused(isBasic ? 'Basic realm="r"' : `Digest realm="r", nonce="${++nonce}", qop=auth, stale=true`);
    };
    const request = { method: 'GET', url: head.url, headers: new Headers(), body: null };
    assert.equal((await signIn.through({ head, request, send }, await send(request))).status, 401);
    assert.equal(asked, 1);
    assert.ok(fields.length <= 6, `${fields.length} times`);
    isBasic = true;
    await signIn.through({ head, request, send }, await send(request));
    assert.equal(asked, 2, 'Basic is another question');
    assert.ok(!fields.some((field) => field.startsWith('Basic')), fields.join());
  });
});
