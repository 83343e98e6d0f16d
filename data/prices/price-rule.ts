import type { DecimalMark } from './price-number.js';
import { readPrice } from './read-price.js';

/** What a column of prices shows. */
export interface PriceEvidence {
  /** the mark before the fraction that prices of two readings (`1,234`) are read by */
  readonly decimal: DecimalMark;
  /** prices that show a point, and a comma, before their fraction */
  readonly shown: Readonly<Record<DecimalMark, number>>;
  /** prices that could be read both ways; decided by the others, or else taken as thousands */
  readonly ambiguous: number;
  /** such a price as it stands */
  readonly example?: string;
  readonly prices: number;
  /** currency -> how many prices name it */
  readonly currencies: ReadonlyMap<string, number>;
  /** values that are no price: how many, and the first with where it stands */
  readonly unreadable: number;
  readonly firstUnreadable?: { readonly location: string; readonly text: string };
  /** every price is a whole number without a currency, and most are above 1000: they may be in cents */
  readonly maybeMinor: boolean;
}

/** Gathers what a column of prices shows, value by value. */
export interface PriceWatch {
  /** @param location  asked for where the value cannot be read */
  add(value: unknown, location: () => string): void;
  evidence(): PriceEvidence;
}

export function watchPrices(): PriceWatch {
  const shown = { point: 0, comma: 0 };
  const currencies = new Map<string, number>();
  let prices = 0;
  let ambiguous = 0;
  // read as thousands: how many say that the mark before a fraction would be this one
  const thousands = { point: 0, comma: 0 };
  let example: string | undefined;
  let unreadable = 0;
  let firstUnreadable: PriceEvidence['firstUnreadable'];
  let whole = 0;
  let large = 0;
  return {
    add(value, location) {
      const read = readPrice(value);
      if (read === 'none') return;
      if (read === 'unreadable') {
        firstUnreadable ??= { location: location(), text: textOf(value) };
        unreadable++;
        return;
      }
      prices++;
      if (read.currency !== undefined) currencies.set(read.currency, (currencies.get(read.currency) ?? 0) + 1);
      const { point, comma } = read.amounts;
      if (read.decimal !== undefined) shown[read.decimal]++;
      if (point !== comma) {
        ambiguous++;
        example ??= textOf(value);
        thousands[point > comma ? 'point' : 'comma']++;
      }
      if (Number.isInteger(point)) whole++;
      if (point > 1000) large++;
    },
    evidence: () => ({
      decimal: decimalOf(shown, thousands),
      shown: { ...shown },
      ambiguous,
      example,
      prices,
      currencies,
      unreadable,
      firstUnreadable,
      maybeMinor: prices > 0 && currencies.size === 0 && whole === prices && large * 2 > prices,
    }),
  };
}

/** The mark that most prices show; where none shows any, the one that makes thousands of three digits. */
function decimalOf(
  shown: Readonly<Record<DecimalMark, number>>,
  thousands: Readonly<Record<DecimalMark, number>>,
): DecimalMark {
  const votes = shown.point === shown.comma ? thousands : shown;
  return votes.comma > votes.point ? 'comma' : 'point';
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 64);
