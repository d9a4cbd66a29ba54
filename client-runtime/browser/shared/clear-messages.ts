// SPDX-License-Identifier: Apache-2.0
// The messages by which the site's storage is cleared where only its pages and workers can (Clear-Site-Data).

/** The BroadcastChannel of what is said. */
export const CLEAR_CHANNEL = 'porthole-clear';
/** The item of a page's storage that says when it was cleared last. */
export const CLEARED_KEY = 'porthole-cleared';

export type ClearMessage =
  /** The site's storage is cleared, which is known by this. */
  | { readonly to: 'pages'; readonly cleared: string }
  /** This page has done its part. */
  | { readonly to: 'session'; readonly cleared: string; readonly client: string };
