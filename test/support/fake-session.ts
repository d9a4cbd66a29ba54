// SPDX-License-Identifier: Apache-2.0
// A resumable session whose paths the test makes, silences and breaks: what the path manager is tried on.

import assert from 'node:assert/strict';
import { PortholeError } from '../../proto/errors.ts';
import type { Path, PathEvent } from '../../transport/continuity/path.ts';
import type { ManagedSession } from '../../transport/paths/manager.ts';

/** Live paths a session may have: joining more fails the test. */
const MAX_PATHS = 4;

export class FakePath implements Path {
  readonly id: number;
  readonly via: string;
  rttMs: number;
  state: Path['state'] = 'standby';
  proven = true;

  constructor(id: number, via: string, rttMs: number) {
    this.id = id;
    this.via = via;
    this.rttMs = rttMs;
  }
}

export class FakeSession implements ManagedSession {
  readonly paths: FakePath[] = [];
  inUse: FakePath | null = null;
  /** What was asked of it, in words. */
  readonly asked: string[] = [];
  #made = 0;
  #listeners = new Set<(event: PathEvent) => void>();

  onEvent(listener: (event: PathEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #emit(event: PathEvent): void {
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
    const path = new FakePath(++this.#made, via, rttMs);
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
    const error = new PortholeError('PATH_LOST', reason);
    this.paths.splice(this.paths.indexOf(path), 1);
    if (this.inUse === path) this.inUse = null;
    this.#emit({ type: 'lost', path, reason, error });
    if (this.paths.length === 0) this.#emit({ type: 'stranded' });
  }

  end(error: PortholeError | null = null): void {
    this.#emit({ type: 'over', error });
  }
}
