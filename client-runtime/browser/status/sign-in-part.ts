// SPDX-License-Identifier: Apache-2.0
// Asks a person for a name and a password that the site itself wants (401), over its page. Loaded when a site does.

import type { SignInAnswer } from '../shared/session-messages.ts';

const STYLE = `
.porthole-sign-in { max-width: 24rem; width: calc(100% - 32px); padding: 24px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); color: var(--ink); box-shadow: var(--shadow); }
.porthole-sign-in::backdrop { background: rgb(16 32 42 / 45%); }
.porthole-sign-in h1 { margin: 0 0 6px; font-size: 1.2rem; line-height: 1.3; overflow-wrap: anywhere; }
.porthole-sign-in p { margin: 0 0 16px; color: var(--soft); font-size: 0.9rem; overflow-wrap: anywhere; }
.porthole-sign-in p[role="alert"] { margin: 0; color: var(--wrong); }
.porthole-sign-in label { display: block; margin: 0 0 12px; font-weight: 550; font-size: 0.9rem; }
.porthole-sign-in input { display: block; width: 100%; margin-top: 4px; padding: 8px 10px; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--field); border-radius: 8px; }
.porthole-sign-in .buttons { display: flex; justify-content: flex-end; gap: 8px; margin-top: 20px; }
.porthole-sign-in [type="submit"] { color: var(--card); background: var(--sea); border-color: var(--sea); }
`;

interface Form {
  readonly dialog: HTMLDialogElement;
  readonly title: HTMLElement;
  readonly text: HTMLElement;
  readonly says: HTMLElement;
  readonly name: HTMLInputElement;
  readonly password: HTMLInputElement;
}

let form: Form | null = null;
/** Takes the answer of the question that is open. */
let settle: ((login: SignInAnswer['login']) => void) | null = null;

/**
 * Opens the question, or closes it.
 * @param realm as the site names what it guards; null: nothing is asked any longer
 * @param wrong the last answer was not right
 * @param site its name
 * @param answered takes the answer, unless the question is closed before
 */
export function ask(realm: string | null, wrong: boolean, site: string, answered: (answer: SignInAnswer) => void): void {
  settle = null;
  if (realm === null) return form?.dialog.close();
  form ??= made();
  const { dialog, title, text, says, name, password } = form;
  title.textContent = `${site} asks you to sign in`;
  text.textContent = `It calls this “${realm}”. What you type goes, sealed, to the computer that has the site.`;
  says.textContent = wrong ? 'That was not right. Try again.' : '';
  password.value = '';
  if (!dialog.open) dialog.showModal();
  (wrong && name.value ? password : name).focus();
  settle = (login) => {
    settle = null;
    answered({ realm, login });
    dialog.close();
  };
}

function made(): Form {
  const style = document.createElement('style');
  style.textContent = STYLE;
  document.head.append(style);
  const dialog = document.createElement('dialog');
  dialog.className = 'porthole-sign-in';
  dialog.setAttribute('aria-labelledby', 'porthole-sign-in-title');
  dialog.innerHTML = `<form method="dialog">
<h1 id="porthole-sign-in-title"></h1>
<p></p>
<label>Name <input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required pattern="[^:]*" title="A name without a colon"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<p role="alert"></p>
<div class="buttons"><button type="button">Cancel</button><button type="submit">Sign in</button></div>
</form>`;
  document.body.append(dialog);
  const [name, password] = dialog.querySelectorAll('input') as unknown as [HTMLInputElement, HTMLInputElement];
  const [title, text, says] = ['h1', 'p', '[role]'].map((selector) => dialog.querySelector(selector)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  dialog.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    settle?.({ name: name.value, password: password.value });
    password.value = '';
  });
  dialog.querySelector('[type="button"]')?.addEventListener('click', () => settle?.(null));
  // The Escape key.
  dialog.addEventListener('cancel', () => settle?.(null));
  return { dialog, title, text, says, name, password };
}
