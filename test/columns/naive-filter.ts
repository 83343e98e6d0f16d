import type { DocumentRow } from '../../src/config/rows.js';
import type { FilterClause } from '../../src/query/filter.js';
import { createAnalyzer } from '../../src/text/analyzer.js';

/**
 * The oracle of filters: the plain document is walked anew for every question. All values that lie under a path, nulls left out;
 * objects are values too. @param path  null = here
 */
export function valuesAt(value: unknown, path: string | null): unknown[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(each => valuesAt(each, path));
  if (path === null) return [value];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (pointOf(value) !== undefined && (key === 'lat' || key === 'lon')) return [];
    if (path === key) return valuesAt(inner, null);
    return path.startsWith(`${key}.`) ? valuesAt(inner, path.slice(key.length + 1)) : [];
  });
}

/** Attributes of a document under a name; a document as a whole is no place on the earth. */
export const attributeValues = (document: DocumentRow, field: string): unknown[] =>
  Object.entries(document).flatMap(([key, value]) => {
    if (field === key) return valuesAt(value, null);
    return field.startsWith(`${key}.`) ? valuesAt(value, field.slice(key.length + 1)) : [];
  });

const inside = (value: unknown, most: number): boolean => typeof value === 'number' && value >= -most && value <= most;

export function pointOf(value: unknown): { lat: number; lon: number } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { lat, lon } = Object.fromEntries(Object.entries(value));
  return inside(lat, 90) && inside(lon, 180) ? { lat, lon } : undefined;
}

/** Texts that this oracle knows to be dates: those that begin as one and that JavaScript reads, given a zone. */
export function dateOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined;
  const day = value.slice(0, 10);
  if (Number.isNaN(Date.parse(day))) return undefined;
  if (new Date(day).toISOString().slice(0, 10) !== day) return undefined; // 30 February is read as a day in March
  const zoned = /T/.test(value) && !/(Z|[+-]\d\d:\d\d)$/.test(value) ? `${value}Z` : value;
  const date = Date.parse(zoned);
  return Number.isNaN(date) ? undefined : date;
}

/** Metres by the angle between the two vectors from the centre of the earth. */
export function arcLength(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const vector = ({ lat, lon }: { lat: number; lon: number }): [number, number, number] => {
    const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
  };
  const [[x, y, z], [u, v, w]] = [vector(a), vector(b)];
  const cross = Math.hypot(y * w - z * v, z * u - x * w, x * v - y * u);
  return 6_371_008.8 * Math.atan2(cross, x * u + y * v + z * w);
}

const turned = (degrees: number): number => ((degrees % 360) + 360) % 360;

const chains = ['en', 'und'].map(tag => createAnalyzer(tag));

/** The terms of a text by position, '' where one was dropped. */
function termsAt(text: string, chain: number): string[] {
  const terms: string[] = [];
  for (const { term, position } of chains[chain].analyze(text)) terms[position] = term;
  return Array.from(terms, term => term ?? '');
}

/** Whether a value holds the words of a text: in English, or where the text is stop words alone in no language. */
function holdsWords(value: unknown, wanted: string, isId: boolean): boolean {
  if (typeof value === 'boolean') return `${value}` === wanted;
  if (typeof value === 'number') return /^[-+.\d]/.test(wanted) && Number(wanted) === value;
  if (typeof value !== 'string') return false;
  if (isId) return value === wanted;
  const chain = termsAt(wanted, 0).some(term => term !== '') ? 0 : 1;
  const run = termsAt(wanted, chain);
  const words = run.slice(run.findIndex(term => term !== ''));
  if (words.length === 0) return false;
  const terms = termsAt(value.slice(0, 256), chain);
  return terms.some((_, start) => words.every((term, i) => term === '' || term === terms[start + i]));
}

/** The three letters that an I may be in Turkish are one; the rest is the case of regular expressions. */
const oneI = (text: string): string => text.replace(/[Iıİ]/g, 'i');

