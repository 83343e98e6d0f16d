import type { DocumentRow } from '../../src/config/rows.js';
import type { Random } from '../../src/math/random.js';
import type { FilterClause } from '../../src/query/filter.js';

export const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)];

const keys = ['a', 'b', 'c.d', 'é', '__proto__', '', 'constructor', '心', '\ud800', 'lat'];
const codes = [
  '4006381333931',
  'EAN 4006381333931',
  '63813339',
  '12/34567',
  '34567 mm',
  '½4567',
  '²34567',
  '٣34567',
  'ab-34567x',
  '1,234567',
];
const words = [
  'Red Shoes',
  'red shoe rack',
  'RÉD',
  'The',
  'the On',
  'on',
  'state of the art',
  'state-of-the-art',
  'shoes red',
  ...codes,
  'ÀÉ straße',
  'àé STRASSE',
  'ΟΔΟΣ',
  'οδός',
  'İstanbul',
  'ISTANBUL',
  '𐐀𐐨',
  'K*9\\?',
];
const texts = [
  'x',
  'y',
  '',
  '1',
  'true',
  'é',
  '😀',
  '\ud800',
  '￿',
  'x'.repeat(256),
  'x'.repeat(257),
  `${'x'.repeat(300)}y`,
  'null',
  ...words,
];
const dates = [
  '2024-02-29',
  '2024-02-29T23:59:59Z',
  '2024-03-01T00:30:00+01:00',
  '1969-12-31T23:59:59.999Z',
  '0033-04-03',
];
const notDates = ['2023-02-29', '2024-13-01', '2024-02', 'today'];
const numbers = [0, -0, 1, -1, 1.5, 2, 1e300, -1e300, Number.MAX_SAFE_INTEGER, 5e-324, 86_400_000];
const degrees = (random: Random, most: number): number =>
  random.next() < 0.2 ? pick(random, [-most, most, 0]) : (random.below(8 * most + 1) - 4 * most) / 4;

export const randomPoint = (random: Random): { lat: number; lon: number } => ({
  lat: degrees(random, 90),
  lon: degrees(random, 180),
});

function randomScalar(random: Random): unknown {
  const kind = random.below(8);
  if (kind < 2) return pick(random, texts);
  if (kind === 2) return pick(random, random.next() < 0.8 ? dates : notDates);
  if (kind < 5) return pick(random, numbers);
  if (kind === 5) return random.next() < 0.5;
  return kind === 6 ? randomPoint(random) : pick(random, [null, { lat: 91, lon: 0 }, { lat: '1', lon: 1 }]);
}

function randomValue(random: Random, depth: number): unknown {
  const kind = random.next();
  if (kind < 0.6 || depth === 3) return randomScalar(random);
  if (kind < 0.8) return Array.from({ length: random.below(4) }, () => randomValue(random, depth + 1));
  return randomObject(random, depth + 1);
}

const randomObject = (random: Random, depth: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: random.below(4) }, () => [pick(random, keys), randomValue(random, depth)]));

/** Nested, with lists, all types under one path, and keys that are no ordinary ones. */
export function randomDocument(random: Random, id: string): DocumentRow {
  const attributes = Object.entries(randomObject(random, 0));
  // every key its own property, also one named __proto__
  return Object.fromEntries([...attributes, ['id', id], ['title', 'lamp']]) as DocumentRow;
}

const fields = [
  'a',
  'b',
  'c.d',
  'a.b',
  'a.c.d',
  'é',
  '__proto__',
  'a.__proto__',
  '',
  'a.',
  'constructor',
  '心',
  '\ud800',
  'lat',
  'b.a.b',
  'id',
  'nowhere',
];

export const randomField = (random: Random): string => pick(random, fields);

/** A text as it is, a part of it, or with signs in it. */
function randomPattern(random: Random): string {
  const text = pick(random, [...texts, ...dates, 'd1'])
    .slice(0, 20)
    .toWellFormed();
  const cut = random.below(text.length + 1);
  const parts = [text, text.slice(0, cut), text.slice(cut), text.toUpperCase(), text.toLowerCase()].map(part =>
    part.toWellFormed(),
  );
  const signs = ['*', '?', '**', '*?', '', '\\*', '\\', 's', '|'];
  const written = Array.from({ length: 1 + random.below(4) }, () =>
    random.next() < 0.5 ? pick(random, parts) : pick(random, signs),
  ).join('');
  return written === '' ? '*' : written;
}

function textClause(random: Random, field: string): FilterClause {
  const condition = {
    field,
    values: Array.from({ length: 1 + random.below(3) }, () => randomPattern(random)),
    ...(random.next() < 0.6 && { ignoreCase: true }),
  };
  if (random.next() < 0.5) return { like: condition };
  const values = condition.values.map(value => value.slice(0, 3).toWellFormed());
  return { prefix: { ...condition, values } };
}

/** A clause of any kind over the same values. */
export function randomClause(random: Random, depth = 0): FilterClause {
  const field = randomField(random);
  const kind = random.below(depth < 3 ? 11 : 8);
  if (kind === 7) return textClause(random, field);
  if (kind === 0) {
    const values = Array.from({ length: 1 + random.below(3) }, () =>
      pick(random, [...texts, ...dates, ...numbers, true, false, 'd1', 'd7']),
    );
    return { terms: { field, values, ...(random.next() < 0.3 && { ignoreCase: true }) } };
  }
  if (kind === 1) return { exists: { field } };
  if (kind === 2) {
    const bounds = [pick(random, numbers), pick(random, numbers)].sort((a, b) => a - b);
    return { range: { field, ...(random.next() < 0.8 && { min: bounds[0] }), max: bounds[1] } };
  }
  if (kind === 3)
    return { range: { field, ...(random.next() < 0.7 && { min: pick(random, dates) }), max: pick(random, dates) } };
  if (kind === 4) {
    const within = random.next() < 0.1 ? 0 : 10 ** (1 + 6.4 * random.next());
    return { geoDistance: { field, ...randomPoint(random), within } };
  }
  if (kind === 5) {
    const [south, north] = [degrees(random, 90), degrees(random, 90)].sort((a, b) => a - b);
    return { geoBox: { field, south, north, east: degrees(random, 180), west: degrees(random, 180) } };
  }
  if (kind === 6)
    return {
      words: {
        field,
        values: Array.from({ length: 1 + random.below(2) }, () =>
          pick(random, [...words, '1', 'true', 'd1', 'x', '1.5']),
        ),
      },
    };
  if (kind === 10) {
    const filter = Array.from({ length: 1 + random.below(2) }, () => randomClause(random, depth + 1));
    return { nested: { path: pick(random, ['a', 'b', 'a', 'b', 'a.b', 'b.a', 'a.a', 'c.d', 'é', 'nowhere']), filter } };
  }
  if (kind === 8) return { not: randomClause(random, depth + 1) };
  return { any: Array.from({ length: random.below(4) }, () => randomClause(random, depth + 1)) };
}
