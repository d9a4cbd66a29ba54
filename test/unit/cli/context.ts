// SPDX-License-Identifier: Apache-2.0
// A command's context for tests: settings as given, and an output that is remembered.

import type { Settings } from '../../../cli/settings/settings.ts';
import type { Context } from '../../../cli/terminal/context.ts';
import type { CommandEvent } from '../../../cli/terminal/output.ts';
import type { PortholeError } from '../../../proto/errors.ts';

export interface TestContext extends Context {
  readonly settings: Settings & { readonly home: string };
  readonly events: CommandEvent[];
  readonly sentences: string[];
  readonly troubles: PortholeError[];
  /** What was asked at the terminal. */
  readonly asked: string[];
}

/** @param typed what the person at the terminal types, line by line; null: there is no terminal */
export function testContext(settings: Partial<Settings> & { readonly home: string }, typed: string[] | null = null): TestContext {
  const events: CommandEvent[] = [];
  const sentences: string[] = [];
  const troubles: PortholeError[] = [];
  const asked: string[] = [];
  return {
    settings,
    version: '0',
    events,
    sentences,
    troubles,
    asked,
    prompt:
      typed &&
      (async (words) => {
        asked.push(words);
        return typed.shift() ?? '';
      }),
    stderr: { write: () => {} },
    output: {
      event(event, sentence) {
        events.push(event);
        if (sentence !== undefined) sentences.push(sentence);
      },
      trouble: (error) => troubles.push(error),
      progress: () => {},
      qr: () => {},
      watched: false,
    },
    get life(): Context['life'] {
      throw new Error('this test has no life to keep');
    },
    get stdout(): Context['stdout'] {
      throw new Error('this test has no stdout');
    },
  };
}
