// SPDX-License-Identifier: Apache-2.0
// Settings about access: durations, passwords and where they may stand, labels.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { CONFIG_FILE, LONGEST_MS, readSettings, SHORTEST_MS } from '../../../cli/settings/settings.ts';
import { LEAST_SPOOL_BYTES } from '../../../host-agent/inspect/limits.ts';
import { PortholeError } from '../../../proto/errors.ts';

const invalid = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PortholeError, String(error));
  assert.equal(error.code, 'CONFIG_INVALID');
  assert.match(error.message, words);
  return true;
};

describe('settings of access', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-settings-'));
  });
  afterEach(() => rm(join(folder, CONFIG_FILE), { force: true }));
  after(() => rm(folder, { recursive: true }));
  const read = (flags: Record<string, unknown>, env: NodeJS.ProcessEnv = {}) => readSettings(flags, env, folder);
  const configured = (text: string) => writeFile(join(folder, CONFIG_FILE), text);

  it('durations are a number and its unit', async () => {
    for (const [text, ms] of [
      ['30m', 1_800_000],
      ['12h', 43_200_000],
      ['7d', 604_800_000],
      ['1m', SHORTEST_MS],
      ['366d', LONGEST_MS],
    ] as const) {
      assert.equal((await read({ expires: text })).expires, ms);
    }
    for (const text of ['', '7', 'd', '7 d', '-1d', '1.5h', '0m', '367d', '8785h', '9999999m', '1w', '1D']) {
      await assert.rejects(read({ expires: text }), invalid(/the command line: expires: a duration/));
    }
    await assert.rejects(read({}, { PORTHOLE_EXPIRES: 'never' }), invalid(/the environment: expires/));
  });

  it('no other text is a duration', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        if (/^\d{1,6}[mhd]$/.test(text)) return;
        await assert.rejects(read({ expires: text }), invalid(/expires/));
      }),
      { seed: 11, numRuns: 100 },
    );
  });

  it('several sites have settings of their own, and no others', async () => {
    await configured('{ "sites": [{ "what": "3000", "name": "one", "keywords": "a, b" }, { "what": "site", "listing": false }] }');
    assert.deepEqual((await read({})).sites, [
      { what: '3000', name: 'one', keywords: ['a', 'b'] },
      { what: 'site', listing: false },
    ]);
    for (const [text, words] of [
      ['[{ "name": "one" }]', /sites\.0\.what/],
      ['[{ "what": "a", "port": 1 }]', /sites\.0/],
      ['[{ "what": "a", "password": "secret" }]', /sites\.0/],
      ['"a"', /sites/],
    ] as const) {
      await configured(`{ "sites": ${text} }`);
      await assert.rejects(read({}), invalid(words));
    }
    await configured('{}');
    await assert.rejects(read({}, { PORTHOLE_SITES: 'a' }), invalid(/the environment: sites/));
  });

  it('--password says that there is one, PORTHOLE_PASSWORD what it is', async () => {
    assert.equal((await read({ password: true })).password, true);
    assert.equal((await read({}, { PORTHOLE_PASSWORD: 'true' })).password, 'true');
    assert.equal((await read({ password: true }, { PORTHOLE_PASSWORD: 'harbour light' })).password, 'harbour light');
    await assert.rejects(read({}, { PORTHOLE_PASSWORD: '' }), invalid(/password/));
    await configured('{ "password": true }');
    assert.equal((await read({})).password, true);
    assert.equal((await read({}, { PORTHOLE_PASSWORD: 'x' })).password, 'x');
  });

  it('a password does not stand in the file of settings, which may be in the folder that is hosted; and is not repeated', async () => {
    await configured('{ "password": "harbour light" }');
    await assert.rejects(read({}), (error) => invalid(/does not belong/)(error) && !/harbour/.test((error as Error).message));
    await configured('{ "passwordFile": "secret.txt", "allow": ["a", "b"], "inviteOnly": true }');
    const { passwordFile, allow, inviteOnly } = await read({});
    assert.deepEqual([passwordFile, allow, inviteOnly], ['secret.txt', ['a', 'b'], true]);
  });

  it('a label is one line', async () => {
    assert.equal((await read({ label: 'Anna & Zoë' })).label, 'Anna & Zoë');
    await assert.rejects(read({ label: 'a\nb' }), invalid(/label/));
    await assert.rejects(read({ label: 'x'.repeat(201) }), invalid(/label/));
  });
});

