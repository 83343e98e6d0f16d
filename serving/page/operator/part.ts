import { TandemClientError } from '../../../src/client/index.js';
import { element } from '../elements.js';
import type { Service } from '../settings.js';

/** Says something to whoever reads the page; a failure is an error. */
export type Tell = (said: unknown) => void;

/** Whether a failure is that the key is missing, or may not. */
export const lacksKey = (failure: unknown): boolean =>
  failure instanceof TandemClientError &&
  (failure.code === 'request/unauthorised' || failure.code === 'request/forbidden');

/** Fills its place. @returns what ends it, where it goes on by itself */
export type Part = (place: HTMLElement, service: Service, tell: Tell) => (() => void) | undefined;

/** A table with a caption; figures stand at the end of their cells. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number | Node)[])[],
): HTMLElement {
  const cell = (value: string | number | Node): HTMLElement =>
    typeof value === 'number'
      ? element('td', { class: 'number' }, shown(value))
      : element('td', { dir: 'auto' }, value);
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head.map(name => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...rows.map(row => element('tr', {}, ...row.map(cell)))),
    ),
  );
}

/** Three digits that count. */
export const shown = (value: number): string =>
  Number.isInteger(value)
    ? value.toLocaleString('en')
    : Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });

/** A labelled field of a form. */
export function field<T extends HTMLElement>(label: string, input: T): HTMLElement {
  return element('label', {}, label, input);
}

/** A form of fields whose button does something, once at a time. What fails is told. */
export function form(
  fields: readonly HTMLElement[],
  label: string,
  tell: Tell,
  act: () => Promise<void>,
): HTMLFormElement {
  const submit = element('button', { type: 'submit' }, label);
  const made = element('form', { class: 'fields' }, ...fields, submit);
  made.addEventListener('submit', event => {
    event.preventDefault();
    submit.disabled = true;
    tell('');
    act()
      .catch(tell)
      .finally(() => {
        submit.disabled = false;
      });
  });
  return made;
}
