import type { ColumnType, ColumnTypes } from '../../src/config/mapping.js';
import { amountOf } from '../prices/read-price.js';
import { longestValue, quoted } from './typed-value.js';
import { isInStyle, markOf, type NumberStyle, type PlainStyle, saysNoNumber, tellsStyle } from './written-number.js';

/** What the values of a column have shown. */
interface Seen {
  values: number;
  booleans: number;
  /** values that may be numbers of articles */
  articles: number;
  /** values that stand for none in a column of numbers, and the first of them */
  absent: number;
  firstAbsent?: string;
  /** other values without any digit, and the first of them */
  words: number;
  firstWord?: Found;
  /** currencies that amounts name */
  readonly currencies: Set<string>;
  /** values that are written in a style, and those that tell it */
  readonly inStyle: Record<NumberStyle, number>;
  readonly telling: Record<NumberStyle, number>;
  /** the first that is not in a style */
  readonly others: Partial<Record<NumberStyle, Found>>;
}

/** A value and its row. */
interface Found {
  readonly value: string;
  readonly line: number;
}

/** Learns the types of text columns from all of their values. */
export interface ColumnTyper {
  see(line: number, column: string, cell: string): void;
  /** types of the columns that are not text */
  types(): ColumnTypes;
  /** how the numbers of a column are written, where not as programs do */
  styles(): ReadonlyMap<string, NumberStyle>;
  /** columns of numbers of which single values stay text */
  mixed(): ReadonlySet<string>;
  /** what was told by the values, in sentences for people */
  notes(): string[];
}

const booleanText = /^(?:true|false)$/i;

/** Columns of which at least this share are numbers are worth a word when they stay text. */
const nearlyAll = 0.9;
/** Of so many values of a column of numbers one may be a word (`ask us`): it stays one. */
const numbersToAWord = 100;

/** Names of columns whose numbers are codes, which people look for by their digits. */
const namesCode =
  /(?:^|[\s_.:-])(?:gtin|ean|upc|isbn|issn|asin|sku|mpn|barcode|zip|plz|postcode|postal_?code|phone|telephone|telefon|tel|fax)(?:[\s_.:-]?(?:\d{1,2}|code|nr|no|number))?$/i;
/** Articles all over the world have numbers of so many digits; a column of nothing else is no measure. */
const isArticleNumber = (value: string): boolean => /^(?:\d{8}|\d{12,14})$/.test(value) && !isDay.test(value);
/** 20240531 */
const isDay = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;

/** Those that have to be told stand behind the one that needs no telling. */
const plainStyles: readonly PlainStyle[] = ['plain', 'decimalComma', 'groupedByComma'];
const amountStyles = ['amountPoint', 'amountComma'] as const;
const styles: readonly NumberStyle[] = [...plainStyles, ...amountStyles];

/** @returns undefined for a column that is not numbers alone */
function styleOf(seen: Seen): NumberStyle | undefined {
  const { values, absent, articles, words, inStyle, currencies } = seen;
  if (values === absent || articles + absent === values || words * numbersToAWord > values) return undefined;
  const fits = tellingStyles(seen).filter(style => inStyle[style] + absent + words === values);
  return plainStyles.find(style => fits.includes(style)) ?? (currencies.size === 1 ? markedAs(seen, fits) : undefined);
}

const isAmount = (style: NumberStyle): boolean => style.startsWith('amount');

/** Styles that the values speak for: an amount is told by its currency, whatever its mark. */
const tellingStyles = ({ telling, currencies }: Seen): readonly NumberStyle[] =>
  styles.filter(style => style === 'plain' || (isAmount(style) ? currencies.size > 0 : telling[style] > 0));

/** Of amounts that can be read both ways most tell the mark. */
const markedAs = ({ telling }: Seen, among: readonly NumberStyle[]): NumberStyle | undefined =>
  amountStyles
    .filter(style => among.includes(style))
    .sort((a, b) => telling[b] - telling[a])
    .at(0);

/** The style that most values are in, of those that they tell. */
const mostOf = (seen: Seen): NumberStyle =>
  tellingStyles(seen).reduce((most, style) => (seen.inStyle[style] > seen.inStyle[most] ? style : most));

/**
 * A column is numbers, or true and false, where every value is; white space around one does not count, an empty cell is no value, and among numbers
 * `n/a` and the like are none either. Numbers with a comma are those of a column that shows what its commas mean. Amounts of one currency are numbers. Among a
 * hundred numbers one may be a word, which stays as it is.
 * @param given  types of columns that are known
 * @param readsAmounts  whether amounts that name their currency can be numbers
 */
