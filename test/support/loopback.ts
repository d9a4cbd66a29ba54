// SPDX-License-Identifier: Apache-2.0
// The loopback addresses of both families, and the reason when one is missing.

import { networkInterfaces } from 'node:os';

export const LOOPBACKS = ['127.0.0.1', '::1'] as const;

/** A mocha hook that skips, with the reason, where this machine has no such loopback address. */
export function needs(ip: string): (this: Mocha.Context) => void {
  return function () {
    const has = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === ip));
    if (has) return;
    console.log(`      skipped: this machine has no ${ip}`);
    this.skip();
  };
}
