// SPDX-License-Identifier: Apache-2.0
// Tests of thumbnails: small, upright, of what is a picture, made once; and none where none can be made.

import assert from 'node:assert/strict';
import type sharpModule from 'sharp';
import { openFolder } from '../../../../host-agent/static/open-folder.ts';
import { MAX_PICTURE_BYTES, Thumbnails } from '../../../../host-agent/static/thumbnails.ts';
import { bytesOf, folderWith, openBelow, put, removeFolders, siteOf } from './fixture.ts';

const request = (method = 'GET'): Request => new Request('http://site.localhost/a.jpg', { method });

describe('static/thumbnails', () => {
  let sharp: typeof sharpModule;
  let path: string;
  const picture = (width: number, height: number, orientation?: number): Promise<Buffer> =>
    sharp({ create: { width, height, channels: 3, background: 'red' } })
      .withMetadata(orientation === undefined ? {} : { orientation })
      .jpeg()
      .toBuffer();

  before(async function () {
    const loaded = await import('sharp').catch(() => null);
    if (!loaded) {
      console.log('      skipped: the optional package sharp is not there for this system');
      return this.skip();
    }
    sharp = loaded.default;
  });
  beforeEach(async () => {
    path = await folderWith();
  });
  afterEach(async () => {
    assert.deepEqual(await openBelow(path), []);
    await removeFolders();
  });

  it('are small, keep the proportions, and stand upright', async () => {
    await put(path, 'wide.jpg', await picture(1600, 800));
    await put(path, 'turned.jpg', await picture(1600, 800, 6));
    const ask = await siteOf(path);
    for (const [name, width, height] of [
      ['wide', 320, 160],
      ['turned', 160, 320],
    ] as const) {
      const response = await ask(`/${name}.jpg?porthole=thumbnail&v=1`);
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'image/webp']);
      assert.match(response.headers.get('cache-control') ?? '', /immutable/);
      const { format, ...size } = await sharp(await bytesOf(response)).metadata();
      assert.deepEqual([format, size.width, size.height], ['webp', width, height], name);
    }
  });

  it('are 404 for what is no picture, a damaged one, or too large', async () => {
    const whole = await picture(800, 800);
    await put(path, 'text.jpg', 'no picture');
    await put(path, 'cut.jpg', whole.subarray(0, whole.length / 2));
    await put(path, 'page.html', '<p>');
    await put(path, 'huge.png', hugePng());
    const ask = await siteOf(path);
    for (const name of ['text.jpg', 'cut.jpg', 'page.html', 'huge.png']) {
      const response = await ask(`/${name}?porthole=thumbnail`);
      assert.equal(response.status, 404, name);
      await response.text();
    }
    assert.equal(Thumbnails.fits('image/jpeg', MAX_PICTURE_BYTES), true);
    assert.equal(Thumbnails.fits('image/jpeg', MAX_PICTURE_BYTES + 1), false);
    assert.equal(Thumbnails.fits('image/svg+xml', 1), false);
  });

  it('are made once, one at a time, with no file open meanwhile; HEAD has no body', async () => {
    await put(path, 'a.jpg', await picture(400, 400));
    const folder = await openFolder(path);
    const thumbnails = new Thumbnails();
    let opened = 0;
    const open = () => {
      opened++;
      return folder.open('a.jpg');
    };
    const answer = async (method?: string): Promise<Response> => {
      const found = await thumbnails.answer(open, 'image/jpeg', request(method));
      assert.ok(typeof found !== 'string');
      return found;
    };
    const [first, ...others] = await Promise.all([1, 2, 3].map(async () => bytesOf(await answer())));
    for (const other of others) assert.deepEqual(other, first);
    assert.deepEqual(await openBelow(path), []);
    opened = 0;
    assert.deepEqual(await bytesOf(await answer()), first);
    assert.equal((await answer('HEAD')).body, null);
    assert.equal(opened, 2, 'what is kept is not made again');
    assert.equal(await thumbnails.answer(() => folder.open('none.jpg'), 'image/jpeg', request()), 'missing');
  });
});

/** A PNG that says it is 30,000 × 30,000 pixels. */
function hugePng(): Buffer {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  png.writeUInt32BE(30_000, 16);
  png.writeUInt32BE(30_000, 20);
  return png;
}
