// SPDX-License-Identifier: Apache-2.0
// Tests of media types: what a name says, what the first bytes say, and when a text is said to be UTF-8.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { impliedCoding, mediaType, needsHead } from '../../../../host-agent/static/media-type.ts';

const typeOf = (name: string, content: string | Uint8Array, whole = true): string =>
  mediaType(name, needsHead(name) ? { bytes: Buffer.from(content as string), whole } : null);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('static/media-type', () => {
  it('goes by the name, whatever its case and folder', () => {
    const types: Record<string, string> = {
      'a.html': 'text/html; charset=utf-8',
      'x.y/a.CSS': 'text/css; charset=utf-8',
      'a.js': 'text/javascript; charset=utf-8',
      'a.mjs': 'text/javascript; charset=utf-8',
      'a.cjs': 'text/javascript; charset=utf-8',
      'a.json': 'application/json',
      'a.svg': 'image/svg+xml',
      'a.svgz': 'image/svg+xml',
      'a.webp': 'image/webp',
      'a.mp4': 'video/mp4',
      'a.wasm': 'application/wasm',
      'a.pdf': 'application/pdf',
      'a.zip': 'application/zip',
    };
    for (const [name, type] of Object.entries(types)) assert.equal(typeOf(name, 'x'), type, name);
  });

  it('shows what is text and has no type, or one that browsers save', () => {
    for (const name of ['README', 'Makefile', 'a.unheardof', 'png', 'cjs', 'main.ts', 'run.sh', 'a.toml', 'lib.rs', 'dump.sql', 'a.conf']) {
      assert.equal(typeOf(name, 'two\n\tlines\r\n'), 'text/plain; charset=utf-8', name);
      assert.equal(typeOf(name, latin1('caf\xe9')), 'text/plain', name);
    }
  });

  it('leaves what is no text, or nothing yet, as it is', () => {
    for (const bytes of [[0], [0x1f, 0x8b], [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], [0x47, 0x40, 0, 0x10], []]) {
      assert.equal(typeOf('a.unheardof', Uint8Array.from(bytes)), 'application/octet-stream');
      assert.equal(typeOf('a.ts', Uint8Array.from(bytes)), 'video/mp2t');
    }
  });

  it('says that a text is UTF-8 where its bytes are', () => {
    assert.equal(typeOf('a.txt', 'Grüße, 日本, 🎉'), 'text/plain; charset=utf-8');
    assert.equal(typeOf('a.txt', ''), 'text/plain; charset=utf-8');
    assert.equal(typeOf('a.txt', latin1('Gr\xfc\xdfe')), 'text/plain');
    assert.equal(typeOf('a.txt', latin1('caf\xe9')), 'text/plain', 'its last byte could begin a character');
    assert.equal(typeOf('a.css', Buffer.from('\ufeffa{}', 'utf16le')), 'text/css');
  });

  it('leaves a page its own word, unless its bytes are UTF-8', () => {
    const page = (charset: string, text = ''): string => `<!doctype html><META  content=x charset = "${charset}">${text}`;
    assert.equal(typeOf('a.html', page('iso-8859-1')), 'text/html');
    assert.equal(typeOf('a.html', latin1(page('iso-8859-1', 'caf\xe9'))), 'text/html');
    assert.equal(typeOf('a.html', page('iso-8859-1', 'é')), 'text/html; charset=utf-8');
    assert.equal(typeOf('a.html', page('UTF-8')), 'text/html; charset=utf-8');
    assert.equal(typeOf('a.html', '<meta http-equiv=content-type content="text/html; charset=windows-1251">'), 'text/html');
    assert.equal(typeOf('a.html', `${' '.repeat(1024)}${page('iso-8859-1')}`), 'text/html; charset=utf-8', 'too late to count');
  });

  it('is not misled by a character that is cut off', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, seed) => {
        const bytes = Buffer.from(text.toWellFormed());
        const cut = bytes.subarray(0, 1 + (seed % bytes.length));
        return typeOf('a.txt', cut, false) === 'text/plain; charset=utf-8';
      }),
    );
  });

  it('knows that an .svgz is compressed by its kind', () => {
    assert.deepEqual([impliedCoding('a.SVGZ'), impliedCoding('a.svg'), impliedCoding('a.tgz')], ['gzip', null, null]);
  });
});
