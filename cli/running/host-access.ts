// SPDX-License-Identifier: Apache-2.0
// Who may visit a hosted site, by the settings: its gate, and the words for it.

import { type AccessRules, createGate } from '../../host-agent/access/gate.ts';
import { readInvites } from '../../host-agent/access/invite-list.ts';
import { INVITE_KEY_LABEL } from '../../host-agent/access/invites.ts';
import { type AllowedKey, openKeyFile, parseKeys } from '../../host-agent/access/keys.ts';
import { readRevocations } from '../../host-agent/access/revocations.ts';
import { watchFile } from '../../host-agent/access/watched-file.ts';
import type { Identity } from '../../host-agent/identity/identity.ts';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { isVisitorId } from '../../proto/visitor.ts';
import type { Gate } from '../../transport/continuity/gate.ts';
import type { SiteHome } from '../settings/site-home.ts';
import type { Context } from '../terminal/context.ts';
import { openPassword } from '../terminal/passwords.ts';

/** Who may come, and how they are kept apart. */
export interface Access {
  readonly gate: Gate;
  /** What opens the site, in words: 'the password, a key of your list or an invitation'. */
  readonly words: string;
  /** The same for programs. */
  readonly opens: readonly ('key' | 'password' | 'invite')[];
}

/**
 * The access that the settings ask for; null when the site is for everyone.
 * @throws PortholeError CONFIG_INVALID, USAGE, STORAGE_FAILED, CANCELLED
 */
export async function hostAccess(context: Context, home: SiteHome, identity: Identity): Promise<Access | null> {
  const { settings, output } = context;
  const keys = settings.allow && (await allowed(settings.allow, (error) => output.trouble(error)));
  const password = await openPassword(context, home.passwordFile);
  if (!keys && !password && !settings.inviteOnly) return null;
  const rules: AccessRules = {
    keys,
    password: password ?? undefined,
    revoked: await watchFile(
      home.revokedFile,
      () => readRevocations(home.revokedFile),
      (error) => output.trouble(error),
    ),
    inviteKey: identity.derive(INVITE_KEY_LABEL),
    async inviteLabel(id) {
      try {
        return (await readInvites(home.invitesFile)).find((one) => one.id === id)?.label ?? '';
      } catch (error) {
        output.trouble(asPortholeError(error)); // the invitation is as good without its label
        return '';
      }
    },
  };
  const gate = createGate(rules, {
    onRefused: (key, { code, message }) =>
      output.event({ event: 'refused', key, code, message }, `A visitor was turned away: ${message} (${code}). Its key: ${key}`),
  });
  const opens = [password && 'password', keys && 'key', 'invite'].filter((one) => one !== null && one !== undefined) as Access['opens'];
  const names = { password: 'the password', key: 'a key of your list', invite: 'an invitation' };
  return { gate, opens, words: opens.map((one) => names[one]).join(' or ') };
}

/** The keys that `--allow` names: themselves, or in a file. */
async function allowed(items: readonly string[], onError: (error: PortholeError) => void): Promise<() => Promise<readonly AllowedKey[]>> {
  if (items.length === 0) throw new PortholeError('CONFIG_INVALID', 'allow: no key is given');
  if (items.every((item) => isVisitorId(item.toLowerCase()))) {
    const keys = parseKeys(items.join('\n'));
    return async () => keys;
  }
  const [file, ...more] = items;
  if (file === undefined || more.length > 0) {
    const slip = items.find((item) => !isVisitorId(item.toLowerCase()));
    throw new PortholeError('CONFIG_INVALID', `allow: "${slip}" is not a visitor's key, and several files cannot be given`);
  }
  const list = await openKeyFile(file, onError);
  return () => list.keys();
}
