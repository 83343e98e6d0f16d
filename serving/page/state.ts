import type { SearchMode } from '../../src/search/request.js';

/** Bounds of an attribute, as they were written. */
export interface Bounds {
  readonly min?: string;
  readonly max?: string;
}

/** What somebody asks for: it stands in the address whole, so that it can be kept, sent and gone back to. */
export interface PageState {
  readonly text: string;
  /** from 0 */
  readonly page: number;
  /** `price:asc`; empty: the best first */
  readonly sort: string;
  /** values of attributes, of each of which any must hold */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
  readonly ranges: Readonly<Record<string, Bounds>>;
  /** the first that the index answers when absent */
  readonly mode?: SearchMode;
  /** country and language of who asks, parted by a space; any when empty */
  readonly place: string;
  /** whether the page shows how answers came about */
  readonly inside: boolean;
}

export const emptyState: PageState = {
  ...{ text: '', page: 0, sort: '', chosen: {}, ranges: {}, place: '', inside: false },
};

const modes: readonly string[] = ['hybrid', 'vector', 'token'] satisfies SearchMode[];
const isMode = (value: string | null): value is SearchMode => value !== null && modes.includes(value);

/** What stands under the name of an attribute, which may be any: `constructor` too. */
export const ofAttribute = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** @param search  what stands behind the `?` of an address */
export function parseState(search: string): PageState {
  const parameters = new URLSearchParams(search);
  const chosen = new Map<string, readonly string[]>();
  const ranges = new Map<string, Bounds>();
  for (const [name, value] of parameters) {
    const [, kind, attribute = ''] = /^(is|from|to)\.(.+)$/s.exec(name) ?? [];
    if (kind === 'is') chosen.set(attribute, [...(chosen.get(attribute) ?? []), value]);
    else if (kind !== undefined)
      ranges.set(attribute, { ...ranges.get(attribute), [kind === 'from' ? 'min' : 'max']: value });
  }
  const mode = parameters.get('mode');
  const page = Number(parameters.get('page') ?? 1);
  return {
    text: parameters.get('q') ?? '',
    page: Number.isInteger(page) && page >= 1 ? page - 1 : 0,
    sort: parameters.get('sort') ?? '',
    chosen: Object.fromEntries(chosen),
    ranges: Object.fromEntries(ranges),
    ...(isMode(mode) && { mode }),
    place: [parameters.get('country'), parameters.get('language')].filter(Boolean).join(' '),
    inside: parameters.get('inside') === '1',
  };
}

/** @returns what stands behind the `?`; empty where nothing is asked for */
export function formatState({ text, page, sort, chosen, ranges, mode, place, inside }: PageState): string {
  const parameters = new URLSearchParams();
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') parameters.append(name, value);
  };
  set('q', text);
  for (const [attribute, values] of Object.entries(chosen)) for (const value of values) set(`is.${attribute}`, value);
  for (const [attribute, { min, max }] of Object.entries(ranges)) {
    set(`from.${attribute}`, min);
    set(`to.${attribute}`, max);
  }
  set('sort', sort);
  set('page', page > 0 ? String(page + 1) : undefined);
  set('mode', mode);
  const [country, language] = place.split(' ');
  set('country', country);
  set('language', language);
  set('inside', inside ? '1' : undefined);
  return parameters.toString();
}

/** The same with a value of an attribute chosen, or no longer. */
export function toggled(state: PageState, attribute: string, value: string): PageState {
  const before = ofAttribute(state.chosen, attribute) ?? [];
  const after = before.includes(value) ? before.filter(each => each !== value) : [...before, value];
  const { [attribute]: _, ...others } = state.chosen;
  return { ...state, page: 0, chosen: after.length === 0 ? others : { ...others, [attribute]: after } };
}

/** The same with other bounds. */
export function bounded(state: PageState, attribute: string, bounds: Bounds): PageState {
  const { [attribute]: _, ...others } = state.ranges;
  const isBounded = Boolean(bounds.min) || Boolean(bounds.max);
  return { ...state, page: 0, ranges: isBounded ? { ...others, [attribute]: bounds } : others };
}

export const isRefined = ({ chosen, ranges }: PageState): boolean =>
  Object.keys(chosen).length + Object.keys(ranges).length > 0;