export function createColumnTyper(given: ColumnTypes, readsAmounts = true): ColumnTyper {
  const columns = new Map<string, Seen>();
  const seenOf = (column: string): Seen => {
    const found = columns.get(column);
    if (found !== undefined) return found;
    const none = { plain: 0, decimalComma: 0, groupedByComma: 0, amountPoint: 0, amountComma: 0 };
    const counts = { values: 0, booleans: 0, articles: 0, absent: 0, words: 0 };
    const seen: Seen = { ...counts, currencies: new Set(), inStyle: { ...none }, telling: { ...none }, others: {} };
    columns.set(column, seen);
    return seen;
  };
  const named = (holds: (seen: Seen) => boolean): string[] =>
    [...columns].filter(([column, seen]) => !Object.hasOwn(given, column) && holds(seen)).map(([column]) => column);
  const numbers = (): string[] => named(seen => styleOf(seen) !== undefined);
  const booleans = (): string[] => named(({ values, booleans }) => booleans === values);
  return {
    see: (line, column, cell) => {
      if (Object.hasOwn(given, column) ? given[column] !== 'number' : namesCode.test(column)) return;
      const value = cell.trim();
      if (value === '') return;
      const seen = seenOf(column);
      seen.values++;
      lookAt(line, value, seen);
      if (readsAmounts && !saysNoNumber(value)) lookAtAmount(line, value, seen);
    },
    types: () => ({ ...typed(numbers(), 'number'), ...typed(booleans(), 'boolean') }),
    styles: () =>
      new Map(
        [...columns].flatMap(([column, seen]) => {
          // where a column is given as numbers, those that cannot be read are no matter of the others
          const style = Object.hasOwn(given, column) ? mostOf(seen) : styleOf(seen);
          return style === undefined || style === 'plain' ? [] : [[column, style] as const];
        }),
      ),
    mixed: () => new Set(numbers().filter(column => seenOf(column).words > 0)),
    notes: () => {
      const told = [
        ...(numbers().length === 0 ? [] : [`as numbers: ${numbers().map(describe).join(', ')}`]),
        ...(booleans().length === 0 ? [] : [`as true/false: ${booleans().join(', ')}`]),
      ];
      const texts = named(seen => styleOf(seen) === undefined);
      const several = texts.filter(column => hasSeveral(seenOf(column)));
      const mixed = texts.flatMap(column => {
        const { values, absent, inStyle, others } = seenOf(column);
        const most = styles.reduce((a, b) => (inStyle[b] > inStyle[a] ? b : a));
        const other = others[most] ?? others.plain;
        return !several.includes(column) &&
          inStyle[most] > 0 &&
          inStyle[most] + absent >= nearlyAll * values &&
          other !== undefined
          ? [`${column} (row ${other.line}: "${other.value.slice(0, longestValue)}")`]
          : [];
      });
      return [
        ...(told.length === 0 ? [] : [`columns read ${told.join('; ')}`]),
        ...(mixed.length === 0 ? [] : [`read as text, for not every value is a number: ${mixed.join(', ')}`]),
        ...(several.length === 0
          ? []
          : [`read as text, for the amounts are in several currencies: ${several.map(currenciesOf).join(', ')}`]),
      ];
    },
  };

  function currenciesOf(column: string): string {
    return `${column} (${[...seenOf(column).currencies].sort().join(', ')})`;
  }

  function describe(column: string): string {
    const { absent, firstAbsent, words, firstWord, currencies, ...seen } = seenOf(column);
    const style = styleOf(seenOf(column)) ?? 'plain';
    const parts = [
      ...(isAmount(style) ? [`amounts in ${[...currencies].join(', ')}`] : []),
      ...(commas[style] !== undefined && seen.telling[style] > 0 ? [commas[style]] : []),
      ...(absent === 0 ? [] : [`"${firstAbsent}" is none`]),
      ...(firstWord === undefined
        ? []
        : [`${quoted(firstWord.value)} in row ${firstWord.line}${more(words - 1)} text`]),
    ];
    return parts.length === 0 ? column : `${column} (${parts.join(', ')})`;
  }
}

const commas: Partial<Record<NumberStyle, string>> = {
  decimalComma: 'comma before the fraction',
  groupedByComma: 'commas between thousands',
  amountComma: 'comma before the fraction',
};
const more = (others: number): string => (others === 0 ? ' stays' : ` and ${others} more stay`);

/** Amounts of nothing else that would be numbers, were they of one currency. */
const hasSeveral = (seen: Seen): boolean =>
  seen.currencies.size > 1 && styleOf({ ...seen, currencies: new Set(['']) }) !== undefined;

function lookAt(line: number, value: string, seen: Seen): void {
  if (saysNoNumber(value)) {
    seen.absent++;
    seen.firstAbsent ??= value;
    return;
  }
  if (!/\p{N}/u.test(value)) {
    seen.words++;
    seen.firstWord ??= { value, line };
  }
  if (isArticleNumber(value)) seen.articles++;
  if (booleanText.test(value)) seen.booleans++;
  for (const style of plainStyles) {
    if (isInStyle(value, style)) {
      seen.inStyle[style]++;
      if (style !== 'plain' && tellsStyle(value, style)) seen.telling[style]++;
    } else seen.others[style] ??= { value, line };
  }
}

function lookAtAmount(line: number, value: string, seen: Seen): void {
  const amount = value.length > longestValue ? undefined : amountOf(value);
  if (amount?.currency !== undefined) seen.currencies.add(amount.currency);
  for (const style of amountStyles) {
    const mark = markOf[style];
    if (amount === undefined || (amount.decimal ?? mark) !== mark) {
      seen.others[style] ??= { value, line };
      continue;
    }
    seen.inStyle[style]++;
    const { point, comma } = amount.amounts;
    // what can be read both ways is thousands rather than fractions of a thousandth
    const isTold = amount.decimal === mark || (point !== comma && Math.max(point, comma) === amount.amounts[mark]);
    if (isTold) seen.telling[style]++;
  }
}

const typed = (columns: readonly string[], type: ColumnType): ColumnTypes =>
  Object.fromEntries(columns.map(column => [column, type]));
