// SPDX-License-Identifier: Apache-2.0
// Strategies of others: modules that the settings name, loaded and looked at before anything is begun.

import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { PortholeError } from '../../proto/errors.ts';
import { STRATEGY_NAMES } from '../../transport/strategies/node.ts';
import { POLICY_NAMES } from '../../transport/strategy/policy.ts';
import { MAX_COST, STRATEGY_NAME, type Strategy } from '../../transport/strategy/strategy.ts';

/** What such a module imports of Porthole: this program's own, wherever the module lies, so that an error is one of ours. */
const API = 'porthole/transport';
const OWN_API = new URL(`../../transport/index${extname(import.meta.filename)}`, import.meta.url).href;

const words = z.string('it is no text').min(1, 'it is empty');
const method = z.custom((value) => typeof value === 'function', 'it is no function');
const schema = z.object({
  name: z.string('it is no text').regex(STRATEGY_NAME, 'a name is a small letter, then up to 63 small letters, digits and hyphens'),
  kind: z.enum(['direct', 'relayed'], 'it is neither "direct" nor "relayed"'),
  cost: z.number('it is no number').min(1, `it is not from 1 to ${MAX_COST}`).max(MAX_COST, `it is not from 1 to ${MAX_COST}`),
  needs: z.literal('node', 'this program is no browser').optional(),
  words: z.object({ label: words, sentence: words, adverb: words, noun: words.optional() }, 'it is no object'),
  suits: method,
  attempt: method,
  prepare: method.optional(),
});

/** How long a module may take until it is ready, in milliseconds. */
export const LOADING_MS = 10_000;

let known = false;

/**
 * Loads strategies. What a module has by default is one, or a function that returns one, or a promise of one.
 * @param modules files (one that is relative is so to `folder`), `file:` URLs, or packages that are installed there
 * @param withinMs how long each may take until it is ready
 * @throws PortholeError USAGE naming the module and what is wrong with it
 */
export async function loadStrategies(modules: readonly string[], folder = process.cwd(), withinMs = LOADING_MS): Promise<Strategy[]> {
  if (modules.length > 0 && !known) {
    known = true;
    registerHooks({
      resolve: (specifier, context, next) => (specifier === API ? { url: OWN_API, shortCircuit: true } : next(specifier, context)),
    });
  }
  const taken = new Set([...STRATEGY_NAMES, ...POLICY_NAMES]);
  const strategies: Strategy[] = [];
  for (const module of modules) {
    const refuse = (why: string, cause?: unknown): never => {
      throw new PortholeError('USAGE', `the strategy ${module} cannot be used: ${why}`, { cause });
    };
    const strategy = await inTime(
      load(module, folder, refuse).then((given) => made(given, refuse)),
      withinMs,
      refuse,
    );
    const problem = await made(() => problemOf(strategy), refuse);
    if (typeof problem === 'string') refuse(problem);
    const { name } = strategy as Strategy;
    if (taken.has(name)) refuse(`its name, ${name}, is taken`);
    taken.add(name);
    strategies.push(strategy as Strategy);
  }
  return strategies;
}

type Refuse = (why: string, cause?: unknown) => never;
const LATE = Symbol('late');

/** What a module has by default. */
async function load(module: string, folder: string, refuse: Refuse): Promise<unknown> {
  const file = fileOf(module, folder);
  if (file === FOLDER) return refuse('it is a folder, and not a file');
  if (file === null && /^(~|\.{0,2}[/\\]|[a-z]:[/\\]|file:)/i.test(module)) return refuse('there is no such file');
  const asked = file === null ? module : pathToFileURL(file).href;
  // As if a module in that folder asked for it.
  const parentURL = pathToFileURL(join(folder, '/')).href;
  const there = registerHooks({
    resolve: (specifier, context, next) => next(specifier, context.parentURL === import.meta.url ? { ...context, parentURL } : context),
  });
  let given: unknown;
  try {
    given = ((await import(asked)) as { default?: unknown }).default;
  } catch (error) {
    refuse(
      file === null && isMissing(module, error) ? 'there is no such file, and no such package is installed here' : wordsOf(error),
      error,
    );
  } finally {
    there.deregister();
  }
  return given ?? refuse('it has no default export');
}

/** Whether an error says that a package is not installed: by its own name, whatever of it was asked for (`sox/strategy.ts` is of `sox`). */
function isMissing(module: string, error: unknown): boolean {
  const name = module.split('/', module.startsWith('@') ? 2 : 1).join('/');
  const words = wordsOf(error);
  return (
    (error as NodeJS.ErrnoException)?.code === 'ERR_MODULE_NOT_FOUND' && (words.includes(`'${module}'`) || words.includes(`'${name}'`))
  );
}

const FOLDER = Symbol('a folder');

/** The file that is meant, if it is there; FOLDER for a path that leads to one. A bare name is a package's before it is a folder's. */
function fileOf(module: string, folder: string): string | typeof FOLDER | null {
  try {
    const file = module.startsWith('file:') ? fileURLToPath(module) : resolve(folder, module);
    const found = statSync(file);
    if (found.isDirectory()) return /[/\\]/.test(module) && !module.startsWith('@') ? FOLDER : null;
    return found.isFile() ? file : null;
  } catch {
    return null; // there is none, or this is no address of one
  }
}

async function inTime(strategy: Promise<unknown>, withinMs: number, refuse: Refuse): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, withinMs, LATE);
  });
  try {
    const first = await Promise.race([strategy, late]);
    return first === LATE ? refuse(`it is not ready after ${withinMs / 1000} s`) : first;
  } finally {
    clearTimeout(timer);
  }
}

async function made(given: unknown, refuse: Refuse): Promise<unknown> {
  try {
    return await (typeof given === 'function' ? given() : given);
  } catch (error) {
    return refuse(wordsOf(error), error);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is wrong with what should be a strategy; null when nothing is. */
function problemOf(strategy: unknown): string | null {
  if (typeof strategy !== 'object' || strategy === null) return 'what it exports by default is no strategy';
  const issue = schema.safeParse(strategy).error?.issues[0];
  if (issue === undefined) return null;
  const where = issue.path.join('.');
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], strategy);
  return value === undefined ? `it has no ${where}` : `${where}: ${issue.message}`;
}