/** Whether a text is as a pattern says, by a regular expression; of a long one the first 256 units are read. */
export function isLike(text: string, pattern: string, ignoreCase = false): boolean {
  const signs: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };
  const source = pattern.replace(/\\[*?\\]|./gsu, sign => {
    const meant = sign.length === 2 && sign.startsWith('\\') ? sign.slice(1) : sign;
    return meant === sign && sign in signs ? signs[sign] : meant.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  const cased = ignoreCase ? oneI : (each: string) => each;
  return new RegExp(`^${cased(source)}$`, ignoreCase ? 'isu' : 'su').test(cased(text.slice(0, 256)));
}

const literal = (text: string): string => text.replace(/[*?\\]/g, '\\$&');

/** Whether a value is a text that one of the patterns fits. */
const fitsOne = (value: unknown, patterns: readonly string[], ignoreCase?: boolean): boolean =>
  typeof value === 'string' && patterns.some(pattern => isLike(value, pattern, ignoreCase));

/** Whether there is anything inside of an object but the place on the earth that it may be. */
const isFull = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(
    ([key, inner]) =>
      !(pointOf(value) !== undefined && (key === 'lat' || key === 'lon')) && valuesAt(inner, null).length > 0,
  );

/** What has values under paths: a document, or an object in it. */
interface Holder {
  readonly isDocument: boolean;
  valuesOf(path: string): unknown[];
}

export const clauseHolds = (clause: FilterClause, document: DocumentRow): boolean =>
  holds(clause, { isDocument: true, valuesOf: path => attributeValues(document, path) });

function holds(clause: FilterClause, holder: Holder): boolean {
  if ('any' in clause) return clause.any.some(inner => holds(inner, holder));
  if ('not' in clause) return !holds(clause.not, holder);
  if ('nested' in clause) {
    const { path, filter } = clause.nested;
    const objects = holder.valuesOf(path).filter(isFull);
    return objects.some(object =>
      filter.every(inner => holds(inner, { isDocument: false, valuesOf: field => valuesAt(object, field) })),
    );
  }
  const [{ field }] = Object.values(clause);
  const values = holder.valuesOf(field);
  if ('like' in clause) return values.some(value => fitsOne(value, clause.like.values, clause.like.ignoreCase));
  if ('prefix' in clause) {
    const patterns = clause.prefix.values.map(value => `${literal(value)}*`);
    return values.some(value => fitsOne(value, patterns, clause.prefix.ignoreCase));
  }
  if ('terms' in clause && clause.terms.ignoreCase)
    return values.some(value =>
      clause.terms.values.some(
        wanted =>
          wanted === value ||
          (typeof wanted === 'string' &&
            typeof value === 'string' &&
            value.length <= 256 &&
            isLike(value, literal(wanted), true)),
      ),
    );
  if ('terms' in clause) return values.some(value => clause.terms.values.some(wanted => wanted === value));
  if ('words' in clause)
    return values.some(value =>
      clause.words.values.some(wanted => holdsWords(value, wanted, field === 'id' && holder.isDocument)),
    );
  if ('exists' in clause) return values.length > 0;
  if ('range' in clause) {
    const { min = -Infinity, max = Infinity } = clause.range;
    const dates = typeof min === 'string' || typeof max === 'string';
    const [low, high] = [min, max].map(bound => dateOf(bound) ?? Number(bound));
    return values.some(value => {
      const number = dates ? dateOf(value) : typeof value === 'number' ? value : undefined;
      return number !== undefined && number >= low && number <= high;
    });
  }
  const points = values.map(pointOf).filter(point => point !== undefined);
  if ('geoDistance' in clause)
    return points.some(point => arcLength(point, clause.geoDistance) <= clause.geoDistance.within);
  const { north, south, east, west } = clause.geoBox;
  const width = west <= east ? east - west : east - west + 360;
  return points.some(
    ({ lat, lon }) => lat >= south && lat <= north && (Math.abs(lat) === 90 || turned(lon - west) <= width),
  );
}

/** Whether every clause holds for the document. */
export const filterHolds = (filter: readonly FilterClause[], document: DocumentRow): boolean =>
  filter.every(clause => clauseHolds(clause, document));
