// SPDX-License-Identifier: Apache-2.0
// What a command tells of a visit's paths: every change as an event, and a person what concerns him.

import assert from 'node:assert/strict';
import type { CommandEvent } from '../../../cli/terminal/output.ts';
import { tellPaths } from '../../../cli/terminal/tell-paths.ts';
import { PathStory } from '../../../client-runtime/visit/story.ts';
import type { VisitState } from '../../../client-runtime/visit/visit.ts';
import { PortholeError } from '../../../proto/errors.ts';
import type { PathNews } from '../../../transport/paths/news.ts';
import { someStrategy } from '../../support/some-strategy.ts';

describe('paths as a command tells them', () => {
  it('each change once, with via, rttMs and reason; sentences for what matters', () => {
    const story = new PathStory(() => 0);
    let status: VisitState = { state: 'finding' };
    let listen: (status: VisitState) => void = () => {};
    const set = (next: VisitState): void => {
      status = next;
      listen(status);
    };
    const tell = (news: Partial<PathNews>): void =>
      set(story.tell({ kind: 'moved', via: 'relay', rttMs: 0, standby: '', reason: '', ...news }));
    const events: CommandEvent[] = [];
    const said: string[] = [];
    const output = {
      event: (event: CommandEvent, sentence?: string) => {
        events.push(event);
        if (sentence) said.push(sentence);
      },
      trouble: (error: PortholeError) => said.push(`! ${error.code}`),
      progress: () => {},
      qr: () => {},
      watched: false,
    };
    tell({ rttMs: 41.25, reason: 'the relay stood first; data-channel still being tried' }); // before anybody listened
    tellPaths(
      { output },
      {
        site: { id: 'site', name: '', title: '', link: '' },
        strategies: ['relay', 'data-channel'].map(someStrategy),
        get status() {
          return status;
        },
        get history() {
          return story.changes;
        },
        onStatus: (listener) => {
          listen = listener;
          return () => {};
        },
      },
    );
    tell({ via: 'data-channel', rttMs: 3, standby: 'relay', reason: 'a direct path stands' });
    set(status); // told again, and nothing is new
    tell({ kind: 'standby', via: 'data-channel', rttMs: 3, reason: 'the relay stands by no longer' });
    tell({ kind: 'silent', via: 'data-channel', rttMs: 3, reason: 'data-channel went silent; looking for another path' });
    tell({ kind: 'lost', via: '', reason: 'data-channel was lost; looking for another path' });
    set({ state: 'offline', error: new PortholeError('HOST_OFFLINE') });
    tell({ rttMs: 40, reason: 'the relay carries on after 2.0 s' });
    tell({ via: 'smoke', rttMs: 9, reason: 'it stands' }); // a name that this end has no strategy for
    assert.deepEqual(
      events.map(({ event, via, rttMs, kind, reason }) => [event, via, rttMs, kind, reason]),
      [
        ['path', 'relay', 41.25, 'moved', 'the relay stood first; data-channel still being tried'],
        ['path', 'data-channel', 3, 'moved', 'a direct path stands'],
        ['path', 'data-channel', 3, 'standby', 'the relay stands by no longer'],
        ['path', 'data-channel', 3, 'silent', 'data-channel went silent; looking for another path'],
        ['path-lost', undefined, undefined, undefined, 'data-channel was lost; looking for another path'],
        ['path', 'relay', 40, 'moved', 'the relay carries on after 2.0 s'],
        ['path', 'smoke', 9, 'moved', 'it stands'],
      ],
    );
    assert.deepEqual([events[0]?.visit, events[0]?.label, events.at(-1)?.label], ['site', 'Relayed', 'smoke']);
    assert.deepEqual(said, [
      'Connected through the relay, 41.3 ms.',
      'Now connected directly (data channel), 3.0 ms: a direct path stands.',
      'Data-channel went silent; looking for another path.',
      'Data-channel was lost; looking for another path.',
      '! HOST_OFFLINE',
      'Now connected through the relay, 40.0 ms: the relay carries on after 2.0 s.',
      'Now connected by smoke, 9.0 ms: it stands.',
    ]);
  });
});
