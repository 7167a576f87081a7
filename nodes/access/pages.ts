import type { ServerResponse } from 'node:http';
import { escaped, filled, type Language, type Page, sendPage as send } from '../kit/index.js';
import { type DoorTexts, doorTexts } from './texts.js';

const style = `body{max-width:24rem;margin:14vh auto;padding:0 1.25rem}
h1{font-size:1.4rem;font-weight:600;margin:0 0 1.25rem}label{display:block;margin:0 0 1rem}
input{display:block;width:100%;font:inherit;padding:.65rem .75rem;margin-top:.25rem;border:1px solid var(--line);border-radius:.4rem}
.problem{border-left:.25rem solid #c62828;padding:.4rem .75rem}`;

export function sendPage(
  response: ServerResponse,
  lang: Language,
  page: Pick<Page, 'status' | 'title' | 'body'>,
): void {
  send(response, lang, { ...page, style, body: `<h1>${escaped(page.title)}</h1>${page.body}` });
}

export interface SignIn {
  /** Where to go afterwards: a path here. */
  readonly next: string;
  readonly name?: string;
  readonly problem?: string;
  readonly provider?: string;
}

export function signInPage(lang: Language, { next, name = '', problem, provider }: SignIn): string {
  const text = doorTexts[lang];
  const through =
    provider === undefined
      ? ''
      : `<a class="button other" href="/access/provider?next=${encodeURIComponent(next)}">${filled(text.provider, { name: provider })}</a>`;
  return `${problemIn(problem)}<form method="post" action="/access/sign-in"><input type="hidden" name="next" value="${escaped(next)}">
${field(text.name, 'name', 'text', 'username', name, name === '')}${field(text.password, 'password', 'password', 'current-password', '', name !== '')}
<button>${escaped(text.enter)}</button></form>${through}<p class="hint">${escaped(text.hint)}</p>`;
}

/** @param askCurrent not of somebody who came by the printed address and never had one of their own */
export function passwordPage(lang: Language, next: string, askCurrent: boolean, problem?: string): string {
  const text = doorTexts[lang];
  const current = askCurrent ? field(text.current, 'current', 'password', 'current-password', '', true) : '';
  return `${problemIn(problem)}<form method="post" action="/access/password"><input type="hidden" name="next" value="${escaped(next)}">
${current}${field(text.chosen, 'chosen', 'password', 'new-password', '', !askCurrent)}<p class="hint">${escaped(text.newText)}</p><button>${escaped(text.save)}</button></form>`;
}

/** @param local has a password here, which can be changed */
export function signOutPage(lang: Language, user: string, role: string, local: boolean): string {
  const text = doorTexts[lang];
  const change = local ? `<a class="button other" href="/access/password">${escaped(text.newTitle)}</a>` : '';
  return `<p>${filled(text.signedIn, { user, role })}</p><form method="post" action="/access/sign-out"><button>${escaped(text.out)}</button></form>${change}`;
}

export function deniedPage(
  lang: Language,
  values: { user: string; role: string; needed: string },
  home: string,
): string {
  const text = doorTexts[lang];
  return `<p>${filled(text.denied, values)}</p><a class="button" href="${escaped(home)}">${escaped(text.back)}</a>
<a class="button other" href="/access/sign-out">${escaped(text.out)}</a>`;
}

function field(
  label: string,
  name: keyof DoorTexts | string,
  type: string,
  complete: string,
  value: string,
  focus: boolean,
): string {
  return `<label>${escaped(label)}<input name="${name}" type="${type}" autocomplete="${complete}" value="${escaped(value)}" required${focus ? ' autofocus' : ''}></label>`;
}

function problemIn(problem: string | undefined): string {
  return problem === undefined ? '' : `<p class="problem" role="alert">${escaped(problem)}</p>`;
}
