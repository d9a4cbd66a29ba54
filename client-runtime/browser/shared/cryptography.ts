// SPDX-License-Identifier: Apache-2.0
// Chooses the seal's cryptography in this browser: WebCrypto, or noble where WebCrypto has no X25519.

import type { Primitives } from '../../../transport/seal/primitives.ts';
import { hasX25519, subtlePrimitives } from '../../../transport/seal/subtle.ts';
import { loadPart } from './parts.ts';

let chosen: Promise<Primitives> | null = null;

/**
 * The primitives, the same each time.
 * @throws PortholeError SUITE_UNREACHABLE when noble is needed and does not come; it may be asked for again
 */
export function pagePrimitives(): Promise<Primitives> {
  chosen ??= choose().catch((error) => {
    chosen = null;
    throw error;
  });
  return chosen;
}

async function choose(): Promise<Primitives> {
  if (await hasX25519()) return subtlePrimitives;
  return (await loadPart(() => import('./noble-part.ts'))).webPrimitives;
}
