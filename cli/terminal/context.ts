// SPDX-License-Identifier: Apache-2.0
// What every command is given.

import type { Writable } from 'node:stream';
import type { Settings } from '../settings/settings.ts';
import type { Lifetime } from './lifetime.ts';
import type { Output } from './output.ts';
import type { Prompt } from './prompt.ts';
import type { Writing } from './standard-streams.ts';

export interface Context {
  readonly settings: Settings;
  readonly output: Output;
  readonly life: Lifetime;
  readonly version: string;
  /** The program's own output, for content. */
  readonly stdout: Writable;
  /** For what is neither content nor an event: logs. */
  readonly stderr: Writing;
  /** Asks the person at the terminal for a secret; null when there is no terminal. */
  readonly prompt: Prompt | null;
}

/** The port of suites when none is asked for. */
export const DEFAULT_PORT = 8080;
/** The port of the gateway that `open` runs when none is asked for: beside a suite on the same machine. */
export const OPEN_PORT = 8081;
