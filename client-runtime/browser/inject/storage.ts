// SPDX-License-Identifier: Apache-2.0
// Protects Porthole's items in the origin's storage, which page and shell share, from a page that empties it.

/** What our items' names begin with. */
const OURS = 'porthole-';

/** Makes `clear` forget all of the page's own items, and nothing else. */
export function keepOwnItems(): void {
  Storage.prototype.clear = function (this: Storage) {
    const names = Array.from({ length: this.length }, (_, at) => this.key(at));
    for (const name of names) if (name !== null && !name.startsWith(OURS)) this.removeItem(name);
  };
}
