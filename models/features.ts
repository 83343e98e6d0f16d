import type { TowersConfig } from '../src/config/towers.js';
import { murmur3 } from '../src/text/murmur3.js';
import { createTermFinder } from '../src/text/term-finder.js';
import { type AttributeVocabulary, attributeFeatures } from './attributes.js';
import { createCentring } from './centre-image.js';
import type { ChannelSource, Tower } from './channels.js';
import { fillTemplate } from './document-text.js';

/** Vectors of the images of one example, float32 [W] each. */
export type ImageFeatures = readonly Float32Array[];

/** Feature ids, of which repeated ones count, or the images of a channel of them. */
export type ChannelFeatures = Int32Array | ImageFeatures;

/** What one example has for each channel of a tower, in the tower's order. */
export type Features = readonly ChannelFeatures[];

/** What a tower reads of a row. */
export interface TowerRow extends Readonly<Partial<Record<ChannelSource, string>>> {
  readonly images?: ImageFeatures;
  /** fields by name; whatever a row may hold */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** The part of a tokenizer that features need. */
export interface TokenEncoder {
  /** ids with the start token, at most maxTokens of them */
  encode(text: string, maxTokens: number): ArrayLike<number>;
  /** ids that stand for no text: start, unknown and the like */
  readonly specialIds: ReadonlySet<number>;
}

export interface FeatureOptions {
  readonly towers: TowersConfig;
  /** countries that have a row of the country table; any other takes row 0 */
  readonly countries: readonly string[];
  /** by field; one that is not named here is read as categories */
  readonly attributes?: Readonly<Record<string, AttributeVocabulary>>;
  readonly tokenizer?: TokenEncoder;
  /** taken out of every image vector; see meanImage */
  readonly imageMean?: readonly number[];
  readonly maxTokens: number;
  /** told of every text and what was read of it */
  readonly onText?: (text: string, ids: Int32Array) => void;
}

/** Turns the rows of one tower into feature ids. */
export type FeatureExtractor = (row: TowerRow) => Features;

/** Seeds of MurmurHash3 that keep the two hashed vocabularies apart. */
const hashSeed = { trigram: 0x7472, word: 0x776f } as const;

const ideograph = /\p{Script=Han}/u;

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

/** Terms, and beside them single ideographs, since a Chinese or Japanese query is often one sign of a longer word. */
function hashWords(words: readonly string[], buckets: number): Int32Array {
  const ids: number[] = [];
  const add = (word: string): void => void ids.push(murmur3(word, hashSeed.word) % buckets);
  for (const word of words) {
    add(word);
    if (word.length > 1 && ideograph.test(word)) for (const sign of word) if (ideograph.test(sign)) add(sign);
  }
  return Int32Array.from(ids);
}

/** Anything but punctuation, white space and signs without a shape. */
const content = /[^\p{P}\p{Z}\p{C}]/u;

/**
 * Makes the function that gives the tokens of a text, none where the vocabulary can read nothing in it: nothing but punctuation or unknown signs.
 * A transformer makes a vector of its special tokens alone too, but that says nothing about the text.
 */
function createTokenFinder(
  tokenizer: TokenEncoder,
  { textPrefix: prefix, lowerCase }: Tower['encoder'],
  { maxTokens, onText }: Pick<FeatureOptions, 'maxTokens' | 'onText'>,
) {
  const cased = (text: string): string => (lowerCase ? text.toLowerCase() : text);
  const encode = (text: string): Int32Array => Int32Array.from(tokenizer.encode(text, maxTokens));
  // some imported vocabularies give a word mark for white space
  const empty = new Set([...tokenizer.specialIds, ...encode(' ')]);
  const read = (ids: Int32Array): number => ids.filter(id => !empty.has(id)).length;
  const ofPrefix = prefix === '' ? 0 : read(encode(cased(prefix)));
  return (value: string): Int32Array => {
    if (!content.test(value)) return new Int32Array(0);
    const text = cased(prefix + value);
    const ids = encode(text);
    // a prefix may melt into what follows: where the count leaves it open, the text alone tells
    const more = read(ids) - ofPrefix;
    const isRead = prefix === '' || more > 2 ? more > 0 : read(encode(cased(value))) > 0;
    if (!isRead) return new Int32Array(0);
    onText?.(text, ids);
    return ids;
  };
}

/**
 * Whether a tower has something to embed: a country alone is no query, and no document.
 * @param features  of one example, in the tower's order
 */
export const isReadable = ({ channels }: Tower, features: Features): boolean =>
  channels.some(({ table }, c) => table !== 'country' && features[c].length > 0);

/**
 * Makes the extractor of one tower. A text without anything legible has no features.
 * Row 0 of the country table stands for every country that is unknown or not given.
 */
export function createFeatureExtractor(tower: Tower, options: FeatureOptions): FeatureExtractor {
  const { towers, tokenizer } = options;
  const termsOf = createTermFinder(towers.language);
  const centre = createCentring(options.imageMean);
  const attributeVocabularies = new Map(Object.entries(options.attributes ?? {}));
  const countryRow = new Map(options.countries.map((country, i) => [country, i + 1]));
  const tokensOf = tokenizer && createTokenFinder(tokenizer, tower.encoder, options);
  const needsTerms = new Set(
    tower.channels.flatMap(c => (c.table === 'trigram' || c.table === 'word' ? [c.source] : [])),
  );
  return row => {
    const terms = new Map<ChannelSource, string[]>();
    for (const source of needsTerms) terms.set(source, termsOf(row[source] ?? ''));
    return tower.channels.map((channel): ChannelFeatures => {
      if (channel.kind === 'images') return (row.images ?? []).slice(0, towers.image.limit).map(centre);
      const { table, source } = channel;
      if (table === 'country') return Int32Array.of(countryRow.get(row.country ?? '') ?? 0);
      if (table === 'trigram') return hashTrigrams(terms.get(source)!, towers.trigramBuckets);
      if (table === 'word') return hashWords(terms.get(source)!, towers.wordBuckets);
      if (table === 'attribute') {
        const known = attributeVocabularies.get(source.attribute);
        return attributeFeatures(source.attribute, row.attributes, known, towers.attributeBuckets);
      }
      const text = typeof source === 'string' ? row[source] : fillTemplate(source.template, row.attributes ?? {});
      return tokensOf?.(text ?? '') ?? new Int32Array(0);
    });
  };
}
