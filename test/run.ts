// SPDX-License-Identifier: Apache-2.0
// Runs the checks and the tests, and closes with one line that counts them. `fast`: what needs no browser and no root; `long`: the long
// forms of those that have one.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { bundlePrograms } from './support/bundle-programs.ts';
import { inLanes } from './support/lanes.ts';
import { LONG_FORM } from './support/long.ts';

const part = process.argv[2];
const fast = part === 'fast';
const long = part === 'long';
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'porthole-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed and why, said once more at the end: a long output is often seen from there only. */
const failures: string[] = [];
/** What failed at first, for a machine may be too busy for a moment: tried once more, and told in any case. */
const retried: string[] = [];

/** Where what one run leaves to the next is: a clone may be another user's, or read only, and then nothing is left. */
const cache = cacheFolder();
/** What Node has compiled, for the hundreds of processes of a run: to read the same sources anew is a good part of what a start costs. */
const COMPILED = join(cache, 'compiled');
/** How long each job took. */
const TOOK = join(cache, 'took.json');
/** What TypeScript knows of sources that have not changed. */
const CHECKED = join(cache, 'checked.tsbuildinfo');
/** Entries of COMPILED beyond which it is begun anew: sources in folders of a test's own are compiled under a new name each time. */
const MOST_COMPILED = 10_000;

/** The longest a step may take, in milliseconds. */
const MOST_MS = (long ? 60 : 10) * 60_000;

/** What the whole suite needs of the system: a program each, and the Debian package that has it. */
const SYSTEM = {
  '/usr/bin/chromium': 'chromium',
  '/usr/bin/chromium-headless-shell': 'chromium-headless-shell',
  '/usr/bin/firefox-esr': 'firefox-esr',
  '/usr/bin/WebKitWebDriver': 'webkit2gtk-driver',
  '/usr/bin/Xvfb': 'xvfb',
  '/usr/bin/curl': 'curl',
  '/usr/bin/openssl': 'openssl',
  '/usr/sbin/nft': 'nftables',
  '/usr/sbin/ip': 'iproute2',
  '/usr/bin/tcpdump': 'tcpdump',
  '/usr/sbin/miniupnpd': 'miniupnpd-nftables',
  '/usr/bin/php': 'php-cli',
  '/usr/share/dokuwiki/doku.php': 'dokuwiki',
};

function cacheFolder(): string {
  const folder = join(root, 'node_modules', '.cache', 'porthole-tests');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return scratch;
  }
}

