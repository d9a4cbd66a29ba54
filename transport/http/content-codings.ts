// SPDX-License-Identifier: Apache-2.0
// Content codings: what a host may compress with, and a response with its coding undone.

/** Codings of HTTP (RFC 9110, section 8.4) and the names that DecompressionStream has for them. */
const FORMATS: readonly (readonly [coding: string, format: string])[] = [
  ['br', 'brotli'],
  ['gzip', 'gzip'],
];

let known: ReadonlyMap<string, CompressionFormat> | undefined;

function formats(): ReadonlyMap<string, CompressionFormat> {
  known ??= new Map(
    FORMATS.flatMap(([coding, format]) => {
      try {
        new DecompressionStream(format as CompressionFormat);
        return [[coding, format as CompressionFormat] as const];
      } catch {
        return []; // no DecompressionStream here, or not with this format
      }
    }),
  );
  return known;
}

/** The codings that this platform can undo, best first; empty when it can undo none. */
export function decodable(): string[] {
  return [...formats().keys()];
}

/** A response's headers and body with its Content-Encoding undone where it is one of `decodable`; `identity`: it had none. */
export function decoded(response: { readonly headers: Headers; readonly body: ReadableStream<Uint8Array> | null }): {
  headers: Headers;
  body: ReadableStream<Uint8Array> | null;
  identity: boolean;
} {
  const headers = new Headers(response.headers);
  const coding = headers.get('content-encoding')?.trim().toLowerCase();
  const format = coding === undefined ? undefined : formats().get(coding === 'x-gzip' ? 'gzip' : coding);
  if (format === undefined || response.body === null) return { headers, body: response.body, identity: coding === undefined };
  headers.delete('content-encoding');
  headers.delete('content-length');
  headers.delete('repr-digest'); // of the bytes as they were
  const undo = new DecompressionStream(format) as unknown as ReadableWritablePair<Uint8Array, Uint8Array>;
  return { headers, body: response.body.pipeThrough(undo), identity: false };
}
