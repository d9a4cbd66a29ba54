// SPDX-License-Identifier: Apache-2.0
// Our script in pages: its place in a stream of bytes, what policies are told of it, and the element itself.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { insertionPoint } from '../../../client-runtime/browser/inject/insertion.ts';
import { allowScript } from '../../../client-runtime/browser/inject/policy.ts';
import { beginningOf, charsetIsSettled, charsetOf, encoded, scriptElement } from '../../../client-runtime/browser/session/rewriting.ts';
import { spliced } from '../../../client-runtime/browser/worker/splice.ts';

/** A caret stands where the script is to be. */
const HTML = [
  '^',
  '^text',
  '<!doctype html>^',
  '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">^<title>x',
  '<!doctype html><html><head>^<meta charset=utf-8>',
  '<!doctype html>\n<html lang="a>b">\n<head prefix=\'og: >\'>^\n<title>x</title>',
  '<html><body>'.replace('<body>', '^<body>'),
  '<!-- a > b --><!doctype html><!--> <html><HEAD\n>^',
  '<!--->^x',
  '<!-- a --!><html>^x',
  '<!doctype html><?php echo 1 ?><head>^',
  '<!doctype html><header>'.replace('<header>', '^<header>'),
  '<html a=b"c>^x',
  '<html a= "b>c" d>^x',
  '<html a=b=c">^x',
  '<html ="x>^y">',
  '<html a/b=">">^x',
  "<html a = '>' ><head x=y>^z",
  '<html/><head/>^<p>',
  '<htmlx>'.replace('<', '^<'),
  '<!doctype html></p><head>'.replace('</p>', '^</p>'),
];
const XML = [
  '<html xmlns="http://www.w3.org/1999/xhtml"><head>^<title/></head></html>',
  '<?xml version="1.0"?>\n<!DOCTYPE html [<!ENTITY a "]>"> <!-- ]> " --> ]>\n<html a="&gt;>" xmlns="x">\n<head>^</head>',
  '<?xml-stylesheet href="a"?><html>^<body/></html>',
  '<html>^<head/><body/></html>',
  '<x:html xmlns:x="h"><x:head a=\'>\'>^</x:head></x:html>',
  '<svg xmlns="s" viewBox="0 0 1 1">^<rect/></svg>',
  '<svg><!-- --><head>^</head></svg>',
];

describe('injection: the place', () => {
  for (const [kind, cases] of [
    ['html', HTML],
    ['xml', XML],
  ] as const)
    for (const marked of cases)
      it(`${kind}: ${marked.replaceAll('\n', ' ')}`, () => {
        const [before = '', behind = ''] = marked.split('^');
        const text = before + behind;
        assert.equal(insertionPoint(text, kind, true), before.length);
        // However little of it is there: no place, or the same one.
        for (let length = 0; length < text.length; length++) {
          const place = insertionPoint(text.slice(0, length), kind, false);
          assert.ok(place === null || place === before.length, `${place} after ${length}`);
        }
      });

  it('is none in XML whose root is empty, or that has none', () => {
    for (const text of ['', '<html/>', '<svg a="/>"/>', 'text', '<!-- -->']) assert.equal(insertionPoint(text, 'xml', true), null, text);
  });

  it('is in front of what nothing ends', () => {
    assert.equal(insertionPoint(`<!doctype html><!-- ${'x'.repeat(1000)}`, 'html', true), 15);
    assert.equal(insertionPoint(`<html ${'x'.repeat(1000)}`, 'html', true), 0);
  });

  it('is found quickly in whatever is hard to read', () => {
    const hard = [
      `<!DOCTYPE x [${'<!--a-->'.repeat(8000)}`,
      `<!DOCTYPE x [${'<!--'.repeat(16_000)}`,
      `<a ${'x="'.repeat(20_000)}`,
      `<a${':'.repeat(60_000)}`,
      `<a>${'<!---->'.repeat(9000)}<`,
      `<html ${'a = '.repeat(15_000)}`,
      `<html ${'\n'.repeat(30_000)}${'= '.repeat(10_000)}`,
    ];
    for (const text of hard)
      for (const kind of ['html', 'xml'] as const) {
        const since = performance.now();
        insertionPoint(text, kind, false);
        const took = performance.now() - since;
        assert.ok(took < 500, `${took} ms for ${text.slice(0, 20)}`);
      }
  });

  it('takes nothing apart: never inside of a tag or a comment of a page that is well formed', () => {
    const piece = fc.constantFrom(
      ' ',
      '\n',
      '<!-- c -->',
      '<!doctype html>',
      '<html lang="x">',
      '<head>',
      '<title>t</title>',
      'text',
      '<body a=">">',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const place = insertionPoint(pieces.join(''), 'html', true);
        const ends = pieces.map((_, at) => pieces.slice(0, at).join('').length).concat(pieces.join('').length);
        assert.ok(place !== null && ends.includes(place));
        const behind = pieces.join('').slice(place ?? 0);
        assert.doesNotMatch(pieces.join('').slice(0, place ?? 0), /<title|text|<body/, 'nothing that is shown or run is before it');
        assert.ok(!/^\s*<!doctype/.test(behind) || /<h/.test(pieces.join('').slice(0, place ?? 0)), 'the doctype stays the first');
      }),
    );
  });
});

