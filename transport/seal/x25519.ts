// SPDX-License-Identifier: Apache-2.0
// X25519 by noble's Montgomery ladder alone: the rest of its curve would be large to load.

import { pow } from '@noble/curves/abstract/modular.js';
import { type MontgomeryECDH, montgomery } from '@noble/curves/abstract/montgomery.js';

/** The field's prime (RFC 7748 section 4.1). */
const P = 2n ** 255n - 19n;
/** X25519 (RFC 7748 section 5), by the ladder: no tables, which take longer to make than a page's few keys. */
export const x25519: MontgomeryECDH = /* @__PURE__ */ montgomery({
  P,
  type: 'x25519',
  powPminus2: (x) => pow(x, P - 2n, P),
  adjustScalarBytes(bytes: Uint8Array): Uint8Array {
    bytes[0] = (bytes[0] as number) & 0xf8;
    bytes[31] = ((bytes[31] as number) & 0x7f) | 0x40;
    return bytes;
  },
});
