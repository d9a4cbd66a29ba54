// SPDX-License-Identifier: Apache-2.0
// A port of the router, and how one is asked for.

/** A port of the router that leads to a local one. */
export interface MappedPort {
  /** The router's outside address, as it says. */
  readonly ip: string;
  readonly port: number;
  /** Closes it again; resolves when the router has, or does not answer. */
  unmap(): Promise<void>;
}

/** Opens a port on the router. Rejects when none does, leaving none open. */
export type MapPort = (localPort: number, signal: AbortSignal) => Promise<MappedPort>;

/**
 * Finds a router that can be asked, and opens nothing. Rejects with PortholeError NO_PATH when none can, STRATEGY_UNFIT when
 * this system does not tell its router, or with the signal's reason.
 */
export type FindRouter = (signal: AbortSignal) => Promise<MapPort>;
