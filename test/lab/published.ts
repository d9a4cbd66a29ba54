// SPDX-License-Identifier: Apache-2.0
// What others have published of reaching through NATs, for docs/reach.md.

export const PUBLISHED: readonly { readonly who: string; readonly of: string; readonly result: string }[] = [
  {
    who: 'Ford, Srisuresh, Kegel, “Peer-to-Peer Communication Across NATs”, USENIX 2005',
    of: '286 reports of home routers of 68 vendors, TCP',
    result: '64 % let TCP be punched (82 % of 380: UDP)',
  },
  {
    who: 'Guha, Francis, “Characterization and Measurement of TCP Traversal”, IMC 2005',
    of: '93 home NATs, TCP',
    result: '88 % on average; STUNT #2 68 to 86 %, P2PNAT 45 to 85 % (as US 8,606,884 quotes them)',
  },
  {
    who: 'libp2p DCUtR, “Challenging Tribal Knowledge”, arXiv 2510.27500',
    of: '4.4 million tries in 85,000 networks that had a relay and a public address',
    result: '70 ± 7.1 %, TCP and QUIC alike',
  },
];
