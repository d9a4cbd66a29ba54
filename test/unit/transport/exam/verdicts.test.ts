// SPDX-License-Identifier: Apache-2.0
// The pure parts of the exams: what samples and tries amount to.

import assert from 'node:assert/strict';
import { CallbackOutcome } from '../../../../proto/rendezvous.ts';
import { FEW_TRIES, MOST_TRIES, Verdicts } from '../../../../transport/nat/exam/verdicts.ts';
import { gradeMapping, MAX_STEP, predictPort, preserves, type Sample } from '../../../../transport/nat/probe/prediction.ts';

/** The usual four: one port meets two probe ports of A and one of B, another one meets A. */
function samples(...outside: number[]): Sample[] {
  const to = [
    ['A', 1, 4000],
    ['A', 2, 4000],
    ['B', 1, 4000],
    ['A', 3, 4001],
  ] as const;
  return outside.map((port, nth) => ({
    nth,
    ip: to[nth]?.[0] ?? 'B',
    port: to[nth]?.[1] ?? nth,
    local: to[nth]?.[2] ?? 4000,
    outside: port,
  }));
}

const graded = (...outside: number[]) => gradeMapping(samples(...outside));

describe('port prediction', () => {
  it('tells the classes of RFC 4787, and the step', () => {
    assert.deepEqual(graded(50, 50, 50, 71)?.mapping, { behaviour: 'endpoint-independent', step: 0 });
    assert.deepEqual(graded(50, 50, 52, 54)?.mapping, { behaviour: 'address-dependent', step: 2 });
    assert.deepEqual(graded(50, 51, 52, 53)?.mapping, { behaviour: 'address-and-port-dependent', step: 1 });
    assert.deepEqual(graded(53, 51, 49, 47)?.mapping, { behaviour: 'address-and-port-dependent', step: -2 });
    assert.deepEqual(graded(10_430, 51_423, 41_923, 9)?.mapping, { behaviour: 'address-and-port-dependent', step: null });
  });

  it('looks again where the gaps are uneven and close, and not where they are wild, or equal and too far', () => {
    assert.equal(graded(50, 52, 53, 54)?.uneven, true);
    assert.equal(graded(10_430, 51_423, 41_923, 9)?.uneven, false);
    const far = MAX_STEP + 1;
    assert.equal(graded(5000, 5000 + far, 5000 + 2 * far, 5000 + 3 * far)?.mapping.step, null);
    assert.equal(graded(5000, 5000 + MAX_STEP, 5000 + 2 * MAX_STEP, 5000 + 3 * MAX_STEP)?.mapping.step, MAX_STEP);
  });

  it('passes over a mapping that was there before, and looks again where too few others are left', () => {
    assert.deepEqual(graded(9000, 52, 54, 56), { mapping: { behaviour: 'address-and-port-dependent', step: 2 }, uneven: false });
    assert.equal(graded(50, 52, 54, 9000)?.mapping.step, 2);
    assert.equal(graded(50, 9000, 54, 56)?.mapping.step, 2, 'its place in the order counts');
    assert.deepEqual(graded(50, 52, 53, 9000)?.mapping.step, null, 'the others are uneven');
    const [, b, c, d] = samples(0, 9000, 52, 54) as [Sample, Sample, Sample, Sample];
    assert.deepEqual(gradeMapping([{ ...b, local: 4000 }, c, d])?.uneven, true);
    assert.equal(graded(50, 52, 53, 54)?.mapping.step, null, 'what is close is none of those: others may have connected');
  });

  it('counts the places of connections that nobody saw', () => {
    const [a, b, c, d] = samples(50, 51, 53, 54) as [Sample, Sample, Sample, Sample];
    assert.equal(gradeMapping([a, b, { ...c, nth: 3 }, { ...d, nth: 4 }])?.mapping.step, 1);
  });

  it('tells the step, and not yet the class, before an address was met twice from one port', () => {
    const [a, , b, c] = samples(50, 0, 54, 56) as [Sample, Sample, Sample, Sample];
    assert.deepEqual(gradeMapping([a, b, c]), { mapping: { step: 2 }, uneven: false });
    assert.deepEqual(gradeMapping([a, { ...b, outside: 50 }, c])?.mapping, { behaviour: 'endpoint-independent', step: 0 });
  });

  it('never guesses what needs a second address', () => {
    assert.deepEqual(graded(50, 50)?.mapping, { step: 0 });
    assert.deepEqual(graded(50, 51)?.mapping, { behaviour: 'address-and-port-dependent', step: null });
    assert.equal(gradeMapping(samples(50)), undefined);
    assert.equal(gradeMapping([]), undefined);
  });

  it('predicts the port of what comes next', () => {
    const step2 = samples(50, 52, 54, 56);
    const mapping = { behaviour: 'address-and-port-dependent', step: 2 } as const;
    assert.deepEqual(
      [4, 6].map((nth) => predictPort(step2, mapping, 4000, nth)),
      [58, 62],
    );
    const one = { step: 0 };
    assert.equal(predictPort(samples(50, 50, 50, 71), one, 4000, 9), 50);
    assert.equal(predictPort(samples(50, 50, 50, 71), one, 4002, 9), undefined);
    assert.ok(preserves(samples(4000, 4000, 4000, 4001)));
    assert.equal(predictPort(samples(4000, 4000, 4000, 4001), one, 4002, 9), 4002);
    assert.equal(predictPort(samples(5, 6, 9, 1), { step: null }, 4000, 4), undefined);
    assert.equal(predictPort(samples(65_533, 65_534, 65_535), { step: 1 }, 4000, 3), undefined);
  });
});

