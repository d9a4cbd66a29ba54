// SPDX-License-Identifier: Apache-2.0
// Settings: a flag, then PORTHOLE_*, then porthole.config.json. Unknown keys are refused.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { defaultHome } from '../../host-agent/identity/home.ts';
import { LEAST_SPOOL_BYTES } from '../../host-agent/inspect/limits.ts';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_CARD_FIELD_CHARS } from '../../proto/limits.ts';
import { suiteUrl } from '../../transport/rendezvous/suite-url.ts';

/** The file that is read from the working folder. */
export const CONFIG_FILE = 'porthole.config.json';

const list = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
  .transform((items) => items.map((item) => item.trim()).filter(Boolean));
const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1')]);
const password = z.union([z.literal(true), z.string().min(1)]);
/** A month: more than that is not patience. */
const MAX_PATIENCE_S = 30 * 24 * 3600;
const port = z.coerce.number().int().min(0).max(65_535);

/** On or off, or a port; 0 takes a free one. Port 1 is nobody's, and `1` is how environments say yes. */
const inspect = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1']).transform((text) => text !== 'false'),
  z
    .union([z.number(), z.string().regex(/^\d{1,5}$/, 'a port is a number')])
    .transform(Number)
    .pipe(z.number().int().min(0).max(65_535)),
]);
const SIZES = { b: 1, kb: 1000, mb: 1_000_000, gb: 1_000_000_000 } as const;
/** A number of bytes in words: `500MB`, `2GB`; or a plain number. */
const size = z
  .union([z.number(), z.string()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,15}(\.\d{1,3})?\s*(b|kb|mb|gb)?$/i, 'a size is a number and its unit, as 500MB or 2GB'))
  .transform((text) =>
    Math.round(Number.parseFloat(text) * SIZES[(/[kmg]?b$/i.exec(text)?.[0].toLowerCase() ?? 'b') as keyof typeof SIZES]),
  );

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** The longest and the shortest duration, in milliseconds. */
export const LONGEST_MS = 366 * UNITS.d;
export const SHORTEST_MS = UNITS.m;
/** A duration in words: `30m`, `12h`, `7d`; in milliseconds. */
const duration = z
  .string()
  .regex(/^\d{1,6}[mhd]$/, 'a duration is a number and its unit, as 30m, 12h or 7d')
  .transform((text) => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS])
  .refine((ms) => ms >= SHORTEST_MS && ms <= LONGEST_MS, 'a duration is from 1m to 366d');
