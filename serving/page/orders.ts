import type { IndexAttribute } from '../../src/search/index-attributes.js';
import { labelOf } from './choose-attributes.js';
import { element } from './elements.js';
import type { Settings } from './settings.js';

const option = (value: string, label: string): HTMLOptionElement => element('option', { value }, label);

/** The countries that somebody may ask from. */
export function fillPlaces(list: HTMLSelectElement, places: Settings['places']): void {
  const named = places.map(({ country, language }) =>
    option([country, language].filter(Boolean).join(' '), nameOf(country, language)),
  );
  list.replaceChildren(option('', 'Any country'), ...named);
}

/** The orders that hits may stand in: by numbers and dates, either way. @returns how many beside that of the score */
export function fillOrders(list: HTMLSelectElement, attributes: readonly IndexAttribute[]): number {
  const orders = attributes
    .filter(({ kind }) => kind === 'number' || kind === 'date')
    .flatMap(({ name, kind }) => {
      const [up, down] = kind === 'date' ? ['oldest first', 'newest first'] : ['low to high', 'high to low'];
      return [option(`${name}:asc`, `${labelOf(name)}, ${up}`), option(`${name}:desc`, `${labelOf(name)}, ${down}`)];
    });
  list.replaceChildren(option('', 'Best match'), ...orders);
  return orders.length;
}

function nameOf(country: string, language: string | undefined): string {
  return [named('region', country), language && named('language', language)].filter(Boolean).join(' · ');
}

/** The English name of a country or language, or the code itself where it is none. */
function named(type: 'region' | 'language', code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type }).of(type === 'region' ? code.toUpperCase() : code) ?? code;
  } catch {
    return code;
  }
}
