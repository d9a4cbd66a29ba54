// SPDX-License-Identifier: Apache-2.0
// What a session should be on, of the paths it has: a pure decision, made anew whenever anything happens.
//
// | the path in use | beside it             | then                                                            | and look for       |
// |-----------------|-----------------------|-----------------------------------------------------------------|--------------------|
// | none            | one that is well      | use it                                                          |                    |
// | none, or silent | none that is well     | stay                                                            | any, at once       |
// | silent          | one that is well      | use it; the silent one may come back                            |                    |
// | well            | a better, steady      | use it                                                          |                    |
// | well            | a better, not yet     | wait until it is steady                                         |                    |
// | well            | no better one         | stay                                                            | a better, politely |
// | well            | none of another stage | stay                                                            | a standby          |
// | any             | more than it needs    | one standby is kept, and one silent path; the others are closed |                    |
//
// Better is what the policy ranks higher. Round trips decide between equals only, and never against the path in use: it is
// loaded, they are not, and each would seem the better one to the other. A standby is best of another stage than the path in
// use: what breaks one direct way (a NAT that forgets, an address that changes) breaks the next one too, and spares the relay.

/** Where the policy puts a way. */
export interface Placed {
  /** The least is the best. */
  readonly rank: number;
  /** What is begun side by side is of one. */
  readonly stage: number;
}

/** A path, as it counts here. */
export interface Seen<P> extends Placed {
  readonly path: P;
  readonly rttMs: number;
  /** It carries, as far as is known. */
  readonly well: boolean;
  /** From when on it may take over from a lesser one that is well. */
  readonly readyAt: number;
}

export interface Decision<P> {
  /** Move here. All else is decided after the move. */
  readonly use: P | null;
  /** When a better path will be steady, if that is what is waited for. */
  readonly readyAt: number | null;
  /** What there is to fall back on. */
  readonly standby: P | null;
  /** More than is needed. */
  readonly spare: readonly P[];
  readonly wants: Wants;
}

/** What to look for. */
export interface Wants {
  /** Any way at all: nothing carries. */
  readonly any: boolean;
  readonly better: boolean;
  readonly standby: boolean;
}

const NONE = { use: null, readyAt: null, standby: null, spare: [], wants: { any: false, better: false, standby: false } } as const;

/**
 * Decides by the table above.
 * @param current the path in use; null while there is none
 * @param others the other live paths, the newest last
 * @param ways there are
 */
export function decide<P>(now: number, current: Seen<P> | null, others: readonly Seen<P>[], ways: readonly Placed[]): Decision<P> {
  const well = others.filter((one) => one.well).sort((a, b) => a.rank - b.rank || a.rttMs - b.rttMs);
  const silent = others.filter((one) => !one.well).reverse();
  silent.sort((a, b) => a.rank - b.rank);
  const [best] = well;
  if (!current?.well) {
    if (best) return { ...NONE, use: best.path };
    return { ...NONE, spare: pathsOf(silent.slice(1)), wants: { any: true, better: false, standby: false } };
  }
  const better = well.filter(({ rank }) => rank < current.rank);
  const ready = better.find(({ readyAt }) => readyAt <= now);
  if (ready) return { ...NONE, use: ready.path };
  const apart = well.find(({ stage }) => stage !== current.stage);
  const standby = apart ?? best;
  return {
    use: null,
    readyAt: better.length > 0 ? Math.min(...better.map(({ readyAt }) => readyAt)) : null,
    standby: standby?.path ?? null,
    spare: pathsOf([...well.filter((one) => one !== standby && one !== better[0]), ...silent.slice(1)]),
    wants: {
      any: false,
      better: better.length === 0 && ways.some(({ rank }) => rank < current.rank),
      standby: !apart && ways.some(({ stage }) => stage > current.stage),
    },
  };
}

function pathsOf<P>(seen: readonly Seen<P>[]): P[] {
  return seen.map(({ path }) => path);
}