describe('verdicts of a run', () => {
  const note = (run: (verdicts: Verdicts) => void): Verdicts => {
    const verdicts = new Verdicts();
    run(verdicts);
    return verdicts;
  };
  const never = (verdicts: Verdicts, ttl: number) => {
    for (let tries = 0; tries < FEW_TRIES; tries++) verdicts.lowAt(ttl).note(false);
  };

  it('a SYN that dies behind the NAT and opens it: the hops, and that Time Exceeded does not close', () => {
    const verdicts = note((one) => {
      never(one, 2);
      one.lowAt(3).note(true);
      one.fates.set(2, 'icmp').set(3, 'icmp');
    });
    assert.deepEqual([verdicts.hops, verdicts.timeExceededCloses], [2, undefined], 'once may be an error that was lost');
    verdicts.lowAt(3).note(true);
    assert.deepEqual([verdicts.hops, verdicts.timeExceededCloses, verdicts.synOutSynIn], [2, false, true]);
    const mute = note((one) => {
      never(one, 2);
      for (let times = 0; times < FEW_TRIES; times++) one.lowAt(3).note(true);
      for (let times = 0; times < MOST_TRIES - 1; times++) one.look(3, 'silence');
    });
    assert.deepEqual([mute.hops, mute.unseen(3)], [undefined, true], 'it may have been lost');
    mute.look(3, 'silence');
    assert.deepEqual([mute.hops, mute.timeExceededCloses], [2, undefined], 'no error comes back: nothing is known of errors');
    mute.look(3, 'icmp');
    assert.equal(mute.timeExceededCloses, false);
  });

  it('where only what arrives opens it, Time Exceeded closes it, and hops are not known', () => {
    const verdicts = note((one) => {
      never(one, 2);
      one.lowAt(3).note(true);
      one.fates.set(2, 'icmp').set(3, 'arrived');
    });
    assert.deepEqual([verdicts.timeExceededCloses, verdicts.wants(2)], [undefined, 1], 'that takes one failure more');
    verdicts.lowAt(2).note(false);
    assert.deepEqual([verdicts.hops, verdicts.timeExceededCloses, verdicts.synOutSynIn], [undefined, true, true]);
    assert.equal(verdicts.wants(2), 0);
    verdicts.lowAt(2).note(true);
    assert.deepEqual([verdicts.timeExceededCloses, verdicts.wants(2)], [undefined, 1], 'one that came in asks for another failure');
    verdicts.lowAt(2).note(true);
    assert.deepEqual([verdicts.opener, verdicts.hops], [2, 1], 'two that came in: those that failed were lost');
  });

  it('one try more that failed is not enough for a no', () => {
    const verdicts = note((one) => one.lowAt(3).note(true));
    verdicts.lowAt(2).note(false);
    assert.equal(verdicts.hops, undefined);
    assert.equal(verdicts.synOutSynIn, true);
    assert.equal(new Verdicts().synOutSynIn, undefined);
    const shut = note((one) => one.full.note(false));
    assert.equal(shut.synOutSynIn, undefined);
    shut.full.note(false);
    assert.equal(shut.synOutSynIn, false);
  });

  it('asks for what it lacks, and for nothing more', () => {
    const verdicts = new Verdicts();
    assert.equal(verdicts.wants(2), FEW_TRIES);
    verdicts.lowAt(2).note(true);
    assert.equal(verdicts.wants(2), FEW_TRIES - 1);
    verdicts.lowAt(2).note(false);
    assert.equal(verdicts.wants(2), FEW_TRIES - 1, 'one says yes, one no');
    verdicts.lowAt(2).note(true);
    assert.deepEqual([verdicts.wants(2), verdicts.opener], [0, 2]);
    const shut = note(({ full }) => {
      for (let tries = 0; tries < FEW_TRIES; tries++) full.note(false);
    });
    assert.deepEqual([shut.synOutSynIn, shut.wants(2)], [false, 0], 'nothing comes in, however long it lives');
  });

  it('what a lost packet can feign needs three tries more on one side', () => {
    const { reset } = new Verdicts();
    const said = [true, false, false, false, false].map((came) => {
      reset.note(came);
      return reset.leadBy(MOST_TRIES);
    });
    assert.deepEqual(said, [undefined, undefined, undefined, undefined, false]);
    assert.equal(reset.leadBy(FEW_TRIES), false);
    assert.equal(note((one) => [true, true, true].map((came) => one.reset.note(came))).reset.leadBy(MOST_TRIES), true);
  });

  it('what answers a SYN that nobody asked for: what was heard twice, or silence after enough', () => {
    const answerTo = (...outcomes: number[]): unknown =>
      note((one) => {
        for (const outcome of outcomes) one.unasked(outcome);
      }).answer;
    const silences = Array.from({ length: MOST_TRIES }, () => CallbackOutcome.SILENCE);
    assert.deepEqual([answerTo(...silences.slice(1)), answerTo(...silences)], [undefined, 'silence']);
    const { RST, ICMP, CONNECTED } = CallbackOutcome;
    assert.deepEqual([answerTo(RST), answerTo(RST, ICMP), answerTo(RST, RST)], [undefined, undefined, 'rst'], 'one may be a neighbour’s');
    assert.equal(answerTo(...silences, RST), 'silence', 'a neighbour’s');
    assert.equal(answerTo(...silences, RST, RST), 'rst', 'silence may be a packet that was lost');
    assert.deepEqual([answerTo(ICMP, ICMP), answerTo(CONNECTED, CONNECTED)], ['icmp', 'accepted']);
    const own = note((one) => one.unasked(CONNECTED));
    assert.deepEqual([own.heard, own.answer, own.ownAnswer], [1, undefined, 'accepted']);
    assert.equal(answerTo(CallbackOutcome.UNABLE), undefined);
  });

  it('filtering', () => {
    const of = (port: boolean, address: boolean | null): unknown =>
      note(({ otherPort, otherAddress }) => {
        for (let tries = 0; tries < MOST_TRIES; tries++) {
          otherPort.note(port);
          if (address !== null) otherAddress.note(address);
        }
      }).filtering;
    assert.deepEqual(
      [of(true, true), of(true, false), of(false, false)],
      ['endpoint-independent', 'address-dependent', 'address-and-port-dependent'],
    );
    assert.deepEqual([of(true, null), of(false, null)], [undefined, 'address-and-port-dependent'], 'with one address of the suite');
  });
});
