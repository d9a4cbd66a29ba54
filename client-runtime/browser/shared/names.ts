// SPDX-License-Identifier: Apache-2.0
// Names that the shell's inline script and its main script share.

/** The site's id in storage: in the tab's as its link had it, in the origin's as the site proved it. */
export const SITE_KEY = 'porthole-site';
/**
 * The session's worker: by the same script and name every window has the same one. Where the browser can, it outlives the last window
 * for a while (`extendedLifetime` of HTML’s WorkerOptions for shared workers), so that the next page of the same tab goes on with the same session.
 */
export const SESSION_WORKER = { type: 'module', name: 'porthole', extendedLifetime: true } as const;

/**
 * Whether windows share a worker. Not in WebKit (2.50), which all browsers of iOS are: it runs the worker's script a second time, where no
 * window is connected, and on the second page of a tab what comes to the worker no longer gets out of it.
 */
export const sharesWorker = (): boolean => typeof SharedWorker === 'function' && !/AppleWebKit(?!.*Chrom)/.test(navigator.userAgent);
