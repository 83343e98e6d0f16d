import { parseExactJson } from '../../src/text/exact-json.js';
import { currencyAsWritten, currencyOf } from './currency.js';
import { type DecimalMark, readNumber, type WrittenNumber } from './price-number.js';

export interface Price {
  readonly amount: number;
  /** code of ISO 4217, or `$`, `¥`, `kr` as they stand */
  readonly currency?: string;
}

/** A price whose amount waits for the mark of its column. */
export interface WrittenPrice extends WrittenNumber {
  readonly currency?: string;
}

/** What a cell says about a price: a price, that there is none, or nothing that can be read. */
export type PriceReading = WrittenPrice | 'none' | 'unreadable';

/** Words that say that there is no price. */
const noPrice =
  /^(?:n\/?a|nan|none|null|-+|–|—|\?|tbd|tba|on request|price on request|auf anfrage|preis auf anfrage|sur demande|prix sur demande|su richiesta|bajo pedido|a consultar|sob consulta|op aanvraag|call|call for price|要問合せ|お問い合わせ|面议|未定)$/i;

const free = /^(?:free|gratis|kostenlos|kostenfrei|gratuit|gratuito|無料|免费)$/i;

/** Words beside an amount that do not change it. */
const lead =
  /^(?:ab|nur|from|only|starting at|dès|à partir de|desde|a partir de|da|od|vanaf|fra|från|от|约|uvp|rrp|msrp)\s+/i;
const tail =
  /\s*(?:\(?(?:incl?\.?|inkl\.?|excl\.?|zzgl\.?|plus) (?:vat|tax|mwst\.?|tva|iva|btw|moms)\)?|ttc|ht|税込|税抜|起)$/i;
const between = /\s*(?:\s-\s|-|–|—|~|〜|\sto\s|\sbis\s|\sà\s|\sa\s)\s*/;

const amountKeys = ['amount', 'value', 'price', 'gross', 'net'];
const currencyKeys = ['currency', 'currencyCode', 'currency_code', 'priceCurrency', 'unit'];

/**
 * Reads a price as people write it: `19,90`, `€19.90`, `1.234,56 €`, `CHF 12.-`, `{"EUR": 10}`, `{"amount": "10.00", "currency": "EUR"}`,
 * `{"centAmount": 1990, "currencyCode": "EUR"}`; of a range (`$5 - $9`) and of several prices the lowest.
 */
export function readPrice(value: unknown): PriceReading {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'number') return Number.isFinite(value) ? { amounts: { point: value, comma: value } } : 'none';
  if (typeof value === 'string') return readText(value.normalize('NFKC').trim());
  if (Array.isArray(value)) return lowest(value.map(readPrice));
  return typeof value === 'object' ? readObject(new Map(Object.entries(value))) : 'unreadable';
}

/** The price by the mark of its column. @param minorUnits  what amounts are divided by, 100 for cents */
export function priceOf({ amounts, currency }: WrittenPrice, decimal: DecimalMark, minorUnits = 1): Price {
  const amount = amounts[decimal] / minorUnits;
  return currency === undefined ? { amount } : { amount, currency };
}

function readText(text: string): PriceReading {
  if (text === '' || noPrice.test(text)) return 'none';
  if (/^[[{]/.test(text)) return readJson(text);
  if (free.test(text)) return { amounts: { point: 0, comma: 0 } };
  const plain = text.replace(lead, '').replace(tail, '');
  const one = readAmount(plain);
  if (one !== undefined) return one;
  const parts = plain.split(between).map(part => readAmount(part));
  if (parts.length !== 2) return 'unreadable';
  const [low, high] = parts;
  if (low === undefined || high === undefined) return 'unreadable';
  const found = lowest([low, high]);
  const currency = low.currency ?? high.currency;
  return typeof found === 'string' || currency === undefined ? found : { ...found, currency };
}

function readJson(text: string): PriceReading {
  try {
    return readPrice(parseExactJson(text));
  } catch {
    return 'unreadable';
  }
}

/** A number with a currency before it, behind it, or none, and nothing else: `12.99 USD`, `€ 5,50`. */
export const amountOf = (text: string): WrittenPrice | undefined =>
  readAmount(text.normalize('NFKC').trim(), currencyAsWritten);

function readAmount(text: string, known = currencyOf): WrittenPrice | undefined {
  const bare = readNumber(text);
  if (bare !== undefined) return bare;
  const found = /^(\D*?)\s*([+\-\u2212]?\d(?:.*\d)?(?:[.,:][-\u2013\u2014]{1,2})?)\s*(\D*)$/su.exec(text);
  if (found === null) return undefined;
  const [, before, amount, behind] = found;
  const written = readNumber(amount);
  const names = [before, behind].map(part => part.trim()).filter(part => part !== '');
  const currencies = names.map(known);
  const [currency] = currencies;
  if (written === undefined || currency === undefined || currencies.some(other => other !== currency)) return undefined;
  return { ...written, currency };
}

function readObject(entries: ReadonlyMap<string, unknown>): PriceReading {
  const currency = currencyKeys.map(key => entries.get(key)).find(value => typeof value === 'string');
  const named = currency === undefined ? {} : { currency: currencyOf(String(currency)) ?? String(currency) };
  const cents = entries.get('centAmount');
  if (typeof cents === 'number') {
    const digits = entries.get('fractionDigits');
    const amount = cents / 10 ** (typeof digits === 'number' ? digits : 2);
    return { amounts: { point: amount, comma: amount }, ...named };
  }
  const key = amountKeys.find(name => entries.has(name));
  if (key !== undefined) {
    const read = readPrice(entries.get(key));
    return typeof read === 'string' ? read : { ...read, ...named };
  }
  const [first] = [...entries].filter(([name]) => currencyOf(name) !== undefined);
  if (first === undefined) return entries.size === 0 ? 'none' : 'unreadable';
  const read = readPrice(first[1]);
  return typeof read === 'string' ? read : { ...read, currency: currencyOf(first[0]) };
}

/** The lowest of several; of two that read differently by the mark the one that is lower by either. */
function lowest(readings: readonly PriceReading[]): PriceReading {
  const prices = readings.filter(reading => typeof reading !== 'string');
  if (prices.length === 0) return readings.includes('unreadable') ? 'unreadable' : 'none';
  return prices.reduce((low, price) => (price.amounts.point < low.amounts.point ? price : low));
}
