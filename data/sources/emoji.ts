import type { DocumentRow, PairRow, QueryRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { JudgedQueries } from '../prepared-files.js';
import { judge } from '../qrels.js';
import { queryId, type SplitShares } from '../split.js';
import { createTypedWordSplitter } from '../words.js';
import { type Annotation, holds, readAnnotations } from './emoji-annotations.js';
import { type Keyword, splitKeywords } from './emoji-keywords.js';
import { type EmojiLocale, emojiLocales, fastEmojiLocales } from './emoji-locales.js';
import { type EmojiPictures, emojiCode, openEmojiPictures } from './emoji-pictures.js';

export interface EmojiOptions {
  /** locales, from `emojiLocales`; all of them (with `fast`: four) when absent */
  readonly locales?: readonly string[];
  /** every third emoji only */
  readonly fast: boolean;
  readonly shares: SplitShares;
  readonly seed: number;
}

/** Where a held-out query belongs. */
export interface EmojiSlice {
  readonly locale: string;
  readonly group: string;
  /** 'some' when a word of the query stands in the title of a wanted document, else 'none' */
  readonly overlap: 'some' | 'none';
}

export interface EmojiDataset {
  readonly documents: readonly DocumentRow[];
  readonly pairs: readonly PairRow[];
  readonly trainQueries: readonly QueryRow[];
  readonly validation: JudgedQueries;
  readonly test: JudgedQueries;
  /** query id -> slice, for validation and test */
  readonly slices: Readonly<Record<string, EmojiSlice>>;
}

/**
 * The data set of the demo: an emoji as a listing in one locale. Title = its short name, description = its other keywords, images = its
 * pictures; a query = a keyword, with the country and language of the locale; wanted are all emoji of the locale with this keyword.
 * Split by (keyword, locale): a held-out keyword stands in no document text and no training pair of its locale.
 * Source: Unicode CLDR annotations; docs/NOTICE-demo.md. The same options give the same data set.
 * @throws TandemError 'config/bad-value' for a locale that is not among `emojiLocales`
 */
export async function emojiDataset({ locales, fast, shares, seed }: EmojiOptions): Promise<EmojiDataset> {
  const chosen = (locales ?? (fast ? fastEmojiLocales : emojiLocales.map(({ locale }) => locale))).map(findLocale);
  const pictures = await openEmojiPictures();
  const dataset = emptyDataset();
  for (const locale of chosen) {
    const pictured = (await readAnnotations(locale)).filter(({ emoji }) => pictures.of(emoji).length > 0);
    const annotations = fast ? pictured.filter((_, i) => i % 3 === 0) : pictured;
    const keywords = splitKeywords(annotations, locale, shares, seed);
    for (const annotation of annotations) dataset.documents.push(listing(annotation, locale, keywords, pictures));
    const titles = new Map(annotations.map(({ emoji, name }) => [emoji, name.form]));
    for (const keyword of keywords.values()) addQuery(dataset, keyword, locale, titles);
  }
  return dataset;
}

const emptyDataset = () => ({
  documents: [] as DocumentRow[],
  pairs: [] as PairRow[],
  trainQueries: [] as QueryRow[],
  validation: { queries: [] as QueryRow[], qrels: new Map<string, Map<string, number>>() },
  test: { queries: [] as QueryRow[], qrels: new Map<string, Map<string, number>>() },
  slices: {} as Record<string, EmojiSlice>,
});

function findLocale(name: string): EmojiLocale {
  const found = emojiLocales.find(({ locale }) => locale === name);
  if (found !== undefined) return found;
  throw new TandemError(
    'config/bad-value',
    `locale must be one of ${emojiLocales.map(({ locale }) => locale).join(' ')}, got '${name}'`,
  );
}

const listingId = (emoji: string, { locale }: EmojiLocale): string => `${emojiCode(emoji).toUpperCase()}-${locale}`;

function listing(
  annotation: Annotation,
  locale: EmojiLocale,
  keywords: ReadonlyMap<string, Keyword>,
  pictures: EmojiPictures,
): DocumentRow {
  const { emoji, name } = annotation;
  const title = name.form;
  const words = new Set(title.split(' '));
  const inTitle = (form: string): boolean =>
    locale.spaced ? form.split(' ').every(word => words.has(word)) : title.includes(form);
  const others = annotation.keywords.filter(({ form }) => keywords.get(form)?.use === 'train' && !inTitle(form));
  return {
    id: listingId(emoji, locale),
    title: name.text,
    ...(others.length === 0 ? {} : { description: others.map(({ text }) => text).join(', ') }),
    country: locale.country,
    language: locale.locale,
    images: pictures.of(emoji),
    emoji,
  };
}

function addQuery(
  dataset: ReturnType<typeof emptyDataset>,
  keyword: Keyword,
  locale: EmojiLocale,
  titles: ReadonlyMap<string, string>,
): void {
  if (keyword.use === 'withheld') return;
  const { country, locale: language } = locale;
  const query: QueryRow = { id: queryId(keyword.text, country), text: keyword.text, country, language };
  if (keyword.use === 'train') {
    dataset.trainQueries.push(query);
    for (const emoji of keyword.emoji)
      dataset.pairs.push({ query: query.text, country, language, documentId: listingId(emoji, locale) });
    return;
  }
  const { queries, qrels } = dataset[keyword.use];
  queries.push(query);
  for (const emoji of keyword.emoji) judge(qrels, query.id, listingId(emoji, locale), 1);
  const wanted = keyword.emoji.map(emoji => titles.get(emoji) ?? '');
  dataset.slices[query.id] = {
    locale: language,
    group: locale.group,
    overlap: overlaps(keyword, wanted, locale) ? 'some' : 'none',
  };
}

function overlaps(keyword: Keyword, titles: readonly string[], locale: EmojiLocale): boolean {
  const words = locale.spaced ? keyword.form.split(' ') : createTypedWordSplitter()(keyword.form);
  return titles.some(title => words.some(word => holds(title, word, locale)));
}
