/** Elements for data. Text goes in as text alone, so that no document can bring markup along. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | false | undefined;

/** An element with attributes (true: there without a value; false and undefined: not there) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(attribute, value === true ? '' : String(value));
  made.append(...children.filter(child => child !== undefined && child !== false));
  return made;
}

/** The element of the page with this id. @throws TypeError where the page has none of this kind */
export function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`#${id}: the page has no such element`);
  return found;
}

/** A button that does something. */
export function button(text: string, attributes: Attributes, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

/** Replaces what an element holds, and leaves the focus where it was: on what has the same `data-key`. */
export function replaceKeepingFocus(parent: HTMLElement, ...children: readonly Node[]): void {
  const { activeElement } = document;
  const key = parent.contains(activeElement) ? activeElement?.getAttribute('data-key') : undefined;
  parent.replaceChildren(...children);
  if (key === undefined || key === null) return;
  const again = parent.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

export const count = (value: number): string => value.toLocaleString('en');
