import type { Hit } from '../../src/search/backend.js';
import type { IndexAttribute } from '../../src/search/index-attributes.js';
import { isAddress, labelOf } from './choose-attributes.js';
import { element } from './elements.js';
import { explainButton, hitParts } from './inside.js';
import { marked } from './marks.js';
import { renderPictures } from './pictures.js';
import type { Service, Settings } from './settings.js';
import type { PageState } from './state.js';

export interface HitView {
  readonly service: Service;
  readonly settings: Settings;
  readonly state: PageState;
  /** attributes that people may refine by */
  readonly offered: readonly IndexAttribute[];
  /** highest token score among the hits; token bars are relative to it */
  readonly strongest: number;
}

/** Attributes of a hit that are shown before it is opened. */
const firstAttributes = 3;
const longestValue = 40;

/** One hit as a list entry: its title is a button that opens it. */
export function renderHit(hit: Hit, view: HitView): HTMLLIElement {
  const { service, settings, state } = view;
  const { title, description = '', language } = hit.document;
  const details = element('div', { class: 'details', hidden: true });
  const opener = element(
    'button',
    { type: 'button', class: 'title', 'aria-expanded': 'false', dir: 'auto' },
    ...marked(title, 'title', hit),
  );
  opener.addEventListener('click', () => {
    const open = opener.getAttribute('aria-expanded') !== 'true';
    opener.setAttribute('aria-expanded', String(open));
    if (open && details.childElementCount === 0) details.append(...detailsOf(hit, view));
    details.hidden = !open;
  });
  const pictures = renderPictures(hit.document, service, settings);
  const body = element(
    'div',
    { class: 'body' },
    element('h2', {}, opener),
    description !== '' && element('p', { class: 'about', dir: 'auto' }, ...marked(description, 'description', hit)),
    attributeLine(hit, view),
    ...(state.inside ? hitParts(hit, view.strongest) : []),
    details,
  );
  const card = element(
    'article',
    { ...(typeof language === 'string' && language !== '' && { lang: language }) },
    pictures.length > 0 && element('div', { class: 'pictures' }, ...pictures),
    body,
  );
  return element('li', {}, card);
}

/** The value under a path. */
const valueAt = (document: object, path: string): unknown =>
  Object.hasOwn(document, path)
    ? document[path as keyof typeof document]
    : path
        .split('.')
        .reduce<unknown>(
          (value, name) =>
            typeof value === 'object' && value !== null
              ? (value as Readonly<Record<string, unknown>>)[name]
              : undefined,
          document,
        );

const shownValue = (value: unknown): string =>
  Array.isArray(value) ? value.map(shownValue).join(', ') : typeof value === 'object' ? '' : String(value);

function attributeLine(hit: Hit, { offered }: HitView): HTMLElement {
  const { price } = hit.document;
  const others = offered
    .filter(({ name, kind }) => name !== 'price' && kind !== 'boolean')
    .flatMap(({ name }) => {
      const value = valueAt(hit.document, name);
      const text = value === undefined || value === null ? '' : shownValue(value);
      return text === '' || text.length > longestValue || isAddress(text) ? [] : [{ name, text }];
    })
    .slice(0, firstAttributes);
  return element(
    'p',
    { class: 'line' },
    typeof price === 'number' && element('strong', {}, price.toLocaleString('en', { minimumFractionDigits: 2 })),
    ...others.map(({ name, text }) =>
      element('span', { dir: 'auto', title: labelOf(name) }, ...marked(text, name, hit)),
    ),
  );
}

function detailsOf(hit: Hit, { service, state }: HitView): HTMLElement[] {
  const { title: _title, description: _description, ...attributes } = hit.document;
  const rows = Object.entries({ ...attributes, score: hit.score }).flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', { dir: 'auto' }, typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
  return [
    element('dl', { class: 'attributes' }, ...rows),
    ...(state.inside ? [explainButton(hit.id, service, state)] : []),
  ];
}
