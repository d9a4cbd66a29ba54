// SPDX-License-Identifier: Apache-2.0
// The content of a form as multipart/form-data (RFC 7578), encoded as browsers do (HTML section 4.10.21.8), with its files by reference.

const BREAK = /\r\n|\r|\n/g;
const ESCAPES: Readonly<Record<string, string>> = { '\r': '%0D', '\n': '%0A', '"': '%22' };
const escaped = (text: string): string => text.replace(/[\r\n"]/g, (char) => ESCAPES[char] as string);

/** The parts of a form's content, and its media type. */
export function encoded(
  entries: readonly (readonly [name: string, value: FormDataEntryValue])[],
): [parts: (string | Blob)[], type: string] {
  const boundary = `----porthole${crypto.randomUUID().replaceAll('-', '')}`;
  const parts: (string | Blob)[] = [];
  let text = '';
  for (const [name, value] of entries) {
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name.replace(BREAK, '\r\n'))}"`;
    if (typeof value === 'string') text += `\r\n\r\n${value.replace(BREAK, '\r\n')}`;
    else {
      text += `; filename="${escaped(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`;
      parts.push(text, value);
      text = '';
    }
    text += '\r\n';
  }
  parts.push(`${text}--${boundary}--\r\n`);
  return [parts, `multipart/form-data; boundary=${boundary}`];
}
