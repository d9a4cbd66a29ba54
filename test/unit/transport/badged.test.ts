// SPDX-License-Identifier: Apache-2.0
// The script that is appended to pages: where, to which, and what becomes of lengths, digests, tags and conditions.

import assert from 'node:assert/strict';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { askWithBadge, mayBeBadged } from '../../../transport/http/badge/badged.ts';

const URL_OF_SCRIPT = 'http://192.168.1.20:8080/.porthole/lan.js';
/** By its whole URL: a page's `<base href>` may lead elsewhere. */
const SCRIPT = `\n<script src="${URL_OF_SCRIPT}" async></script>\n`;
const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** A site of one page, which answers conditions. */
function site(headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer> = '<p>hello') {
  const seen: Headers[] = [];
  const ask = async (asked: Headers): Promise<Response> => {
    seen.push(asked);
    const tags = (asked.get('if-none-match') ?? '').split(',').map((tag) => tag.trim());
    const isSame = headers.etag !== undefined ? tags.includes(headers.etag) : asked.has('if-modified-since');
    if (isSame) return new Response(null, { status: 304, headers: headers.etag ? { etag: headers.etag } : {} });
    return new Response(body, { headers });
  };
  return { ask, seen };
}

describe('a page over plain HTTP', () => {
  const get = async (headers: Record<string, string>, body?: string | Uint8Array<ArrayBuffer>, asked = {}) => {
    const { ask, seen } = site(headers, body);
    const response = await askWithBadge(URL_OF_SCRIPT, new Headers(asked), ask);
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()), seen };
  };

  it('has one script after its last byte, and headers that are true', async () => {
    const bytes = { 'repr-digest': 'sha-256=:x:', 'content-digest': 'sha-256=:x:', 'accept-ranges': 'bytes' };
    const { headers, body, seen } = await get({
      ...HTML,
      ...bytes,
      'content-length': '8',
      etag: '"tag"',
      'last-modified': 'then',
      'x-own': '1',
    });
    assert.equal(body.toString(), `<p>hello${SCRIPT}`);
    assert.deepEqual(Object.fromEntries(headers), {
      'content-length': String(8 + SCRIPT.length),
      'content-type': HTML['content-type'],
      etag: '"tag-badge"',
      'last-modified': 'then',
      'x-own': '1',
    });
    assert.equal(seen[0]?.get('accept-encoding'), 'identity');
  });

  it('may come compressed, where its browser takes that, and is appended to in plain', async () => {
    const page = '<p>a page that says much the same again and again</p>\n'.repeat(50);
    for (const [coding, bytes] of [
      ['gzip', gzipSync(page)],
      ['br', brotliCompressSync(page)],
    ] as const) {
      const given = {
        ...HTML,
        'content-encoding': coding,
        'content-length': String(bytes.length),
        etag: `"tag.${coding}"`,
        'repr-digest': 'x',
      };
      const asked = { 'accept-encoding': 'gzip, deflate, br, zstd' };
      const { headers, body, seen } = await get(given, new Uint8Array(bytes), asked);
      assert.equal(body.toString(), page + SCRIPT);
      assert.deepEqual(Object.fromEntries(headers), { ...HTML, etag: `"tag.${coding}-badge"` });
      assert.equal(seen[0]?.get('accept-encoding'), 'gzip, br', 'what can be undone');
      const same = await get(given, new Uint8Array(bytes), { ...asked, 'if-none-match': `"tag.${coding}-badge"` });
      assert.deepEqual([same.status, same.headers.get('etag')], [304, `"tag.${coding}-badge"`]);
      const head = await askWithBadge(URL_OF_SCRIPT, new Headers(asked), async () => new Response(null, { headers: given }));
      assert.deepEqual(Object.fromEntries(head.headers), Object.fromEntries(headers));
      const other = await get({ ...given, 'content-type': 'text/plain' }, new Uint8Array(bytes), asked);
      assert.deepEqual([other.headers.get('content-encoding'), other.body.equals(bytes)], [coding, true], 'what is no page stays as it is');
      const cut = get(given, new Uint8Array(bytes.subarray(0, bytes.length - 20)), asked);
      await assert.rejects(cut, { code: 'SITE_FAILED' }, 'what is damaged is not taken for whole');
      await assert.rejects(get(given, page, asked), { code: 'SITE_FAILED' }, 'what was not compressed at all');
    }
    for (const [accepted, wanted] of [
      ['br;q=0.5, gzip;q=0', 'br'],
      ['GZIP ; q=1.0', 'gzip'],
      ['deflate, *', 'identity'],
    ]) {
      assert.equal((await get(HTML, '', { 'accept-encoding': accepted })).seen[0]?.get('accept-encoding'), wanted);
    }
    const utf16 = gzipSync(Uint8Array.of(0xff, 0xfe, 0x3c, 0));
    const odd = { 'content-type': 'text/html', 'content-encoding': 'gzip', etag: '"tag.gzip"' };
    const plain = await get(odd, new Uint8Array(utf16), { 'accept-encoding': 'gzip' });
    assert.deepEqual([...plain.body], [0xff, 0xfe, 0x3c, 0]);
    assert.deepEqual(Object.fromEntries(plain.headers), { 'content-type': 'text/html' });
  });

  it('may be empty, short, in Latin-1 or without a charset', async () => {
    for (const body of ['', 'a', 'ab']) assert.equal((await get(HTML, body)).body.toString(), body + SCRIPT);
    const latin = Uint8Array.of(0xe9, 0x20, 0xff);
    for (const type of ['text/html', 'TEXT/HTML;charset="iso-8859-1"', 'text/html; charset=windows-1252', 'text/html;charset=Shift_JIS']) {
      assert.deepEqual((await get({ 'content-type': type }, latin)).body, Buffer.concat([latin, Buffer.from(SCRIPT)]), type);
    }
  });

  it('is answered to HEAD as to GET, without a body', async () => {
    const response = await askWithBadge(
      URL_OF_SCRIPT,
      new Headers(),
      async () => new Response(null, { headers: { ...HTML, 'content-length': '8', etag: 'W/"t"' } }),
    );
    assert.equal(response.body, null);
    assert.deepEqual([response.headers.get('content-length'), response.headers.get('etag')], [String(8 + SCRIPT.length), 'W/"t-badge"']);
  });

  it('is not everything: other answers are not touched', async () => {
    const others: [headers: Record<string, string>, body: Uint8Array<ArrayBuffer> | string][] = [
      [{ 'content-type': 'text/plain' }, 'x'],
      [{ 'content-type': 'text/html-like' }, 'x'],
      [{ 'content-type': 'application/xhtml+xml' }, '<html/>'],
      [{ 'content-type': 'text/html; charset=utf-16' }, 'x'],
      [{ 'content-type': 'text/html; charset=UTF-16LE' }, 'x'],
      [{ 'content-type': 'text/html; charset=iso-2022-jp' }, 'x'],
      [{ 'content-type': 'text/html; charset=utf-7' }, 'x'],
      [{ ...HTML, 'content-encoding': 'gzip' }, 'x'],
      [{ ...HTML, 'content-disposition': 'attachment; filename=x.html' }, 'x'],
      [{ ...HTML, 'cache-control': 'no-transform' }, 'x'],
      [{ 'content-type': 'text/html' }, Uint8Array.of(0xff, 0xfe, 0x3c, 0x00)],
      [{ 'content-type': 'text/html' }, Uint8Array.of(0xfe, 0xff, 0x00, 0x3c)],
    ];
    for (const [given, content] of others) {
      const whole = { ...given, 'content-length': String(content.length), etag: '"tag"', 'repr-digest': 'x' };
      const { headers, body } = await get(whole, content);
      assert.deepEqual(body, Buffer.from(content), JSON.stringify(given));
      assert.deepEqual(Object.fromEntries(headers), whole);
    }
    for (const status of [201, 206, 404]) {
      const response = await askWithBadge(URL_OF_SCRIPT, new Headers(), async () => new Response('x', { status, headers: HTML }));
      assert.equal(await response.text(), 'x', String(status));
    }
  });

  it('is not a range of it, which is of the bytes as they are', async () => {
    const { ask, seen } = site({ ...HTML, etag: '"tag"' });
    const asked = { range: 'bytes=0-1', 'if-range': '"tag-badge"', 'accept-encoding': 'gzip' };
    assert.equal(await (await askWithBadge(URL_OF_SCRIPT, new Headers(asked), ask)).text(), '<p>hello');
    assert.deepEqual(Object.fromEntries(seen[0] as Headers), asked);
  });

  it('is not sent again to who has it with the script, and is to who has it without', async () => {
    const page = { ...HTML, etag: '"tag"' };
    const same = await get(page, undefined, { 'if-none-match': 'W/"old", "tag-badge"' });
    assert.deepEqual([same.status, same.headers.get('etag'), same.body.length, same.seen.length], [304, '"tag-badge"', 0, 1]);
    const plain = await get(page, undefined, { 'if-none-match': '"tag"' });
    assert.deepEqual([plain.status, plain.headers.get('etag'), plain.body.toString()], [200, '"tag-badge"', `<p>hello${SCRIPT}`]);
    const other = await get(page, undefined, { 'if-none-match': '"old-badge"' });
    assert.deepEqual([other.status, other.seen.length], [200, 1]);
    const picture = await get({ 'content-type': 'image/png', etag: '"tag"' }, 'png', { 'if-none-match': '"tag"' });
    assert.deepEqual([picture.status, picture.headers.get('etag')], [304, '"tag"']);
    const dated = await get(HTML, undefined, { 'if-modified-since': 'then' });
    assert.deepEqual([dated.status, dated.body.toString()], [200, `<p>hello${SCRIPT}`]);
  });

  it('streams: nothing is asked for before it is read, a failure is passed on, and leaving ends it', async () => {
    let pulled = 0;
    let cancelled = 0;
    const endless = () =>
      new ReadableStream(
        {
          pull(controller) {
            pulled++;
            controller.enqueue(new Uint8Array(1000).fill(65));
          },
          cancel: () => void cancelled++,
        },
        { highWaterMark: 0 },
      );
    const response = await askWithBadge(URL_OF_SCRIPT, new Headers(), async () => new Response(endless(), { headers: HTML }));
    assert.equal(pulled, 1, 'what it begins with');
    const reader = response.body?.getReader();
    for (let read = 1; read <= 5; read++) {
      await reader?.read();
      assert.equal(pulled, read);
    }
    await reader?.cancel();
    assert.equal(cancelled, 1);

    let pieces = 0;
    const broken = new ReadableStream({
      pull(controller) {
        if (pieces++ < 2) controller.enqueue(new Uint8Array(10));
        else controller.error(new Error('lost'));
      },
    });
    const cut = await askWithBadge(URL_OF_SCRIPT, new Headers(), async () => new Response(broken, { headers: HTML }));
    await assert.rejects(cut.text(), /lost/, 'cut short, and no script after it');
  });

  it('whose policy names its scripts is told of this one alone', async () => {
    const policy = async (given: string, script = URL_OF_SCRIPT): Promise<string | null> => {
      const page = new Response('', { headers: { ...HTML, 'content-security-policy': given } });
      return (await askWithBadge(script, new Headers(), async () => page)).headers.get('content-security-policy');
    };
    for (const [given, expected] of [
      ["default-src 'none'; script-src 'sha256-x'", `default-src 'none'; script-src 'sha256-x' ${URL_OF_SCRIPT}`],
      ["script-src 'none'", `script-src ${URL_OF_SCRIPT}`],
      [
        "default-src 'self' a.example; img-src *",
        `default-src 'self' a.example; img-src *; script-src-elem 'self' a.example ${URL_OF_SCRIPT}`,
      ],
      ["DEFAULT-SRC 'NONE';", `DEFAULT-SRC 'NONE'; script-src-elem ${URL_OF_SCRIPT}`],
      ["script-src-elem 'self'; script-src 'none'", `script-src-elem 'self' ${URL_OF_SCRIPT}; script-src 'none'`],
      ["img-src 'self'", "img-src 'self'"],
      ["script-src 'none', default-src 'none'", `script-src ${URL_OF_SCRIPT},default-src 'none'; script-src-elem ${URL_OF_SCRIPT}`],
      ['', ''],
    ] as const) {
      assert.equal(await policy(given), expected);
    }
    assert.equal(await policy("script-src 'none'", 'http://[fd00::1]:8080/.porthole/lan.js'), "script-src 'none'", 'no such source');
    const { ask } = site({ ...HTML, etag: '"tag"' });
    const same = async (asked: Headers): Promise<Response> => {
      const { status, headers } = await ask(asked);
      return new Response(null, { status, headers: { ...Object.fromEntries(headers), 'content-security-policy': "script-src 'none'" } });
    };
    const kept = await askWithBadge(URL_OF_SCRIPT, new Headers({ 'if-none-match': '"tag-badge"' }), same);
    assert.deepEqual([kept.status, kept.headers.get('content-security-policy')], [304, `script-src ${URL_OF_SCRIPT}`]);
  });

  it('depends on what asks for it', () => {
    assert.deepEqual(
      [
        new Response('', { headers: HTML }),
        new Response(null, { status: 304 }),
        new Response('x'),
        new Response('', { status: 404, headers: HTML }),
      ].map((response) => mayBeBadged(response, undefined)),
      [true, true, false, false],
    );
    const unchanged = new Response(null, { status: 304 });
    for (const destination of ['document', 'iframe', 'empty', 'object']) assert.ok(mayBeBadged(unchanged, destination), destination);
    for (const destination of ['image', 'script', 'style', 'font', 'video', 'worker']) {
      assert.ok(!mayBeBadged(unchanged, destination), `a 304 for ${destination} is about no page`);
    }
    assert.ok(mayBeBadged(new Response('', { headers: HTML }), 'image'), 'it is one nevertheless');
  });
});
