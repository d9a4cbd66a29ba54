// SPDX-License-Identifier: Apache-2.0
// Debian's WebKitGTK, driven by WebDriver: its own small browser on a screen that nobody sees.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Builder, Capabilities, type WebDriver } from 'selenium-webdriver';
import { until } from './browser-stage.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const SCREEN = '/usr/bin/Xvfb';
/** How long the driver may take to listen on a busy machine, in milliseconds. */
const READY_MS = 30_000;

const browserPath = (): string | undefined => globSync('/usr/lib/*/webkit2gtk-*/MiniBrowser')[0];

/** The Debian packages that have it, when this machine has them not. */
export const webkitMissing = (): string | null =>
  existsSync(DRIVER) && existsSync(SCREEN) && browserPath() ? null : 'webkit2gtk-driver xvfb';

/** A port that is free now: the driver has to be told one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface WebKit {
  readonly driver: WebDriver;
  /** Ends the browser, its driver and its screen. */
  stop(): Promise<void>;
}

/**
 * Starts the browser.
 * @param home a folder for what it stores
 */
export async function startWebKit(home: string): Promise<WebKit> {
  const started: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const child of started.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
  };
  try {
    // It finds a screen that is free, and tells which.
    const screen = spawn(SCREEN, ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(screen);
    const [display] = await once(createInterface(screen.stdout), 'line');
    const port = await freePort();
    const { PATH } = process.env;
    // Its own sandbox needs namespaces of a user, which root in a container may not make.
    const env = { PATH, DISPLAY: `:${display}`, HOME: home, TMPDIR: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
    started.push(spawn(DRIVER, [`--port=${port}`], { env, stdio: 'ignore' }));
    const server = `http://127.0.0.1:${port}`;
    const answers = (): Promise<boolean> =>
      fetch(`${server}/status`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('WebKitWebDriver listens', answers, READY_MS);
    const capabilities = new Capabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: browserPath(), args: ['--automation'] },
    });
    const driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
    return {
      driver,
      stop: async () => {
        await driver.quit().catch(() => {});
        await end();
      },
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}
