// SPDX-License-Identifier: Apache-2.0
// Types of the part of the Navigation API that Porthole uses, in browsers that have it.

/** A navigation that a page begins. */
export interface NavigateEventLike extends Event {
  readonly destination: { readonly url: string; readonly sameDocument: boolean };
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly downloadRequest: string | null;
}
/** A window, in any browser. */
export type WithNavigation = Window & { readonly navigation?: EventTarget };
