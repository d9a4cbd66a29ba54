// SPDX-License-Identifier: Apache-2.0
// What a site asks for with 401: the challenges of a WWW-Authenticate field (RFC 9110 section 11.6.1).

/** One challenge. Its scheme and the names of its parameters are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[ \t]+[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const VALUE = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))/y;
const BETWEEN = /[\s,]*/y;

/**
 * Reads the field, several of them joined by commas.
 * @returns the challenges up to the first place that is none
 */
export function challengesOf(field: string): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly params: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(field);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    take(BETWEEN);
    const name = take(TOKEN)?.[0].toLowerCase();
    if (name === undefined) return challenges;
    const value = take(VALUE);
    if (!value) {
      challenges.push({ scheme: name, params: new Map() });
      take(TOKEN68);
    } else challenges.at(-1)?.params.set(name, value[1]?.replaceAll(/\\(.)/g, '$1') ?? value[2] ?? '');
  }
}
