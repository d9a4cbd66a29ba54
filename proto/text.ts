// SPDX-License-Identifier: Apache-2.0
// Text that a peer chose, made fit for terminals, logs and pages: no control characters, nothing that turns the order of others.

/** C0, DEL and C1 (Unicode category Cc), and the separators of lines and paragraphs: whoever shows them may obey them. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
/** What turns the order in which characters are shown (UAX #9): `exe.txt` is read where `txt.exe` stands. */
const BIDI = /\p{Bidi_Control}+/gu;
const ANY = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
/** The same but for the end of a line. */
const ANY_IN_LINES = /[^\n\P{Cc}]|[\p{Bidi_Control}\u2028\u2029]/gu;
/** What JSON.stringify leaves as it is (it escapes C0), and a terminal may obey. */
const LEFT_BY_JSON = /[\x7f-\x9f\p{Bidi_Control}\u2028\u2029]/gu;

/** One line of plain text: controls become a blank, controls of direction go. It never gets longer. */
export function plainText(text: string): string {
  return ANY.test(text) ? text.replace(CONTROLS, ' ').replace(BIDI, '') : text;
}

/** Plain text of several lines. */
export function plainLines(text: string): string {
  return text.replace(ANY_IN_LINES, (character) => (/\p{Bidi_Control}/u.test(character) ? '' : ' '));
}

/** JSON text with the same meaning, and nothing in it that a terminal obeys. */
export function plainJson(json: string): string {
  return json.replace(LEFT_BY_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value as it was decoded, with each text in it as plain text; bytes stay as they are. Changes objects and lists in place. */
export function plainTexts<T>(value: T): T {
  if (typeof value === 'string') return plainText(value) as T;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const fields = value as Record<string, unknown>;
  for (const [key, field] of Object.entries(fields)) {
    if (typeof field === 'string' || (typeof field === 'object' && field !== null)) fields[key] = plainTexts(field);
  }
  return value;
}
