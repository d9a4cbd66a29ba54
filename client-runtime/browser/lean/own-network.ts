// SPDX-License-Identifier: Apache-2.0
// Replaces visit/own-network.ts in a page: a page knows of its network only where the suite sees it come from.

import type { Nat } from '../../../proto/rendezvous.ts';
import type { NatProfile } from '../../../transport/nat/profile.ts';
import type { OwnNetworkOptions, OwnNetwork as Whole } from '../../visit/own-network.ts';

export class OwnNetwork implements Pick<Whole, 'profile' | 'wire' | 'welcomed' | 'carried' | 'close'> {
  readonly #rendezvous: OwnNetworkOptions['rendezvous'];

  constructor({ rendezvous }: Pick<OwnNetworkOptions, 'rendezvous'>) {
    this.#rendezvous = rendezvous;
  }

  get profile(): NatProfile {
    const observed = this.#rendezvous.greeting?.observed;
    return observed ? { observed } : {};
  }

  get wire(): Nat {
    return { behindNat: 0, tcp: null, udp: null, udpBlocked: false, noIpv6: false, ipv6Unsolicited: 0 };
  }

  welcomed(): void {}
  carried(): void {}
  close(): void {}
}
