// SPDX-License-Identifier: Apache-2.0
// The policy server: a TCP port that answers policy requests and nothing else.

import { createServer, type Socket } from 'node:net';
import { listen } from '../transport/system/listen.ts';
import { type AnswerOptions, answerPolicy } from './answer.ts';
import type { Policy } from './policy-file.ts';

/** Callers that a policy server holds at once; each stays a few seconds at the most. More are closed as they come. */
export const MAX_POLICY_CALLERS = 1024;

/** What a policy server serves, and where. */
export interface PolicyServerOptions extends AnswerOptions {
  /** 843 for the master, 943 for Silverlight; 0 takes a free one. */
  readonly port: number;
  /** The address to listen on; all when left out. */
  readonly host?: string;
  /** What each caller gets: `policyFile`, `accessPolicyFile`. */
  readonly policy: Policy;
  /** Callers at once; MAX_POLICY_CALLERS when left out. */
  readonly maxCallers?: number;
}

/** A policy server that listens. */
export interface PolicyServer {
  /** The TCP port it listens on. */
  readonly port: number;
  /** Stops listening and drops the callers there are. */
  close(): Promise<void>;
}

/**
 * Starts a policy server.
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, CONFIG_INVALID
 */
export async function createPolicyServer(options: PolicyServerOptions): Promise<PolicyServer> {
  const { policy, host, maxCallers = MAX_POLICY_CALLERS } = options;
  const callers = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    callers.add(socket);
    socket.on('close', () => callers.delete(socket));
    answerPolicy(socket, policy, options);
  });
  server.maxConnections = maxCallers;
  const port = await listen(server, { port: options.port, host });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const caller of callers) caller.destroy();
      }),
  };
}
