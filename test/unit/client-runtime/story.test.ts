// SPDX-License-Identifier: Apache-2.0
// The story of a visit's paths, and where the visit stands by it.

import assert from 'node:assert/strict';
import { reasonWords, silentWords, strategyWords } from '../../../client-runtime/browser/status/words.ts';
import { MAX_HISTORY, PathStory } from '../../../client-runtime/visit/story.ts';
import type { PathNews } from '../../../transport/paths/news.ts';
import { someStrategy } from '../../support/some-strategy.ts';

const news = (kind: PathNews['kind'], reason: string, more: Partial<PathNews> = {}): PathNews => ({
  kind,
  via: 'relay',
  rttMs: 41,
  standby: '',
  reason,
  ...more,
});

describe('the story of a visit', () => {
  it('keeps each change with its time, the oldest first, and forgets the oldest', () => {
    let now = 1000;
    const story = new PathStory(() => now++);
    for (let i = 0; i < MAX_HISTORY + 2; i++) story.tell(news('moved', `move ${i}`));
    assert.equal(story.changes.length, MAX_HISTORY);
    assert.deepEqual(story.changes[0], { at: 1002, kind: 'moved', via: 'relay', rttMs: 41, reason: 'move 2' });
    assert.equal(story.changes.at(-1)?.reason, `move ${MAX_HISTORY + 1}`);
  });

  const rows: [PathNews, object][] = [
    [news('moved', 'a'), { reason: 'a' }],
    [
      news('standby', 'the relay stands by', { via: 'data-channel', standby: 'relay' }),
      { via: 'data-channel', standby: 'relay', reason: 'before' },
    ],
    [news('changed', 'the network changed'), { reason: 'before' }],
    [news('sought', 'no direct path yet'), { reason: 'no direct path yet' }],
    [news('silent', 'it went silent'), { reason: 'it went silent', silent: true }],
    [news('recovered', 'it answers again'), { reason: 'it answers again' }],
  ];
  for (const [one, path] of rows) {
    it(`${one.kind}: the visit is connected, by what is in use`, () => {
      const story = new PathStory();
      story.tell(news('moved', 'before'));
      assert.deepEqual(story.tell(one), { state: 'connected', path: { via: 'relay', rttMs: 41, ...path } });
    });
  }

  it('a silent path is silent until it answers, or another carries', () => {
    const story = new PathStory();
    const silent = (kind: PathNews['kind']): boolean => {
      const status = story.tell(news(kind, ''));
      return status.state === 'connected' && status.path.silent === true;
    };
    assert.deepEqual((['moved', 'silent', 'sought', 'recovered', 'silent', 'changed', 'moved'] as const).map(silent), [
      false,
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  it('with nothing in use the visit looks for a path', () => {
    const story = new PathStory();
    story.tell(news('moved', 'before'));
    assert.deepEqual(story.tell(news('lost', 'it was lost', { via: '' })), { state: 'connecting', trying: [], reason: 'it was lost' });
  });
});

describe('the words of the story', () => {
  const strategies = ['data-channel', 'relay'].map(someStrategy);
  const rows: [string, string][] = [
    ['data-channel went silent; the relay carries on', 'The data channel went silent; the relay carries on.'],
    ['a direct path stands: data-channel is 3 ms away', 'A direct path stands: the data channel is 3 ms away.'],
    ['no path yet (my-data-channel: no)…', 'No path yet (my-data-channel: no)…'],
    ['', ''],
  ];
  for (const [reason, words] of rows) it(`"${reason}"`, () => assert.equal(reasonWords(reason, strategies), words));

  it('are the strategies’ own, and the name of a strategy that a page has not', () => {
    assert.deepEqual(strategyWords('data-channel', strategies), {
      title: 'Direct',
      text: 'Straight from the computer that has this site to your browser.',
    });
    assert.deepEqual(strategyWords('smoke', strategies), { title: 'smoke', text: '' });
  });

  it('say when a path is silent', () => assert.equal(silentWords(strategyWords('relay', strategies)).title, 'Relayed, silent'));
});
