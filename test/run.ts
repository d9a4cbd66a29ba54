// SPDX-License-Identifier: Apache-2.0
// Runs the checks and the tests, and closes with one line that counts them. `fast`: what needs no browser and no root.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const fast = process.argv[2] === 'fast';
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'porthole-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };

/** The longest a step may take, in milliseconds. */
const MOST_MS = 20 * 60_000;

/** What the whole suite needs of the system: a program each, and the Debian package that has it. */
const SYSTEM = {
  '/usr/bin/chromium': 'chromium',
  '/usr/sbin/nft': 'nftables',
  '/usr/sbin/ip': 'iproute2',
  '/usr/bin/tcpdump': 'tcpdump',
  '/usr/sbin/miniupnpd': 'miniupnpd-nftables',
};

function installSystemPackages(): void {
  const missing = Object.entries(SYSTEM).filter(([program]) => !existsSync(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(
      `To run every test install: ${packages.join(' ')} (as root: apt-get install ${packages.join(' ')}). Tests that need them are skipped.\n`,
    );
    return;
  }
  console.log(`Installing ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  if (status !== 0) console.log(`apt-get could not install them: ${String(stderr).trim().split('\n').at(-1)}`);
}

function run(name: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return new Promise((resolve) => {
    // A run that hangs is ended: with what it left open it would hang for ever.
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env, timeout: MOST_MS });
    child.on('error', (error) => {
      console.error(`${name}: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

async function check(name: string, script: string, ...args: string[]): Promise<void> {
  const file = join(root, 'node_modules', script);
  if (await run(name, [file, ...args])) counts.passed++;
  else {
    counts.failed++;
    console.log(`✗ ${name}`);
  }
}

async function mocha(name: string, ...specs: string[]): Promise<void> {
  const report = join(scratch, `${name}.json`);
  const reporter = join(root, 'test', 'support', 'reporter.ts');
  const ended = await run(name, [join(root, 'node_modules/mocha/bin/mocha.js'), '--reporter', reporter, ...specs], {
    ...process.env,
    PORTHOLE_TEST_REPORT: report,
  });
  if (!existsSync(report)) {
    counts.failed++;
    console.log(`✗ ${name} did not come to its end`);
    return;
  }
  const stats = JSON.parse(readFileSync(report, 'utf8')) as { passes: number; failures: number; pending: number };
  counts.passed += stats.passes;
  counts.skipped += stats.pending;
  counts.failed += stats.failures > 0 || ended ? stats.failures : 1;
  if (!ended && stats.failures === 0) console.log(`✗ ${name} passed, and then did not end by itself`);
}

if (!fast) installSystemPackages();
await check('biome', '@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.');
await check('tsc', 'typescript/bin/tsc', '-p', '.');
await mocha('unit', 'test/unit/**/*.test.ts', 'test/contracts/**/*.test.ts');
if (!fast) await mocha('e2e', 'test/e2e/**/*.test.ts');
rmSync(scratch, { recursive: true, force: true });

if (process.env.CI === 'true' && counts.skipped > 0) console.log('Under CI a skipped test counts as a failure.');
const bad = counts.failed > 0 || (process.env.CI === 'true' && counts.skipped > 0);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(bad ? 1 : 0);