function installSystemPackages(): void {
  const missing = Object.entries(SYSTEM).filter(([program]) => !existsSync(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(
      `To run every test install: ${packages.join(' ')} (as root: apt-get install ${packages.join(' ')}). Tests that need them are skipped, or take longer.\n`,
    );
    return;
  }
  console.log(`Installing ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  const install = (...names: string[]): string | null => {
    const args = ['install', '-y', '-qq', '--no-install-recommends', ...names];
    const { status, stderr } = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'pipe'], env });
    return status === 0 ? null : `apt-get could not install ${names.join(', ')}: ${String(stderr).trim().split('\n').at(-1)}`;
  };
  if (install(...packages) === null) return;
  // One that this Debian has not keeps out none of the others.
  for (const trouble of packages.map((name) => install(name))) if (trouble !== null) console.log(trouble);
}

/**
 * Runs a step; one that hangs is ended, with what it left open it would hang for ever.
 * @param live whether its output is shown as it comes; else all of it at its end, so that steps beside each other do not mix
 * @returns how it ended, in words; null when all was well
 */
function run(args: string[], live: boolean, env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  return new Promise((resolve) => {
    const output = live ? 'inherit' : 'pipe';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', output, output], env, timeout: MOST_MS });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => said.push(piece));
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code === 0 ? null : signal ? `ended by ${signal}` : `exit code ${code}`);
    });
  });
}

function fail(what: string): void {
  counts.failed++;
  failures.push(what);
}

async function check(name: string, script: string, ...args: string[]): Promise<void> {
  const trouble = await run([join(root, 'node_modules', script), ...args], false);
  if (trouble === null) counts.passed++;
  else fail(`${name}: ${trouble}`);
}

/** What test/support/reporter.ts writes. */
interface Report {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
  readonly failed: readonly Outcome[];
  /** What failed at first. It counts by how it went the second time. */
  readonly retried: readonly Outcome[];
}
interface Outcome {
  readonly title: string;
  readonly why: string;
}

/** Runs test files in a process of their own. @returns what its reporter wrote; null, with the failure noted, when it wrote nothing */
async function mocha(name: string, live: boolean, ...args: string[]): Promise<Report | null> {
  const report = join(scratch, `${name}.json`);
  rmSync(report, { force: true });
  const reporter = join(root, 'test', 'support', 'reporter.ts');
  const trouble = await run([join(root, 'node_modules/mocha/bin/mocha.js'), '--retries', '1', '--reporter', reporter, ...args], live, {
    ...process.env,
    PORTHOLE_TEST_REPORT: report,
  });
  if (!existsSync(report)) {
    fail(`${name} did not come to its end: ${trouble ?? 'no report'}`);
    return null;
  }
  const stats = JSON.parse(readFileSync(report, 'utf8')) as Report;
  if (trouble !== null && stats.failures === 0) fail(`${name} passed, and then did not end well: ${trouble}`);
  return stats;
}

const told = (name: string, { title, why }: Outcome): string => `${name}: ${title}\n${why.replace(/^/gm, '    ')}`;

function count(name: string, stats: Report | null): void {
  if (!stats) return;
  counts.passed += stats.passes;
  counts.skipped += stats.pending;
  counts.failed += stats.failures;
  failures.push(...stats.failed.map((one) => told(name, one)));
  retried.push(...stats.retried.map((one) => told(name, one)));
}

/** One step of a run: its name, and what it does. */
interface Job {
  readonly name: string;
  run(): Promise<void>;
}

/** What needs no browser and no root. What fails beside others is tried again alone, but for in the fast part, where nothing else runs. */
function fastJobs(alone: Job[]): Job[] {
  const signaling = 'test/unit/signaling/**/*.test.ts';
  const transport = 'test/unit/transport/*.test.ts';
  const rooms = ['test/unit/transport/*/**/*.test.ts', 'test/unit/agents/**/*.test.ts', 'test/contracts/**/*.test.ts'];
  const others = [signaling, 'test/unit/transport/**', 'test/unit/agents/**'].flatMap((files) => ['--ignore', files]);
  const unit = (name: string, ...args: string[]): Job => mochaJob(name, fast ? null : alone, ...args);
  const checked = (name: string, script: string, ...args: string[]): Job => ({ name, run: () => check(name, script, ...args) });
  return [
    unit('unit-transport', transport),
    unit('unit-rooms', ...rooms),
    unit('unit', 'test/unit/**/*.test.ts', ...others),
    // One checker: more of them would each read the libraries' types, on processors that have other work.
    checked('tsc', 'typescript/bin/tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', CHECKED, '--checkers', '1'),
    unit('unit-signaling', signaling),
    checked('biome', '@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  ];
}

/** What measures times that another test beside it would make longer: these have the machine to themselves. */
const ALONE = new Set(['crowd', 'first-visit', 'rapid']);
/** So many jobs run side by side in any case, and so many at most. The fast ones wait little. */
const LANES = { least: fast ? 4 : 3, most: 8 };
/** What takes longest, the longest first: for a clone whose runs nobody has measured yet. */
const LONGEST = [
  'readme',
  'large',
  'package',
  'bench',
  'browser-cache',
  'unit-transport',
  'unit-rooms',
  'unit',
  'lab-drills',
  'output',
  'browser-busy',
  'resume',
  'tcp-punch',
  'browser-session',
  'lines',
  'access',
];

/** What needs a browser or root: a process for each file, so that none has what another left behind, or falls with it. */
function wholeJobs(files: readonly string[], alone: Job[]): Job[] {
  return files.map((file) => mochaJob(nameOf(file), alone, file));
}

/** Test files in a process of their own. What fails beside another is tried again alone, and counts by that: `alone` has it then. */
function mochaJob(name: string, alone: Job[] | null, ...args: string[]): Job {
  return {
    name,
    async run() {
      const stats = await mocha(name, false, ...args);
      if (alone === null || !stats || stats.failures === 0) return count(name, stats);
      retried.push(...stats.failed.map((one) => told(name, one)));
      alone.push({ name, run: async () => count(name, await mocha(name, true, ...args)) });
    },
  };
}

/** Runs jobs side by side, the longest first, so that none is left for the end; and then these one by one. */
async function runAll(jobs: readonly Job[], alone: readonly Job[]): Promise<void> {
  const took = lastTook();
  // One that nobody has measured may be long.
  const lasts = ({ name }: Job): number => took[name] ?? Number.MAX_VALUE;
  const rank = ({ name }: Job): number => {
    const at = LONGEST.indexOf(name);
    return at < 0 ? LONGEST.length : at;
  };
  const timed = (job: Job) => async (): Promise<void> => {
    const began = performance.now();
    await job.run().catch((error: unknown) => fail(`${job.name}: ${error}`));
    took[job.name] = Math.round(performance.now() - began);
  };
  const order = [...jobs].sort((x, y) => lasts(y) - lasts(x) || rank(x) - rank(y));
  await inLanes(order.map(timed), LANES);
  for (const job of alone) await timed(job)();
  if (!long) writeFileSync(TOOK, JSON.stringify(took));
}

/** How long each job took the last time, in milliseconds; nothing where that is not there whole: a run may have ended while it wrote. */
function lastTook(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(TOOK, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

/** Whether it says of itself that there is a long form, or is one of a browser: the long form is with the whole of it. */
function hasLongForm(file: string): boolean {
  return /\/(long|browser-chromium|browser-stage|site-stage|attack-suite)\.ts'/.test(readFileSync(join(root, file), 'utf8'));
}

function nameOf(file: string): string {
  return basename(file, '.test.ts');
}

if (globSync('*/*', { cwd: COMPILED }).length > MOST_COMPILED) rmSync(COMPILED, { recursive: true, force: true });
process.env.NODE_COMPILE_CACHE = COMPILED;
if (!fast) {
  installSystemPackages();
  // From a folder elsewhere the bundles would not find what is not in them.
  if (cache !== scratch) Object.assign(process.env, await bundlePrograms(cache));
}
if (long) process.env[LONG_FORM] = '1';
const whole = fast
  ? []
  : globSync(`test/${long ? '{unit,e2e}' : 'e2e'}/**/*.test.ts`, { cwd: root }).filter((file) => !long || hasLongForm(file));
const isAlone = (file: string): boolean => ALONE.has(nameOf(file));
const alone = whole.filter(isAlone).map((file) => mochaJob(nameOf(file), null, file));
const beside = wholeJobs(
  whole.filter((file) => !isAlone(file)),
  alone,
);
await runAll([...(long ? [] : fastJobs(alone)), ...beside], alone);
rmSync(scratch, { recursive: true, force: true });

for (const one of retried) console.log(`↻ tried again: ${one}\n`);
for (const failure of failures) console.log(`✗ ${failure}\n`);
if (process.env.CI === 'true' && counts.skipped > 0) console.log('Under CI a skipped test counts as a failure.');
const bad = counts.failed > 0 || (process.env.CI === 'true' && counts.skipped > 0);
// A pipe may not have taken all of it yet.
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`, () => process.exit(bad ? 1 : 0));
