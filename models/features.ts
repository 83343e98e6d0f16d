import type { TowersConfig } from '../src/config/towers.js';
import { accentFold } from '../src/text/fold.js';
import { murmur3 } from '../src/text/murmur3.js';
import { normalise } from '../src/text/normalise.js';
import { createSegmenter } from '../src/text/segment.js';
import type { ChannelSource, Tower } from './channels.js';

/** Feature ids of one example, one array for each channel of a tower, in the tower's order. Repeated ids count. */
export type Features = readonly Int32Array[];

/** What a tower reads of a row. */
export type TowerRow = Readonly<Partial<Record<ChannelSource, string>>>;

/** The part of a tokenizer that features need. */
export interface TokenEncoder {
  /** ids with the start token, at most maxTokens of them */
  encode(text: string, maxTokens: number): ArrayLike<number>;
}

export interface FeatureOptions {
  readonly towers: TowersConfig;
  /** countries that have a row of the country table; any other takes row 0 */
  readonly countries: readonly string[];
  readonly tokenizer?: TokenEncoder;
  readonly maxTokens: number;
}

/** Turns the rows of one tower into feature ids. */
export type FeatureExtractor = (row: TowerRow) => Features;

/** Seeds of MurmurHash3 that keep the two hashed vocabularies apart. */
const hashSeed = { trigram: 0x7472, word: 0x776f } as const;

const ideograph = /\p{Script=Han}/u;

/** Lower-cased, accent-folded words of a text, as the token index segments them. */
export function createWordSplitter(): (text: string) => string[] {
  const segment = createSegmenter();
  const fold = accentFold('und');
  return text => {
    const normal = normalise(text, 'und').text;
    const words: string[] = [];
    segment(normal, (start, end) => words.push(fold(normal.slice(start, end))));
    return words;
  };
}

/** Character 3-grams of a word with its boundaries: `cat` -> `#ca`, `cat`, `at#`. A word of one letter gives one. */
export function wordTrigrams(word: string): string[] {
  const bounded = [...`#${word}#`];
  const trigrams: string[] = [];
  for (let i = 0; i + 3 <= bounded.length; i++) trigrams.push(bounded[i] + bounded[i + 1] + bounded[i + 2]);
  return trigrams;
}

function hashTrigrams(words: readonly string[], buckets: number): Int32Array {
  const ids: number[] = [];
  for (const word of words) for (const gram of wordTrigrams(word)) ids.push(murmur3(gram, hashSeed.trigram) % buckets);
  return Int32Array.from(ids);
}

/** Words, and beside them single ideographs, since a Chinese or Japanese query is often one sign of a longer word. */
function hashWords(words: readonly string[], buckets: number): Int32Array {
  const ids: number[] = [];
  const add = (word: string): void => void ids.push(murmur3(word, hashSeed.word) % buckets);
  for (const word of words) {
    add(word);
    if (word.length > 1 && ideograph.test(word)) for (const sign of word) if (ideograph.test(sign)) add(sign);
  }
  return Int32Array.from(ids);
}

/**
 * Makes the extractor of one tower.
 * Row 0 of the country table stands for every country that is unknown or not given.
 */
export function createFeatureExtractor(tower: Tower, options: FeatureOptions): FeatureExtractor {
  const { towers, tokenizer, maxTokens } = options;
  const split = createWordSplitter();
  const countryRow = new Map(options.countries.map((country, i) => [country, i + 1]));
  const needsWords = new Set(
    tower.channels.filter(c => c.table === 'trigram' || c.table === 'word').map(c => c.source),
  );
  return row => {
    const words = new Map<ChannelSource, string[]>();
    for (const source of needsWords) words.set(source, split(row[source] ?? ''));
    return tower.channels.map(({ table, source }) => {
      if (table === 'country') return Int32Array.of(countryRow.get(row.country ?? '') ?? 0);
      if (table === 'trigram') return hashTrigrams(words.get(source)!, towers.trigramBuckets);
      if (table === 'word') return hashWords(words.get(source)!, towers.wordBuckets);
      const value = row[source] ?? '';
      return value === '' || tokenizer === undefined
        ? new Int32Array(0)
        : Int32Array.from(tokenizer.encode(tower.encoder.textPrefix + value, maxTokens));
    });
  };
}
