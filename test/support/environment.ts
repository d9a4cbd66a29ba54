// SPDX-License-Identifier: Apache-2.0
// What a program that a test starts has of this process's environment: where programs are, and what Node has compiled before.

/** Variables for a program of ours, and no others: what a person has set must not change a test. @param more further ones */
export function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }), ...more };
}
