// SPDX-License-Identifier: Apache-2.0
// Counts a wait down for a person, second by second.

/** A line of text that says how long until something is tried again. */
export class Countdown {
  readonly #line: HTMLElement;
  #timer: ReturnType<typeof setInterval> | undefined;
  #until = 0;

  /** @param line gets the words; a screen reader is not told each second of them */
  constructor(line: HTMLElement) {
    this.#line = line;
  }

  /** Begins; nothing ends it. */
  show(until: Date | undefined): void {
    this.#until = until?.getTime() ?? 0;
    clearInterval(this.#timer);
    this.#line.hidden = until === undefined;
    if (until === undefined) return;
    this.#tell();
    this.#timer = setInterval(() => this.#tell(), 1000);
  }

  #tell(): void {
    const seconds = Math.max(0, Math.ceil((this.#until - Date.now()) / 1000));
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    this.#line.textContent = seconds > 0 ? `Trying again by itself in ${clock}.` : 'Trying again …';
  }
}
