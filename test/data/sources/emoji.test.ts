import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type EmojiDataset, emojiDataset } from '../../../data/sources/emoji.js';
import { readAnnotations } from '../../../data/sources/emoji-annotations.js';
import { emojiLocales } from '../../../data/sources/emoji-locales.js';
import { requireFrom } from '../../../src/config/optional-packages.js';

const options = { fast: false, shares: { train: 0.8, validation: 0.1, test: 0.1 }, seed: 1 };

/** Words of a text, written apart from the code under test: its own normalisation and its own way of cutting. */
const wordsOf = (text: string, locale: string): string[] =>
  text
    .normalize('NFKC')
    .toLocaleLowerCase(locale)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(word => word !== '');

const holdsRun = (words: readonly string[], run: readonly string[]): boolean =>
  words.some((_, from) => run.every((word, i) => words[from + i] === word));

describe('emojiDataset', () => {
  // one locale of every group, and the second Latin one, whose lower case is its own
  const locales = ['en', 'tr', 'ru', 'ar', 'hi', 'ko', 'zh', 'ja', 'th'];
  let dataset: EmojiDataset;

  beforeAll(async () => {
    dataset = await emojiDataset({ ...options, locales });
  }, 60_000);

  it('shows no held-out keyword in any document text or training pair of its locale', () => {
    let checked = 0;
    for (const { locale, spaced } of emojiLocales.filter(({ locale }) => locales.includes(locale))) {
      const heldOut = [...dataset.validation.queries, ...dataset.test.queries].filter(
        query => query.language === locale,
      );
      const texts = dataset.documents
        .filter(document => document.language === locale)
        .flatMap(({ title, description }) => [title, ...(description ?? '').split(', ')]);
      const trained = dataset.pairs.filter(pair => pair.language === locale).map(pair => pair.query);
      const shown = [...new Set([...texts, ...trained])].map(text => wordsOf(text, locale));
      const inSpaced = new Map<string, string[][]>();
      for (const words of shown)
        for (const word of new Set(words)) inSpaced.set(word, [...(inSpaced.get(word) ?? []), words]);
      const together = `\n${shown.map(words => words.join('')).join('\n')}\n`;
      for (const query of heldOut) {
        const run = wordsOf(query.text, locale);
        const leaked = spaced
          ? (inSpaced.get(run[0]) ?? []).some(words => holdsRun(words, run))
          : together.includes(run.join(''));
        expect(leaked, `${locale}: ${query.text}`).toBe(false);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(2000);
  });

  it('wants every emoji of the locale that has the keyword, and no other', async () => {
    const having = new Map<string, string[]>();
    for (const locale of emojiLocales.filter(({ locale }) => locales.includes(locale))) {
      for (const { emoji, keywords } of await readAnnotations(locale)) {
        for (const words of new Set(
          keywords.map(({ text }) => wordsOf(text, locale.locale).join(locale.spaced ? ' ' : '')),
        )) {
          const key = `${locale.locale} ${words}`;
          having.set(key, [...(having.get(key) ?? []), `${emoji}-${locale.locale}`]);
        }
      }
    }
    const listed = new Map(dataset.documents.map(document => [`${document.emoji}-${document.language}`, document.id]));
    for (const { id, text, language = '' } of dataset.test.queries) {
      const glue = emojiLocales.find(({ locale }) => locale === language)?.spaced ? ' ' : '';
      const wanted = having.get(`${language} ${wordsOf(text, language).join(glue)}`) ?? [];
      const expected = wanted.map(emoji => listed.get(emoji)).filter(document => document !== undefined);
      expect([...(dataset.test.qrels.get(id)?.keys() ?? [])].sort()).toEqual(expected.sort());
    }
  });

  it('lists an emoji as its name, other words, country, language and pictures of two vendors', () => {
    const cat = dataset.documents.find(({ id }) => id === '1F431-ko');
    expect(cat).toMatchObject({ title: '고양이 얼굴', country: 'KR', language: 'ko', emoji: '🐱' });
    expect(cat?.images).toEqual(['twemoji/1f431.webp', 'fluent/1f431.webp']);
    // 고양이 and 얼굴 are the words of the title
    for (const word of ['고양이', '얼굴']) expect(cat?.description?.split(', ')).not.toContain(word);
  });

  it('gives ids once, and a slice to every held-out query', () => {
    const ids = dataset.documents.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const queries = [...dataset.trainQueries, ...dataset.validation.queries, ...dataset.test.queries].map(
      ({ id }) => id,
    );
    expect(new Set(queries).size).toBe(queries.length);
    const heldOut = [...dataset.validation.queries, ...dataset.test.queries];
    expect(Object.keys(dataset.slices).sort()).toEqual(heldOut.map(({ id }) => id).sort());
  });

  it('marks a held-out query whose words stand in no wanted title', () => {
    const titles = new Map(dataset.documents.map(({ id, title }) => [id, title]));
    for (const query of dataset.test.queries.filter(({ language }) => language === 'en' || language === 'ar')) {
      const wanted = [...(dataset.test.qrels.get(query.id)?.keys() ?? [])].flatMap(id =>
        wordsOf(titles.get(id) ?? '', query.language ?? ''),
      );
      const some = wordsOf(query.text, query.language ?? '').some(word => wanted.includes(word));
      expect(dataset.slices[query.id]).toEqual({
        locale: query.language,
        group: query.language === 'en' ? 'Latin' : 'Arabic',
        overlap: some ? 'some' : 'none',
      });
    }
  });

  it('is the same every time, and other keywords are held out with another seed', async () => {
    const one = { ...options, locales: ['en'], fast: true };
    const first = await emojiDataset(one);
    expect(await emojiDataset(one)).toEqual(first);
    const other = await emojiDataset({ ...one, seed: 2 });
    expect(other.documents.length).toBe(first.documents.length);
    expect(other.test.queries).not.toEqual(first.test.queries);
  });

  it('is small when it is to be fast, and refuses a locale it does not have', async () => {
    const fast = await emojiDataset({ ...options, fast: true });
    expect(new Set(fast.documents.map(({ language }) => language))).toEqual(new Set(['en', 'ru', 'hi', 'ja']));
    expect(fast.documents.length).toBeLessThan(2500);
    await expect(emojiDataset({ ...options, locales: ['xx'] })).rejects.toMatchObject({ code: 'config/bad-value' });
  });
});

describe('emojiLocales', () => {
  it('are all among the annotations, at least 14, and in every wanted script', async () => {
    expect(emojiLocales.length).toBeGreaterThanOrEqual(14);
    const require = requireFrom('tandem-search-demo-data');
    for (const { locale } of emojiLocales) {
      const text = await readFile(
        require.resolve(`cldr-annotations-full/annotations/${locale}/annotations.json`),
        'utf8',
      );
      expect(JSON.parse(text).annotations.identity.language).toBe(locale);
    }
    const groups = new Set(emojiLocales.map(({ group }) => group));
    for (const group of ['Latin', 'Cyrillic', 'Arabic', 'Devanagari', 'Han', 'Japanese', 'Hangul', 'Thai'])
      expect(groups).toContain(group);
  });
});
