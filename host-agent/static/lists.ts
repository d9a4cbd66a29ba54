// SPDX-License-Identifier: Apache-2.0
// Header lists with weights (RFC 9110 section 12.4.2): what Accept and Accept-Encoding are made of.

/** The greatest number of elements that are read; a longer list is from nobody who means it. */
export const MAX_LIST_ELEMENTS = 64;

const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Reads a weighted list into what is wanted and how much: 0 is refused, 1 (the default) is wanted most.
 * Names come out in lower case without parameters; an element with a wrong weight is left out; the first of two equal names counts.
 */
export function readWeights(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of header.split(',', MAX_LIST_ELEMENTS)) {
    const [name = '', ...parameters] = element.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    if (name === '' || weights.has(name) || (q !== undefined && !WEIGHT.test(q))) continue;
    weights.set(name, q === undefined ? 1 : Number(q));
  }
  return weights;
}
