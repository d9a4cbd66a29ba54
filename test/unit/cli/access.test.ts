// SPDX-License-Identifier: Apache-2.0
// Access by the settings: which make a gate, where passwords come from, and the links that invite.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identity } from '../../../cli/commands/identity.ts';
import { invite } from '../../../cli/commands/invite.ts';
import { password as passwordCommand } from '../../../cli/commands/password.ts';
import { siteHomeOf } from '../../../cli/offerings/read.ts';
import { type Access, hostAccess } from '../../../cli/running/host-access.ts';
import { visitorOptions } from '../../../cli/running/visiting.ts';
import type { Settings } from '../../../cli/settings/settings.ts';
import { SiteHome } from '../../../cli/settings/site-home.ts';
import { hostPassword, visitorPassword } from '../../../cli/terminal/passwords.ts';
import { inviteToken, linkParts } from '../../../client-runtime/links/invite-link.ts';
import { onePassword } from '../../../client-runtime/visitor/credentials.ts';
import { loadVisitorKeys } from '../../../client-runtime/visitor/visitor-file.ts';
import { type ErrorCode, PortholeError } from '../../../proto/errors.ts';
import { visitorId } from '../../../proto/visitor.ts';
import type { Applicant, Authorization, Challenge, Proof } from '../../../transport/continuity/gate.ts';
import { MAX_PASSWORD_BYTES } from '../../../transport/continuity/password.ts';
import { nodeSalting } from '../../../transport/continuity/password-node.ts';
import { type TestContext, testContext } from './context.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
const code =
  (expected: ErrorCode, words = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    assert.match(error.message, words);
    return true;
  };
const nobodyAnswers = (): Promise<Proof> => assert.fail('the password was asked for');

