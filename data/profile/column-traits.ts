import { leadsDown } from '../category-levels.js';
import { readPrice } from '../prices/read-price.js';
import { hasHtml } from '../text-of-html.js';
import { textOf } from './table-profile.js';

/** What the values of a column are like: shares in [0, 1] of its values in the sample, and means over them. */
export interface ColumnTraits {
  /** numbers, or text that is one */
  readonly numeric: number;
  readonly whole: number;
  /** true, false and their like */
  readonly switched: number;
  /** lists and objects */
  readonly structured: number;
  /** addresses: http, https, or //host */
  readonly address: number;
  /** addresses, paths and data URIs of pictures */
  readonly picture: number;
  /** countries of ISO 3166, two letters */
  readonly country: number;
  /** language tags */
  readonly language: number;
  /** dates and times, and numbers that are times since 1970 */
  readonly time: number;
  /** amounts, with a currency or without */
  readonly price: number;
  /** amounts that name a currency */
  readonly currency: number;
  /** ways down from a wider category to a narrower one: `A > B` */
  readonly leadsDown: number;
  /** with tags or named characters of HTML */
  readonly markup: number;
  /** with letters */
  readonly lettered: number;
  /** code points */
  readonly meanLength: number;
  /** parts between white space; of scripts without spaces, half the letters */
  readonly meanWords: number;
  readonly samples: number;
}

const pictureName = /\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp|svg)(?:[?#].*)?$/i;
const dated = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}|$)|^\d{1,2}[./]\d{1,2}[./]\d{4}/;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** @param values  present values of a column */
export function traitsOf(values: readonly unknown[]): ColumnTraits {
  const texts = values.map(textOf);
  const share = (holds: (text: string, value: unknown) => boolean): number =>
    values.length === 0 ? 0 : texts.filter((text, i) => holds(text, values[i])).length / values.length;
  const mean = (measure: (text: string) => number): number =>
    values.length === 0 ? 0 : texts.reduce((sum, text) => sum + measure(text), 0) / values.length;
  return {
    numeric: share(isNumeric),
    whole: share(text => /^[+-]?\d+$/.test(text.trim())),
    switched: share(text => /^(?:true|false|yes|no|ja|nein|oui|non|y|n)$/i.test(text.trim())),
    structured: share((_, value) => typeof value === 'object'),
    address: share((_, value) => firstOf(value).some(text => /^(?:https?:)?\/\/\S+$/i.test(text))),
    picture: share((_, value) => firstOf(value).some(text => isPicture(text))),
    country: share(text => /^[A-Za-z]{2}$/.test(text) && named(regions, text.toUpperCase())),
    language: share(text => /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/.test(text) && isLanguage(text)),
    time: share((text, value) => isTime(text, value)),
    price: share((_, value) => typeof readPrice(value) !== 'string'),
    currency: share((_, value) => {
      const read = readPrice(value);
      return typeof read !== 'string' && read.currency !== undefined;
    }),
    leadsDown: share((_, value) => [value].flat().some(each => typeof each === 'string' && leadsDown(each))),
    markup: share(hasHtml),
    lettered: share(text => /\p{L}/u.test(text)),
    meanLength: mean(text => Array.from(text).length),
    meanWords: mean(countWords),
    samples: values.length,
  };
}

const isNumeric = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/** The entries of a list, also of one that is written in one cell; any other value by itself. */
function firstOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.slice(0, 3).map(textOf);
  const text = textOf(value).trim();
  return text.split(/[|,;]\s*(?=https?:)|\|/).slice(0, 3);
}

const isPicture = (text: string): boolean =>
  /^data:image\//i.test(text) || (/^\S+$/.test(text) && pictureName.test(text));

function named(names: Intl.DisplayNames, code: string): boolean {
  try {
    return names.of(code) !== undefined;
  } catch {
    return false;
  }
}

const isLanguage = (text: string): boolean => named(languages, text.replaceAll('_', '-').split('-')[0].toLowerCase());

/** Numbers from 2000 to 2100 since 1970, in seconds, milliseconds, microseconds or nanoseconds. */
function isTime(text: string, value: unknown): boolean {
  if (dated.test(text)) return true;
  const number = typeof value === 'number' ? value : /^\d{9,20}$/.test(text) ? Number(text) : Number.NaN;
  return [1, 1e3, 1e6, 1e9].some(unit => number >= 946_684_800 * unit && number < 4_102_444_800 * unit);
}

function countWords(text: string): number {
  const letters = text.match(unspaced)?.length ?? 0;
  const rest = text.replace(unspaced, ' ').trim();
  return letters / 2 + (rest === '' ? 0 : rest.split(/\s+/).length);
}
