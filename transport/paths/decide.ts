// SPDX-License-Identifier: Apache-2.0
// Decides which of its paths a session should use, and which are missing or spare: a pure function by a table, called anew at every event.
//
// Better is what the policy ranks higher. Round trips decide between equals only, and never against the path in use: it is
// loaded, they are not, and each would seem the better one to the other. A standby is best of another tier than the path in
// use: what breaks one direct path (a NAT that forgets, an address that changes) breaks the next one too, and spares the relay.

/** Where the policy puts a strategy. */
export interface Placed {
  readonly rank: number;
  /** What is begun side by side is of one. */
  readonly tier: number;
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
  readonly standby: P | null;
  /** More than is needed. */
  readonly spare: readonly P[];
  readonly wants: Wants;
}

export interface Wants {
  /** Any path at all: nothing carries. */
  readonly any: boolean;
  readonly better: boolean;
  readonly standby: boolean;
}

/** The paths as the rules see them. */
interface Situation<P> {
  /** The path in use, if it is well. */
  readonly current: Seen<P> | null;
  /** Those beside it that are well, the best first; and of these: better than it, steady, of another tier. */
  readonly well: readonly Seen<P>[];
  readonly better: readonly Seen<P>[];
  readonly steady: Seen<P> | undefined;
  readonly apart: Seen<P> | undefined;
  /** Those that are silent, the newest of the best first. */
  readonly silent: readonly Seen<P>[];
  readonly strategies: readonly Placed[];
}

type Effect<P> = Partial<Omit<Decision<P>, 'wants'>> & { readonly wants?: Partial<Wants> };
/** What follows from a situation; a falsy value: nothing. */
type Rule = <P>(situation: Situation<P>) => Effect<P> | false | null | undefined;

const standbyOf = <P>({ apart, well }: Situation<P>): Seen<P> | undefined => apart ?? well[0];
const pathsOf = <P>(seen: readonly Seen<P>[]): P[] => seen.map(({ path }) => path);

/** What is decided, from the top: all that follows, up to what moves the session. In words: TABLE. */
const RULES: readonly Rule[] = [
  ({ current, well: [best] }) => !current && best && { use: best.path },
  ({ steady }) => steady && { use: steady.path },
  ({ current }) => !current && { wants: { any: true } },
  ({ better }) => better.length > 0 && { readyAt: Math.min(...better.map(({ readyAt }) => readyAt)) },
  ({ current, better, strategies }) =>
    current && !better[0] && strategies.some(({ rank }) => rank < current.rank) && { wants: { better: true } },
  (situation) => situation.current && { standby: standbyOf(situation)?.path ?? null },
  ({ current, apart, strategies }) =>
    current && !apart && strategies.some(({ tier }) => tier > current.tier) && { wants: { standby: true } },
  (situation) => {
    const { current, well, better, silent } = situation;
    const needed = [standbyOf(situation), better[0]];
    return { spare: pathsOf([...(current ? well.filter((one) => !needed.includes(one)) : []), ...silent.slice(1)]) };
  },
];

/** The rules in words, one by one: the path in use, what is beside it, what is done. Apart from them, for a page need not carry it. */
const TABLE: readonly (readonly [inUse: string, beside: string, action: string])[] = [
  ['none, or silent', 'one that is well', 'use it; keep a silent one, which may come back'],
  ['well', 'a better one, steady', 'use it'],
  ['none, or silent', 'none that is well', 'stay, and look for any path at once'],
  ['well', 'a better one, not steady yet', 'wait until it is steady'],
  ['well', 'no better one', 'look for a better one, at growing intervals'],
  ['well', 'any that are well', 'keep one as standby, preferably of another tier'],
  ['well', 'none of another tier', 'look for a standby there, at growing intervals'],
  ['any', 'more than those, or more than one that is silent', 'close the others'],
];

const NO_WANTS: Wants = { any: false, better: false, standby: false };
const NONE = { use: null, readyAt: null, standby: null, spare: [], wants: NO_WANTS } as const;

/**
 * Decides by the table.
 * @param current the path in use; null while there is none
 * @param others the other live paths, the newest last
 * @param strategies there are
 */
export function decide<P>(now: number, current: Seen<P> | null, others: readonly Seen<P>[], strategies: readonly Placed[]): Decision<P> {
  const carries = current?.well ? current : null;
  const well = others.filter((one) => one.well).sort((a, b) => a.rank - b.rank || a.rttMs - b.rttMs);
  const silent = others.filter((one) => !one.well).reverse();
  silent.sort((a, b) => a.rank - b.rank);
  const better = carries ? well.filter(({ rank }) => rank < carries.rank) : [];
  const steady = better.find(({ readyAt }) => readyAt <= now);
  const apart = carries ? well.find(({ tier }) => tier !== carries.tier) : undefined;
  const situation: Situation<P> = { current: carries, well, better, steady, apart, silent, strategies };
  let decision: Decision<P> = NONE;
  for (const rule of RULES) {
    const effect = rule(situation);
    if (!effect) continue;
    decision = { ...decision, ...effect, wants: { ...decision.wants, ...effect.wants } };
    if (decision.use) return decision;
  }
  return decision;
}

/** The table, as Markdown: ARCHITECTURE.md has it. */
export function printTable(): string {
  const rows = RULES.map((_, at) => TABLE[at] ?? []).map((row) => `| ${row.join(' | ')} |`);
  return ['| path in use | beside it | then |', '|---|---|---|', ...rows, ''].join('\n');
}