describe('access by the settings', () => {
  let folder: string;
  let home: string;
  let site: SiteHome;
  const file = (name: string): string => join(folder, name);
  const visitor = (more: Partial<Applicant> = {}): Applicant => ({
    key: randomBytes(32),
    hash: randomBytes(32),
    token: new Uint8Array(),
    ...more,
  });

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'porthole-access-')));
    home = file('home');
    site = SiteHome.of(home, undefined, 'demo');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** The access of a host with these settings. */
  const access = async (settings: Partial<Omit<Settings, 'home'>>, typed: string[] | null = null) => {
    const context = testContext({ home, ...settings }, typed);
    const { identity } = await site.identity();
    return { context, identity, access: await hostAccess(context, site, identity) };
  };

  describe('the gate', () => {
    it('is there when anything asks for it, and says what opens', async () => {
      assert.equal((await access({})).access, null);
      const key = visitorId(randomBytes(32));
      assert.deepEqual((await access({ inviteOnly: true })).access?.opens, ['invite']);
      const all = (await access({ allow: [key], password: 'x' })).access;
      assert.deepEqual(all?.opens, ['password', 'key', 'invite']);
      assert.equal(all?.words, 'the password or a key of your list or an invitation');
    });

    it('--allow takes keys, or a file of them that may change', async () => {
      const [anna, ben] = [visitor(), visitor()];
      const keys = (await access({ allow: [visitorId(anna.key), visitorId(ben.key).toUpperCase()] })).access;
      assert.match((await keys?.gate.authorize(ben, nobodyAnswers))?.who ?? '', /^key/);
      await writeFile(file('friends'), `${visitorId(anna.key)} Anna\n`);
      const { access: listed, context } = await access({ allow: [file('friends')] });
      assert.match((await listed?.gate.authorize(anna, nobodyAnswers))?.who ?? '', /\(Anna\)$/);
      await assert.rejects(listed?.gate.authorize(ben, nobodyAnswers) as Promise<unknown>, code('NOT_ALLOWED'));
      assert.deepEqual(context.events, [
        { event: 'refused', key: visitorId(ben.key), code: 'NOT_ALLOWED', message: context.events[0]?.message },
      ]);
      await writeFile(file('friends'), `${visitorId(anna.key)} Anna\n${visitorId(ben.key)} Ben\n`);
      assert.match((await listed?.gate.authorize(ben, nobodyAnswers))?.who ?? '', /\(Ben\)$/);
    });

    it('--allow with a slip in it is refused, and says where', async () => {
      await assert.rejects(access({ allow: [file('none')] }), code('CONFIG_INVALID', /none/));
      await assert.rejects(access({ allow: [visitorId(randomBytes(32)), 'anna'] }), code('CONFIG_INVALID', /"anna"/));
      await assert.rejects(access({ allow: [] }), code('CONFIG_INVALID', /no key/));
    });
  });

  describe('the password of a host', () => {
    const asks = (settings: Partial<Omit<Settings, 'home'>>, typed: string[] | null = null) => {
      const context = testContext({ home, ...settings }, typed);
      return { context, password: hostPassword(context, site.passwordFile) };
    };

    it('comes from the environment, a file, or the terminal, and the same one stays the same', async () => {
      const { password } = asks({ password: 'harbour light' });
      const first = await password;
      await writeFile(file('secret'), 'harbour light\r\nwhat follows is not it\n');
      for (const settings of [{ passwordFile: file('secret') }, { passwordFile: file('secret'), password: 'other' }]) {
        assert.deepEqual((await asks(settings).password)?.salt, first?.salt);
      }
      const { context, password: typed } = asks({ password: true }, ['', 'harbour light', 'harbour light']);
      assert.deepEqual((await typed)?.verifier, first?.verifier);
      assert.match(context.asked[0] ?? '', /Enter keeps/);
      assert.equal((await stat(site.passwordFile)).mode & 0o777, 0o600);
    });

    it('is typed twice the first time, until both are alike', async () => {
      const { context, password } = asks({ password: true }, ['', 'one', 'two', 'three', 'three']);
      const first = await password;
      assert.deepEqual((await asks({ password: 'three' }).password)?.salt, first?.salt);
      assert.match(context.sentences.join('\n'), /at least one character.*differ/s);
      assert.equal(context.asked.length, 5);
      assert.ok(context.asked.every((words) => !/Enter keeps/.test(words)));
    });

    it('need not be given again, with or without a terminal', async () => {
      await assert.rejects(asks({ password: true }).password, code('CONFIG_INVALID', /PORTHOLE_PASSWORD/));
      const first = await asks({ password: 'harbour light' }).password;
      assert.deepEqual((await asks({ password: true }).password)?.salt, first?.salt);
      assert.deepEqual((await asks({ password: true }, ['']).password)?.salt, first?.salt);
      assert.equal(await asks({}).password, null, 'nobody asked for one');
    });

    it('changes while the host runs: by `porthole password`, or by what is in --password-file', async () => {
      await site.identity();
      const verdicts = async (gated: Access | null | undefined): Promise<string> => {
        const judgement = await gated?.gate.judge?.();
        return judgement?.(authorization as Authorization)?.code ?? 'stays';
      };
      const knows = async (gated: Access | null | undefined, password: string): Promise<Authorization | undefined> => {
        const who = visitor();
        return gated?.gate.authorize(who, (challenge) => onePassword(password, nodeSalting).answer(challenge, who.hash));
      };
      const { access: gated } = await access({ password: 'harbour light' });
      let authorization = await knows(gated, 'harbour light');
      assert.equal(await verdicts(gated), 'stays');
      const changing = testContext({ home, name: 'demo' }, ['open sea', 'open sea']);
      await passwordCommand(changing, '');
      assert.deepEqual(changing.events, [{ event: 'password-kept', name: 'demo' }]);
      assert.equal(await verdicts(gated), 'PASSWORD_NEEDED');
      authorization = await knows(gated, 'open sea');
      assert.equal(await verdicts(gated), 'stays');
      await writeFile(file('secret'), 'third\n');
      const { access: filed, context } = await access({ passwordFile: file('secret') });
      authorization = await knows(filed, 'third');
      await writeFile(file('secret'), 'fourth one\n');
      assert.equal(await verdicts(filed), 'PASSWORD_NEEDED');
      authorization = await knows(filed, 'fourth one');
      assert.equal(await verdicts(filed), 'stays');
      // What cannot be used is told, and the password stays.
      await writeFile(file('secret'), '\n');
      assert.equal(await verdicts(filed), 'stays');
      await rm(site.passwordFile);
      assert.equal(await verdicts(filed), 'stays');
      assert.deepEqual(
        context.troubles.map((error) => error.code),
        ['CONFIG_INVALID', 'STORAGE_FAILED'],
      );
      await assert.rejects(passwordCommand(testContext({ home, name: 'stranger' }, ['x', 'x']), ''), code('SITE_UNKNOWN'));
    });

    it('a file without one is refused', async () => {
      await assert.rejects(asks({ passwordFile: file('none') }).password, code('CONFIG_INVALID', /none/));
      for (const text of ['', '\nsecond line']) {
        await writeFile(file('secret'), text);
        await assert.rejects(asks({ passwordFile: file('secret') }).password, code('CONFIG_INVALID', /first line/));
      }
      await writeFile(file('secret'), 'x'.repeat(MAX_PASSWORD_BYTES + 1));
      await assert.rejects(asks({ passwordFile: file('secret') }).password, code('USAGE'));
      await assert.rejects(asks({ passwordFile: folder }).password, code('CONFIG_INVALID'));
    });
  });

  describe('the visitor', () => {
    const challenge: Challenge = { code: 'PASSWORD_NEEDED', message: 'please', salt: new Uint8Array(16), cost: 2 ** 14 };
    const wrong: Challenge = { ...challenge, code: 'PASSWORD_WRONG' };
    const hash = new Uint8Array(32);

    it('answers with the password of the settings, once; a person may try again', async () => {
      const one = await visitorPassword(testContext({ home, password: 'harbour light' }, ['never asked']));
      const proof = await one.answer?.(challenge, hash);
      await assert.rejects(one.answer?.(wrong, hash) as Promise<unknown>, code('PASSWORD_WRONG'));
      const context = testContext({ home }, ['slip', 'harbour light', '']);
      const person = await visitorPassword(context);
      assert.notDeepEqual(await person.answer?.(challenge, hash), proof);
      assert.deepEqual(await person.answer?.(wrong, hash), proof);
      await assert.rejects(person.answer?.(wrong, hash) as Promise<unknown>, code('PASSWORD_WRONG'));
      assert.equal(context.asked.length, 3);
    });

    it('without a password or a terminal has no answer', async () => {
      assert.equal((await visitorPassword(testContext({ home }))).answer, undefined);
    });

    it('has a kept key for each site, or none that is kept', async () => {
      const keys = async (settings: Partial<Omit<Settings, 'home'>>) => (await visitorOptions(testContext({ home, ...settings }))).key;
      const kept = await keys({});
      assert.deepEqual((await keys({}))?.('a'), kept?.('a'));
      assert.notDeepEqual((await keys({ anonymous: true }))?.('a'), kept?.('a'));
      const context = testContext({ home });
      await identity(context, '');
      assert.deepEqual(context.events, [{ event: 'identity', file: join(home, 'visitor.pem') }]);
      assert.deepEqual((await loadVisitorKeys(join(home, 'visitor.pem')))('a'), kept?.('a'));
    });
  });

  describe('an invitation', () => {
    const make = async (settings: Partial<Omit<Settings, 'home'>>, where = '') => {
      const context = testContext({ home, ...settings });
      await invite(context, where, NOON);
      return context.events[0] as unknown as { link: string; id: string; expires: string; label: string };
    };
    const online = { suite: 'http://localhost:8080', site: 'x', name: 'demo', link: 'http://demo.suite.example/' };

    it('opens the site it was made for, until it has run out, and its label is in the host’s log', async () => {
      const { access: gated, identity: key } = await access({ inviteOnly: true });
      await site.noteOnline(online);
      const { link, id, expires } = await make({ name: 'demo', expires: 60_000, label: 'Anna' });
      assert.equal(linkParts(link).link, online.link);
      assert.equal(expires, new Date(NOON + 60_000).toISOString());
      const token = inviteToken(linkParts(link).invite ?? '');
      const authorization = await gated?.gate.authorize(visitor({ token }), nobodyAnswers);
      assert.equal(authorization?.who, `invite ${id.slice(0, 8)} (Anna)`);
      assert.equal((await stat(site.invitesFile)).mode & 0o777, 0o600);
      assert.ok(!(await readFile(site.invitesFile, 'utf8')).includes(linkParts(link).invite as string), 'the token is not kept');
      assert.ok(id.length === 16 && key.id.length === 52);
    });

    it('stays on the list until it has run out', async () => {
      await site.identity();
      await site.noteOnline(online);
      const first = await make({ name: 'demo', expires: 60_000, label: 'Anna' });
      const second = await make({ name: 'demo', label: 'Ben' });
      const ids = async () =>
        (await readFile(site.invitesFile, 'utf8'))
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).id);
      assert.deepEqual(await ids(), [first.id, second.id]);
      const context = testContext({ home, name: 'demo' });
      await invite(context, '', NOON + 60_000);
      assert.deepEqual(await ids(), [second.id, context.events[0]?.id]);
      assert.equal(second.expires, new Date(NOON + 7 * 24 * 3_600_000).toISOString(), 'a week unless said otherwise');
    });

    it('finds a site by its folder, and its link by a suite that is named', async () => {
      await mkdir(file('My Site!'));
      const home1 = await siteHomeOf(file('My Site!'), { home });
      const { name, identity: key } = await home1.identity();
      assert.equal(name, `my-site-${key.id.slice(0, 5)}`);
      await assert.rejects(make({}, file('My Site!')), code('CONFIG_INVALID', /--suite/));
      assert.equal(
        linkParts((await make({ suite: 'http://localhost:9000' }, file('My Site!'))).link).link,
        `http://${name}.localhost:9000/`,
      );
      await home1.noteOnline({ ...online, name });
      assert.equal(linkParts((await make({}, file('My Site!'))).link).link, online.link);
      assert.equal(linkParts((await make({ suite: 'http://localhost:8080/x' }, file('My Site!'))).link).link, online.link);
    });

    it('is not led astray by a suite that an earlier version noted wrongly', async () => {
      await site.identity();
      await writeFile(join(home, 'sites', 'demo.online'), '{"suite":"null","site":"x","name":"demo","link":"http://demo.suite.example/"}');
      assert.equal(await site.lastOnline(), null);
      await assert.rejects(invite(testContext({ home, name: 'demo' }), '', NOON), code('CONFIG_INVALID', /give --suite/));
      const context = testContext({ home, name: 'demo', suite: 'https://suite.example' });
      await invite(context, '', NOON);
      assert.match(context.events[0]?.link as string, /^https:\/\/demo\.suite\.example\/#key=/);
    });

    it('is shown, and taken back by its id, a beginning of it, or its link; the host’s gate knows at once', async () => {
      const { access: gated } = await access({ inviteOnly: true });
      await site.noteOnline(online);
      const given = [await make({ name: 'demo', label: 'Anna' }), await make({ name: 'demo', label: 'Ben' }), await make({ name: 'demo' })];
      const [anna, ben, nobody] = given as [(typeof given)[0], (typeof given)[0], (typeof given)[0]];
      const guest = (one: { link: string }): Applicant => visitor({ token: inviteToken(linkParts(one.link).invite ?? '') });
      const authorizations = await Promise.all(given.map(async (one) => gated?.gate.authorize(guest(one), nobodyAnswers)));
      const standing = async (): Promise<string[]> => {
        const judgement = await gated?.gate.judge?.();
        return authorizations.map((one) => (one && judgement?.(one)?.code) ?? 'stays');
      };
      const run = async (settings: Partial<Omit<Settings, 'home'>>): Promise<TestContext> => {
        const context = testContext({ home, name: 'demo', ...settings });
        await invite(context, '', NOON);
        return context;
      };
      const listed = await run({ list: true });
      assert.deepEqual(
        listed.events.map(({ event, id, label, state }) => [event, id, label, state]),
        given.map(({ id }, at) => ['invitation', id, ['Anna', 'Ben', ''][at], 'good']),
      );
      assert.match(listed.sentences[0] ?? '', new RegExp(`^${anna.id}  until .*2030.*  Anna$`));
      assert.deepEqual((await run({ revoke: [anna.id.slice(0, 8)] })).events, [{ event: 'revoked', id: anna.id, label: 'Anna' }]);
      assert.deepEqual(await standing(), ['TOKEN_INVALID', 'stays', 'stays']);
      await assert.rejects(gated?.gate.authorize(guest(anna), nobodyAnswers) as Promise<unknown>, code('TOKEN_INVALID', /taken back/));
      const both = await run({ revoke: [ben.link, nobody.id.toUpperCase()], list: true });
      assert.deepEqual(
        both.events.map(({ event, state }) => state ?? event),
        ['revoked', 'revoked', 'revoked', 'revoked', 'revoked'],
      );
      assert.deepEqual(await standing(), ['TOKEN_INVALID', 'TOKEN_INVALID', 'TOKEN_INVALID']);
      // One that this list has lost: its whole id is enough.
      assert.deepEqual((await run({ revoke: ['00112233445566aa'] })).events, [{ event: 'revoked', id: '00112233445566aa', label: '' }]);
      assert.equal((await stat(site.revokedFile)).mode & 0o777, 0o600);
    });

    it('that is not there cannot be taken back, and then none is', async () => {
      await site.identity();
      await site.noteOnline(online);
      const { id } = await make({ name: 'demo' });
      const context = testContext({ home, name: 'demo', list: true });
      for (const revoke of [[], ['0011'], [id, 'anna'], [id, '001122334455667'], ['']])
        await assert.rejects(make({ name: 'demo', revoke }), code('USAGE'), JSON.stringify(revoke));
      await assert.rejects(make({ name: 'demo', revoke: ['http://demo.localhost/#invite=***'] }), code('TOKEN_INVALID'));
      await invite(context, '', NOON);
      assert.equal(context.events[0]?.state, 'good');
      const later = testContext({ home, name: 'demo', list: true });
      await invite(later, '', NOON + 8 * 24 * 3_600_000);
      assert.deepEqual(later.events, [{ event: 'invitations', count: 0 }]);
    });

    it('is not made for a site that was never here, nor for none; and makes no key', async () => {
      await assert.rejects(make({ name: 'stranger' }), code('SITE_UNKNOWN'));
      await assert.rejects(make({}), code('USAGE'));
      await assert.rejects(make({}, file('nowhere')), code('FOLDER_MISSING'));
      await assert.rejects(make({ name: 'no spaces' }), code('NAME_INVALID'));
      await site.identity();
      await assert.rejects(make({ name: 'demo', suite: 'not a url' }), code('CONFIG_INVALID'));
      assert.deepEqual(await readdir(join(home, 'sites')), ['demo.pem']);
    });
  });
});
