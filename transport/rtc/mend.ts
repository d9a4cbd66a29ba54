// SPDX-License-Identifier: Apache-2.0
// What the WebRTC implementations for Node do otherwise than simple-peer expects, mended for all of them.

import { isIP } from 'node:net';
import type { Rtc } from './rtc.ts';
import { demandSpare } from './spare.ts';

interface Mendable {
  createOffer(): Promise<RTCSessionDescriptionInit>;
  createAnswer(): Promise<RTCSessionDescriptionInit>;
  addIceCandidate(candidate: { candidate?: string }): Promise<void>;
}
type MendableClass = new (config: object) => Mendable;

/** The library's class, as simple-peer expects it. */
export function mend(Library: MendableClass): MendableClass {
  return class extends Library {
    constructor(config: object) {
      demandSpare();
      super(config);
    }
    /** simple-peer writes to the description, which is read-only in theirs. */
    override async createOffer(): Promise<RTCSessionDescriptionInit> {
      demandSpare(); // from here on it opens its sockets
      const { type, sdp } = await super.createOffer();
      return { type, sdp };
    }
    override async createAnswer(): Promise<RTCSessionDescriptionInit> {
      demandSpare();
      const { type, sdp } = await super.createAnswer();
      return { type, sdp };
    }
    /** A candidate that is of no use is not the end of the others. None is looked up: a name would be, in more ways than one. */
    override async addIceCandidate(candidate: { candidate?: string }): Promise<void> {
      const address = candidate.candidate?.split(' ')[4] ?? '';
      if (isIP(address) !== 0) await super.addIceCandidate(candidate).catch(() => {});
    }
  };
}

/** They take descriptions and candidates as plain objects, and their own classes for these differ from the W3C's. */
class Plain {
  constructor(init: object) {
    Object.assign(this, init);
  }
}

/** An Rtc of a mended class. */
export function rtc(name: string, Connection: MendableClass, rest: Pick<Rtc, 'beginsHandshake' | 'missesEarlyHandshake'>): Rtc {
  return {
    name,
    RTCPeerConnection: Connection as unknown as typeof RTCPeerConnection,
    RTCSessionDescription: Plain as unknown as typeof RTCSessionDescription,
    RTCIceCandidate: Plain as unknown as typeof RTCIceCandidate,
    resolvesNames: false,
    ...rest,
  };
}
