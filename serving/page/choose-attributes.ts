import type { IndexAttribute } from '../../src/search/index-attributes.js';

/** Attributes that are offered to refine by at most. */
const mostOffered = 12;
/** Of the documents, that an attribute must have to be worth it. */
const leastShare = 0.02;
/** Documents that share a value on average at least: where nearly each has its own, there is nothing to choose from. */
const leastShared = 2;
/** Those that tell most first. */
const kinds: readonly IndexAttribute['kind'][] = ['text', 'number', 'date', 'boolean'];
/** What the documents tell by themselves, or what is no property of theirs. */
const passedOver = new Set(['id', 'title', 'description', 'images']);
const looksLikeId = /(?:^|[._-])(?:id|sku|ean|gtin|upc|isbn|asin)$/i;

/**
 * The attributes that people may refine by: those that many documents have and share. Those of more documents first, of as many those of fewer values.
 * @param documents  of the index
 */
export function refinable(attributes: readonly IndexAttribute[], documents: number): IndexAttribute[] {
  const isUseful = ({ name, kind, documents: having, values = 1 }: IndexAttribute): boolean =>
    !passedOver.has(name) &&
    having >= Math.max(1, leastShare * documents) &&
    (kind === 'text' ? values > 1 && having >= leastShared * values : kind === 'boolean' || !looksLikeId.test(name));
  return attributes
    .filter(isUseful)
    .toSorted(
      (a, b) =>
        b.documents - a.documents ||
        kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
        (a.values ?? 0) - (b.values ?? 0) ||
        (a.name < b.name ? -1 : 1),
    )
    .slice(0, mostOffered);
}

/** Whether a value is a place of a file, which nobody chooses by. */
export const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:[a-z]+:\/\/\S+|\S+\.(?:avif|gif|jpe?g|png|svg|webp|html?|pdf))$/i.test(value);

/** The day of a time in milliseconds, as an input of dates has it; empty for a number that is none, as one among dates may be. */
export function dayOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

/** `in_stock`, `specs.screenSize`: In stock, Screen size. */
export function labelOf(name: string): string {
  const words = name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  const level = /^lvl(\d+)$/.exec(words)?.[1];
  if (level !== undefined) return `${labelOf(name.slice(0, name.lastIndexOf('.')))} ${Number(level) + 1}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