/** A suite's URL in its one spelling. */
const suite = z.string().transform((text, context) => {
  try {
    return suiteUrl(text).origin;
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const label = z
  .string()
  .max(MAX_CARD_FIELD_CHARS)
  .regex(/^\P{Cc}*$/u, 'a label is one line of text');

/** The settings that each of several sites has of its own. */
const own = {
  name: z.string().optional().describe('name of the site'),
  title: z.string().optional(),
  owner: z.string().optional(),
  purpose: z.string().optional(),
  contact: z.string().optional(),
  keywords: list.optional(),
  unlisted: flag.optional(),
  listing: flag.optional(),
  spa: flag.optional(),
  gateway: flag.optional(),
  keepHost: flag.optional(),
  allow: list.optional(),
  passwordFile: z.string().optional(),
  inviteOnly: flag.optional(),
  inspect: inspect.optional().describe('whether a page shows what passes, or the port it has'),
  inspectLimit: size
    .refine((bytes) => bytes >= LEAST_SPOOL_BYTES, `at least ${LEAST_SPOOL_BYTES / 1_000_000}MB are needed`)
    .optional()
    .describe('bytes that are kept of what passes'),
  showSecrets: flag.optional(),
  log: z.enum(['plain', 'combined', 'none']).optional(),
  inbox: list.optional().describe('paths whose requests the suite keeps while the host is away'),
};

const schema = z.strictObject({
  ...own,
  sites: z
    .array(z.strictObject({ what: z.string().min(1), ...own }))
    .optional()
    .describe('several at once: what each is, and its own settings'),
  port: port.optional().describe('port to listen on; 0 takes a free one'),
  suite: suite.optional().describe('URL of the suite'),
  via: list.optional(),
  strategies: list.optional().describe('modules of strategies: files, file: URLs or packages'),
  address: list.optional(),
  lan: flag.optional(),
  domain: list.optional(),
  publicUrl: z.url().optional(),
  stunPort: port.optional(),
  trustProxy: flag.optional(),
  toPorts: z.string().optional(),
  from: list.optional(),
  silverlight: flag.optional(),
  output: z.string().optional(),
  password: password.optional(),
  expires: duration.optional(),
  label: label.optional(),
  list: flag.optional(),
  revoke: list.optional(),
  anonymous: flag.optional(),
  browser: flag.optional(),
  patience: z.coerce.number().min(0).max(MAX_PATIENCE_S).optional().describe('seconds without progress after which get gives up'),
  json: flag.optional(),
  home: z.string().min(1).optional(),
});

/** Every setting there is; a command takes those it knows. */
export type Settings = Readonly<Omit<z.infer<typeof schema>, 'home'>> & {
  /** Where identities and data are kept; null when it was not said, and this user has no home folder. */
  readonly home: string | null;
};

const KEYS = Object.keys(schema.shape) as (keyof z.infer<typeof schema>)[];

/** A setting's name in the environment: `stunPort` is PORTHOLE_STUN_PORT. */
export function environmentName(key: string): string {
  return `PORTHOLE_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * Whether a variable is one that Kubernetes sets in every container for a service that is called `porthole` or `porthole-…`
 * (its documentation: "Discovering services", environment variables). Names may be those of settings; the values are not.
 */
function isOfKubernetes(name: string, value: string): boolean {
  if (/^PORTHOLE_(\w+_)?SERVICE_(HOST|PORT(_\w+)?)$/.test(name)) return true;
  if (/^PORTHOLE_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)$/.test(name)) return true;
  return /^PORTHOLE_(\w+_)?PORT(_\d+_(TCP|UDP|SCTP))?$/.test(name) && /^(tcp|udp|sctp):\/\/\S+:\d+$/.test(value);
}

/**
 * Merges the sources.
 * @param flags as given on the command line; undefined means not given
 * @throws PortholeError CONFIG_INVALID naming the setting and where it came from
 */
export async function readSettings(flags: Record<string, unknown>, env: NodeJS.ProcessEnv, folder: string): Promise<Settings> {
  const fromFile = parse(await readConfig(join(folder, CONFIG_FILE)), CONFIG_FILE);
  const ours = Object.entries(env).filter(([name, value]) => !isOfKubernetes(name, value ?? ''));
  const values = Object.fromEntries(ours);
  const named = Object.fromEntries(KEYS.map((key) => [key, values[environmentName(key)]]).filter(([, value]) => value !== undefined));
  const known = new Set(KEYS.map(environmentName));
  for (const [name] of ours) {
    if (name.startsWith('PORTHOLE_') && !known.has(name)) throw new PortholeError('CONFIG_INVALID', `${name} is no setting of Porthole`);
  }
  if (typeof fromFile.password === 'string') {
    throw new PortholeError('CONFIG_INVALID', `${CONFIG_FILE}: password: a password does not belong in it; name its file as passwordFile`);
  }
  const merged = { ...fromFile, ...parse(named, 'the environment'), ...parse(flags, 'the command line') };
  // `--password` says that there is one; what it is, the environment may say.
  if (merged.password === true && typeof named.password === 'string') merged.password = named.password;
  return { ...merged, home: merged.home === undefined ? usualHome() : resolve(folder, merged.home) };
}

function usualHome(): string | null {
  try {
    return defaultHome();
  } catch {
    return null; // HOME is not set, and the system does not know this user
  }
}

async function readConfig(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new PortholeError('CONFIG_INVALID', `${CONFIG_FILE} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PortholeError('CONFIG_INVALID', `${CONFIG_FILE} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function parse(values: unknown, source: string): z.infer<typeof schema> {
  const result = schema.safeParse(values);
  if (result.success) return Object.fromEntries(Object.entries(result.data).filter(([, value]) => value !== undefined));
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') || (issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : 'settings');
  throw new PortholeError(
    'CONFIG_INVALID',
    `${source}: ${where}: ${issue?.code === 'unrecognized_keys' ? 'no such setting' : issue?.message}`,
  );
}
