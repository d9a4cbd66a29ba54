// SPDX-License-Identifier: Apache-2.0
// The media type of a file, from its name.

import mime from 'mime';

/** What a file of unknown kind is: bytes (RFC 2046 section 4.5.1). */
const UNKNOWN = 'application/octet-stream';

/** The value of Content-Type for a file's name or path. Text is said to be UTF-8; kinds with a character set of their own are not. */
export function mediaType(name: string): string {
  // The slash keeps a file called 'png' from being taken for the extension.
  const type = mime.getType(`/${name}`) ?? UNKNOWN;
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