describe('injection: policies', () => {
  const H = "'sha256-x'";
  const cases: readonly [before: string, after: string][] = [
    ["img-src 'self'", "img-src 'self'"],
    ["script-src 'self'", `script-src 'self'; script-src-elem 'self' ${H}`],
    ["default-src 'none'; img-src *", `default-src 'none'; img-src *; script-src-elem ${H}`],
    ["default-src 'self' 'unsafe-inline'", "default-src 'self' 'unsafe-inline'"],
    ["script-src 'unsafe-inline' 'nonce-a'", `script-src 'unsafe-inline' 'nonce-a'; script-src-elem 'unsafe-inline' 'nonce-a' ${H}`],
    [
      "script-src 'strict-dynamic' 'nonce-a' 'unsafe-inline' https:;",
      `script-src 'strict-dynamic' 'nonce-a' 'unsafe-inline' https:; script-src-elem 'strict-dynamic' 'nonce-a' 'unsafe-inline' https: ${H}`,
    ],
    ["SCRIPT-SRC-ELEM 'none'; script-src *", `script-src-elem ${H}; script-src *`],
    ["default-src 'self', script-src 'none'", `default-src 'self'; script-src-elem 'self' ${H}, script-src 'none'; script-src-elem ${H}`],
    ['script-src', `script-src; script-src-elem ${H}`],
    ["script-src 'self'; script-src *", `script-src 'self'; script-src *; script-src-elem 'self' ${H}`],
    ['', ''],
  ];
  for (const [before, after] of cases) it(before || 'none', () => assert.equal(allowScript(before, H), after));
});

