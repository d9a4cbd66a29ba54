// SPDX-License-Identifier: Apache-2.0
// The seal's cryptography for browsers before 2025, whose WebCrypto has no X25519. Loaded by them alone.

export { webPrimitives } from '../../../transport/seal/web.ts';