describe('settings of a suite’s place', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-settings-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('read its URL alike wherever it comes from, and refuse what is none', async () => {
    assert.equal((await readSettings({ suite: 'suite.example' }, {}, folder)).suite, 'https://suite.example');
    assert.equal((await readSettings({}, { PORTHOLE_SUITE: 'localhost:8080' }, folder)).suite, 'http://localhost:8080');
    await writeFile(join(folder, CONFIG_FILE), '{ "suite": "192.168.1.20:8080/x", "lan": true }');
    const { suite, lan } = await readSettings({}, {}, folder);
    assert.deepEqual([suite, lan], ['http://192.168.1.20:8080', true]);
    assert.equal((await readSettings({}, { PORTHOLE_LAN: 'false' }, folder)).lan, false);
    for (const [flags, env, words] of [
      [{ suite: 'null/' }, {}, /the command line: suite: "null\/" is not the URL of a suite/],
      [{}, { PORTHOLE_SUITE: 'ftp://x' }, /the environment: suite: "ftp:\/\/x" is not/],
      [{}, { PORTHOLE_LAN: 'perhaps' }, /the environment: lan/],
    ] as const) {
      await assert.rejects(readSettings(flags, env, folder), invalid(words));
    }
  });
});

describe('settings in a cluster', () => {
  const read = (env: NodeJS.ProcessEnv) => readSettings({}, env, tmpdir());

  it('variables that Kubernetes sets for services called porthole and porthole-… are none', async () => {
    const found = await read({
      PORTHOLE_PORT: 'tcp://10.0.0.1:8080',
      PORTHOLE_SERVICE_HOST: '10.0.0.1',
      PORTHOLE_SERVICE_PORT: '8080',
      PORTHOLE_SERVICE_PORT_HTTP: '8080',
      PORTHOLE_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      PORTHOLE_PORT_8080_TCP_PROTO: 'tcp',
      PORTHOLE_PORT_8080_TCP_PORT: '8080',
      PORTHOLE_PORT_8080_TCP_ADDR: '10.0.0.1',
      PORTHOLE_STUN_PORT: 'udp://[fd00::1]:3478',
      PORTHOLE_SUITE_SERVICE_HOST: 'fd00::1',
      PORTHOLE_SUITE_SERVICE_PORT: '80',
      PORTHOLE_SUITE_PORT: 'tcp://10.0.0.2:80',
      PORTHOLE_SUITE_PORT_80_TCP_ADDR: '10.0.0.2',
      PORTHOLE_SUITE_PORT_3478_UDP: 'udp://10.0.0.2:3478',
    });
    assert.deepEqual([found.port, found.stunPort, found.suite], [undefined, undefined, undefined]);
  });

  it('settings stay settings, and slips stay slips', async () => {
    assert.equal((await read({ PORTHOLE_PORT: '80', PORTHOLE_STUN_PORT: '3478' })).stunPort, 3478);
    for (const [name, value] of [
      ['PORTHOLE_PROT', '80'],
      ['PORTHOLE_SERVICE', '80'],
      ['PORTHOLE_SUITE_PORT', '80'],
      ['PORTHOLE_PORT_TCP', 'tcp://10.0.0.1:8080'],
      ['PORTHOLE_PORT_8080_TCP_NAME', 'x'],
    ] as const) {
      await assert.rejects(read({ [name]: value }), invalid(new RegExp(`^${name} is no setting`)));
    }
    await assert.rejects(read({ PORTHOLE_PORT: 'http://10.0.0.1:8080' }), invalid(/port/));
    await assert.rejects(read({ PORTHOLE_HOME: '' }), invalid(/environment: home: /));
  });
});

describe('settings of the inspector', () => {
  const read = (flags: Record<string, unknown>, env: NodeJS.ProcessEnv = {}) => readSettings(flags, env, tmpdir());

  it('is on, off, or at a port', async () => {
    for (const [given, found] of [
      [true, true],
      ['4100', 4100],
      ['0', 0],
      [4100, 4100],
    ] as const) {
      assert.equal((await read({ inspect: given })).inspect, found);
    }
    for (const [given, found] of [
      ['1', true],
      ['true', true],
      ['false', false],
      ['4100', 4100],
    ] as const) {
      assert.equal((await read({}, { PORTHOLE_INSPECT: given })).inspect, found);
    }
    for (const given of ['yes', '-1', '65536', '4100x']) await assert.rejects(read({ inspect: given }), invalid(/inspect/));
  });

  it('keeps so many bytes', async () => {
    for (const [given, found] of [
      ['500MB', 500_000_000],
      ['1.5 gb', 1_500_000_000],
      [String(LEAST_SPOOL_BYTES), LEAST_SPOOL_BYTES],
      [2_000_000, 2_000_000],
    ] as const) {
      assert.equal((await read({ inspectLimit: given })).inspectLimit, found);
    }
    for (const given of ['much', '1TB', '-5MB', String(LEAST_SPOOL_BYTES - 1), '']) {
      await assert.rejects(read({ inspectLimit: given }), invalid(/inspectLimit/));
    }
    await assert.rejects(read({ log: 'verbose' }), invalid(/log/));
  });
});