describe('injection: the element and the stream', () => {
  const streamOf = (chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
  const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Buffer> => Buffer.from(await new Response(stream).arrayBuffer());

  it('is put into any pieces of a body at its byte, and the rest is as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 }), fc.nat(80), async (chunks, at) => {
        const body = Buffer.concat(chunks);
        const place = Math.min(at, body.length);
        const whole = await bytesOf(spliced(streamOf(chunks), () => ({ at: place, bytes: Buffer.from('HERE') })));
        assert.deepEqual(whole, Buffer.concat([body.subarray(0, place), Buffer.from('HERE'), body.subarray(place)]));
      }),
    );
  });

  it('breaks where the body breaks, and a reader who goes cancels it', async () => {
    let cancelled = false;
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('a')),
      pull: () => Promise.reject(new Error('broken')),
    });
    await assert.rejects(bytesOf(spliced(broken, () => ({ at: 9, bytes: Buffer.from('x') }))), /broken/);
    const open = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from('a')),
      cancel: () => {
        cancelled = true;
      },
    });
    await spliced(open, () => ({ at: 0, bytes: Buffer.from('x') })).cancel();
    assert.ok(cancelled);
  });

  it('reads no more of a body than it needs, and gives all of it back', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(Buffer.from(pulled === 1 ? '<!doctype html><he' : pulled === 2 ? 'ad>' : 'more'));
          if (pulled === 9) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const { text, unit, skipped, rest } = await beginningOf(body, 'text/html', (text, whole) => insertionPoint(text, 'html', whole), 1000);
    assert.deepEqual([text, unit, skipped, pulled], ['<!doctype html><head>', 1, 0, 2]);
    assert.equal((await bytesOf(rest)).toString(), `<!doctype html><head>${'more'.repeat(7)}`);
  });

  it('minds byte order marks and UTF-16', async () => {
    const html = '<!doctype html><head>ü</head>';
    const little = Buffer.from(html, 'utf16le');
    const cases: readonly [bytes: Buffer, type: string, unit: number, skipped: number][] = [
      [Buffer.from(`\ufeff${html}`), 'text/html', 1, 3],
      [Buffer.from(`\ufeff${html}`, 'utf16le'), 'text/html; charset=utf-8', 2, 2],
      [Buffer.from(`\ufeff${html}`, 'utf16le').swap16(), 'text/html', -2, 2],
      [little, 'text/html; charset=UTF-16LE', 2, 0],
      [Buffer.from(little).swap16(), 'text/html; charset="utf-16be"', -2, 0],
      [Buffer.from(html), 'text/html; charset=utf-8', 1, 0],
    ];
    for (const [bytes, type, unit, skipped] of cases) {
      // A byte each: what is decided on half a mark would be wrong.
      const pieces = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
      const found = await beginningOf(streamOf(pieces), type, (text, whole) => insertionPoint(text, 'html', whole), 1000);
      assert.deepEqual([found.unit, found.skipped], [unit, skipped], type);
      const at = found.skipped + (insertionPoint(found.text, 'html', true) ?? -1) * Math.abs(found.unit);
      const whole = await bytesOf(spliced(found.rest, () => ({ at, bytes: encoded('<b>', found.unit) })));
      const decoder = new TextDecoder(unit === 1 ? 'utf-8' : unit === 2 ? 'utf-16le' : 'utf-16be');
      assert.equal(decoder.decode(whole), '<!doctype html><head><b>ü</head>');
    }
  });

  it('finds what a page says of its encoding, as what is behind a long script may be overlooked', () => {
    assert.equal(charsetOf('<meta charset=UTF-8>'), 'utf-8');
    assert.equal(charsetOf('<meta http-equiv="content-type" content="text/html; charset=iso-8859-2">'), 'iso-8859-2');
    assert.equal(charsetOf("<!-- <meta charset=a> --><meta charset='shift_jis'>"), 'shift_jis');
    assert.equal(charsetOf('<meta charset="utf-16le">'), 'utf-8');
    assert.equal(charsetOf('<metal charset=x><title>meta charset=x</title>'), null);
  });

  it('reads on for the encoding wherever the beginning is cut, and no longer than browsers look for it', async () => {
    const page = '<!doctype html><html><head><!-- <meta charset=a> --><title>t</title><meta charset="iso-8859-2"><p>'.padEnd(2000, 'x');
    for (let length = 1; length < page.length; length += 7) {
      const pieces = [page.slice(0, length), page.slice(length)].map((piece) => Buffer.from(piece));
      const enough = (text: string, whole: boolean): number | null => (charsetIsSettled(text) ? insertionPoint(text, 'html', whole) : null);
      const { text } = await beginningOf(streamOf(pieces), 'text/html', enough, 65_536);
      assert.equal(charsetOf(text.slice(0, 1024)), 'iso-8859-2', `cut at ${length}`);
    }
    const cases: readonly [text: string, settled: boolean][] = [
      ['<head>', false],
      ['<head><meta charset="iso-8859-', false],
      ['<head><meta charset="iso-8859-2"', false],
      ['<head><meta charset="iso-8859-2">', true],
      ['<head><title>t</title></HEAD', true],
      ['<BODY>', true],
      ['<title>t</title><h1>By and by</h1>', true],
      ['<title><h1></title><script>"<p>"</script><!-- <p> --><link rel=a>', false],
      ['<style>'.padEnd(1023, 'x'), false],
      ['<style>'.padEnd(1024, 'x'), true],
    ];
    for (const [text, settled] of cases) assert.equal(charsetIsSettled(text), settled, text.slice(0, 40));
  });

  it('is ASCII, and gives what it was given, however odd', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('html', 'xml'), (text, kind) => {
        const element = scriptElement('1', JSON.stringify({ text }), kind as 'html' | 'xml');
        assert.match(element, /^[\x20-\x7e]*$/);
        const given = /data-porthole="([^"<>]*)">/.exec(element)?.[1] ?? '';
        const read = given.replace(/&quot;/g, '"').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
        assert.deepEqual(JSON.parse(read), { text });
      }),
    );
  });
});
