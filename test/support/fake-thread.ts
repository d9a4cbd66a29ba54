// SPDX-License-Identifier: Apache-2.0
// A thread whose paths the test makes, silences and breaks: what the keeper is tried on.

import assert from 'node:assert/strict';
import type { PortholeError } from '../../proto/errors.ts';
import type { KeptPath, KeptThread, PathEvent } from '../../transport/paths/paths.ts';

/** Live paths a session may have: joining more fails the test. */
const MAX_PATHS = 4;

export class FakePath implements KeptPath {
  readonly via: string;
  rttMs: number;
  state: KeptPath['state'] = 'standby';
  proven = true;

  constructor(via: string, rttMs: number) {
    this.via = via;
    this.rttMs = rttMs;
  }
}

export class FakeThread implements KeptThread<FakePath> {
  readonly paths: FakePath[] = [];
  inUse: FakePath | null = null;
  /** What was asked of it, in words. */
  readonly asked: string[] = [];
  #listeners = new Set<(event: PathEvent<FakePath>) => void>();

  onEvent(listener: (event: PathEvent<FakePath>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #emit(event: PathEvent<FakePath>): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  use(path: FakePath, reason: string): void {
    assert.ok(this.paths.includes(path), 'a path that is gone is used');
    this.asked.push(`use ${path.via}`);
    if (this.inUse && this.inUse.state === 'in-use') this.inUse.state = 'standby';
    this.inUse = path;
    if (path.state === 'standby') path.state = 'in-use';
    this.#emit({ type: 'moved', path, reason });
  }

  drop(path: FakePath, reason: PortholeError): void {
    assert.notEqual(path, this.inUse, 'the path in use is dropped');
    this.asked.push(`drop ${path.via}`);
    this.lose(path, reason.message);
  }

  probe(withinMs: number): void {
    this.asked.push(`probe ${withinMs}`);
  }

  /** A way stands and has joined. The first one carries at once. */
  join(via: string, rttMs = 10): FakePath {
    const path = new FakePath(via, rttMs);
    assert.ok(this.paths.length < MAX_PATHS, 'too many paths');
    this.paths.push(path);
    if (!this.inUse && this.asked.length === 0) {
      this.inUse = path;
      path.state = 'in-use';
    }
    this.#emit({ type: 'joined', path, reason: `${via} joined` });
    return path;
  }

  silence(path: FakePath): void {
    path.state = 'suspect';
    this.#emit({ type: 'suspect', path, reason: 'nothing was heard' });
  }

  recover(path: FakePath): void {
    path.state = path === this.inUse ? 'in-use' : 'standby';
    this.#emit({ type: 'recovered', path, reason: '' });
  }

  lose(path: FakePath, reason = ''): void {
    this.paths.splice(this.paths.indexOf(path), 1);
    if (this.inUse === path) this.inUse = null;
    this.#emit({ type: 'lost', path, reason });
    if (this.paths.length === 0) this.#emit({ type: 'stranded' });
  }

  end(error: PortholeError | null = null): void {
    this.#emit({ type: 'over', error });
  }
}
