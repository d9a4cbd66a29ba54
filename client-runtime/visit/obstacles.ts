// SPDX-License-Identifier: Apache-2.0
// What stands in the way of a visit: which errors waiting does not mend, which are the path's alone, and what may be asked again.

/** Errors no waiting mends. */
export const FINAL: ReadonlySet<string> = new Set([
  'LINK_INVALID',
  'SITE_UNKNOWN',
  'NOT_ALLOWED',
  'VERSION_UNSUPPORTED',
  'KEY_WRONG',
  'PASSWORD_NEEDED',
  'PASSWORD_WRONG',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
]);
/** Errors of the path, not of the request. */
export const OF_THE_PATH: ReadonlySet<string> = new Set(['PATH_LOST', 'PATH_SILENT', 'SESSION_LOST', 'SESSION_CLOSED']);
/** Methods that ask for nothing to be done (RFC 9110 section 9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
