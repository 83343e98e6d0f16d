import type { Facet } from '../../src/query/query.js';
import type { IndexAttribute } from '../../src/search/index-attributes.js';
import { dayOf, isAddress, labelOf } from './choose-attributes.js';
import { button, count, element } from './elements.js';
import { type Bounds, bounded, ofAttribute, type PageState, toggled } from './state.js';

/** Values that are shown before somebody asks for more. */
const firstValues = 8;

export interface FacetView {
  readonly state: PageState;
  readonly facets: ReadonlyMap<string, Facet>;
  /** attributes of which all values are shown */
  readonly whole: ReadonlySet<string>;
  readonly onChange: (state: PageState) => void;
  readonly onWhole: (name: string) => void;
}

/** What can be chosen of each attribute, and what is. An attribute with nothing to choose from is left out. */
export const renderFacets = (offered: readonly IndexAttribute[], view: FacetView): HTMLElement[] =>
  offered.flatMap(attribute => {
    const { name, kind } = attribute;
    const parts = kind === 'number' || kind === 'date' ? rangeParts(attribute, view) : valueParts(attribute, view);
    if (parts.length === 0) return [];
    return [element('fieldset', { class: 'facet' }, element('legend', {}, labelOf(name)), ...parts)];
  });

function valueParts({ name, kind }: IndexAttribute, { state, facets, whole, onChange, onWhole }: FacetView): Node[] {
  const chosen = ofAttribute(state.chosen, name) ?? [];
  const values = (facets.get(name)?.values ?? []).map(({ value, count: documents }) => ({
    value: String(value),
    documents,
  }));
  const shown = [
    // what is chosen can be taken away, also where nothing has it any more
    ...chosen.filter(each => !values.some(({ value }) => value === each)).map(value => ({ value, documents: 0 })),
    ...values,
  ];
  if (shown.length === 0 || (chosen.length === 0 && shown.every(({ value }) => isAddress(value)))) return [];
  const cut = whole.has(name) ? shown : shown.slice(0, Math.max(firstValues, chosen.length));
  const rows = cut.map(({ value, documents }) => {
    const box = element('input', {
      type: 'checkbox',
      'data-key': `${name}=${value}`,
      checked: chosen.includes(value),
    });
    box.addEventListener('change', () => onChange(toggled(state, name, value)));
    const shownAs = kind !== 'boolean' ? value : value === 'true' ? 'Yes' : 'No';
    const label = element('span', { dir: 'auto', class: 'value' }, shownAs);
    return element('label', {}, box, label, element('span', { class: 'number' }, count(documents)));
  });
  const rest = shown.length - cut.length;
  const more =
    rest > 0 && button(`${count(rest)} more`, { class: 'more', 'data-key': `${name} more` }, () => onWhole(name));
  return [...rows, ...(more === false ? [] : [more])];
}

function rangeParts({ name, kind }: IndexAttribute, { state, facets, onChange }: FacetView): Node[] {
  const bounds = ofAttribute(state.ranges, name) ?? {};
  const stats = facets.get(name)?.stats;
  const isRanged = bounds.min !== undefined || bounds.max !== undefined;
  if (!isRanged && (stats === undefined || stats.min === stats.max)) return [];
  const written = (value: number | undefined): string =>
    value === undefined ? '' : kind === 'date' ? dayOf(value) : String(value);
  const input = (end: keyof Bounds, label: string): HTMLInputElement => {
    const made = element('input', {
      ...(kind === 'date'
        ? { type: 'date', min: written(stats?.min), max: written(stats?.max) }
        : { type: 'number', step: 'any', placeholder: written(stats?.[end]) }),
      value: bounds[end],
      'aria-label': `${labelOf(name)}, ${label}`,
      'data-key': `${name} ${end}`,
    });
    made.addEventListener('change', () => onChange(bounded(state, name, { ...bounds, [end]: made.value })));
    return made;
  };
  return [element('div', { class: 'range' }, input('min', 'least'), element('span', {}, 'to'), input('max', 'most'))];
}

/** What is chosen, each to be taken away. */
export function renderChosen(state: PageState, onChange: (state: PageState) => void): HTMLElement[] {
  const values = Object.entries(state.chosen).flatMap(([name, chosen]) =>
    chosen.map(value => ({ text: `${labelOf(name)}: ${value}`, without: toggled(state, name, value) })),
  );
  const ranges = Object.entries(state.ranges).map(([name, { min, max }]) => ({
    text: `${labelOf(name)}: ${[min && `from ${min}`, max && `to ${max}`].filter(Boolean).join(' ')}`,
    without: bounded(state, name, {}),
  }));
  return [...values, ...ranges].map(({ text, without }) =>
    button(text, { class: 'chosen', dir: 'auto', 'aria-label': `Without ${text}`, 'data-key': `- ${text}` }, () =>
      onChange(without),
    ),
  );
}
