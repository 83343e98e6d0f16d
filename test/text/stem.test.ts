import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import * as snowball from 'multilingual-stemmer';
import { describe, expect, it } from 'vitest';
import { createFirstStemmer } from '../../src/text/first-stems.js';
import { createStemmer, stemmedLanguages } from '../../src/text/stem.js';

const stem = (language: string, word: string): string | undefined => createStemmer(language)?.(word);

/** Pairs of the vocabularies that snowballstem.org publishes with each algorithm. */
const published = [
  ['ca', 'abatuda', 'abat'],
  ['cs', 'agresivita', 'agresivit'],
  ['da', 'indtrængende', 'indtræng'],
  ['de', 'aufeinanderfolge', 'aufeinanderfolg'],
  ['en', 'consolation', 'consol'],
  ['es', 'chicharrones', 'chicharron'],
  ['eu', 'barrutiaren', 'barru'],
  ['fi', 'edeltäjiinsä', 'edeltäj'],
  ['fr', 'contournait', 'contourn'],
  ['ga', 'aithnítear', 'aithní'],
  ['hu', 'babakocsijáért', 'babakocs'],
  ['hy', 'ակումբի', 'ակումբ'],
  ['it', 'abbattuto', 'abbatt'],
  ['no', 'havnedistriktene', 'havnedistrikt'],
  ['pt', 'bobinho', 'bobinh'],
  ['ro', 'absolvit', 'absolv'],
  ['ru', 'важнейшие', 'важн'],
  ['sv', 'jaktkarlarne', 'jaktkarl'],
  ['tr', 'aksamında', 'aksam'],
] as const;

describe('createStemmer', () => {
  it('is Porter2 for English, not Porter: the examples where the two part', () => {
    // Porter (1980): gener, sky -> sky, die -> dy, commun.
    expect(stem('en', 'generously')).toBe('generous');
    expect(stem('en', 'dying')).toBe('die');
    expect(stem('en', 'communism')).toBe('communism');
    expect(stem('en', 'skies')).toBe('sky');
  });

  it.each([
    ['organic', 'organizer'],
    ['evening', 'even'],
    ['paste', 'past'],
    ['internal', 'intern'],
    ['universe', 'university'],
    ['lateral', 'later'],
  ])('tells apart what the Snowball of 2013 did not: %s, %s', (one, other) => {
    expect(stem('en', one)).not.toBe(stem('en', other));
    const first = createFirstStemmer('en');
    expect(first?.(one)).toBe(first?.(other));
  });

  it.each(published)('stems as the published vocabulary does: %s %s -> %s', (language, word, expected) => {
    expect(stem(language, word)).toBe(expected);
  });

  it.each([
    ['el', ['τσάντα', 'τσάντες', 'τσάντας']],
    ['pl', ['buty', 'butów', 'butami']],
    ['hi', ['किताब', 'किताबें', 'किताबों']],
    ['id', ['sepatu', 'sepatunya']],
    ['fa', ['کتاب', 'کتابها']],
    ['lt', ['batas', 'batai', 'batų']],
    ['sr', ['ципеле', 'ципела', 'cipele', 'cipela']],
    ['et', ['auto', 'autod', 'autode']],
    ['ne', ['किताब', 'किताबहरू']],
    ['eo', ['ŝuo', 'ŝuoj', 'ŝuojn']],
    ['yi', ['בוך', 'בוכן']],
    ['hr', ['torba', 'torbe', 'torbi', 'torbama']],
    ['hr', ['žarulja', 'žarulje']],
    ['bs', ['stolica', 'stolice', 'stolicama']],
    ['bg', ['чанта', 'чанти', 'чантата']],
    ['bg', ['стол', 'столове', 'столовете']],
    ['bg', ['учебник', 'учебници', 'учебниците']],
    ['bg', ['зелен', 'зелена', 'зелено', 'зелената']],
    ['uk', ['подушка', 'подушки', 'подушкою', 'подушкам']],
    ['uk', ['зелений', 'зелена', 'зелене', 'зелених', 'зеленого']],
    ['uk', ['стіл', 'стілі']],
    ['uk', ['столи', 'столу', 'столами']],
    ['uk', ['радість', 'радості', 'радістю']],
    ['uk', ['робити', 'робив', 'робила']],
    ['uk', ['одягатися', 'одягається']],
    ['uk', ["дерев'яний", "дерев'яна"]],
  ])('has forms of a word meet in %s', (language, [first, ...others]) => {
    for (const form of others) expect(stem(language, form), form).toBe(stem(language, first));
  });

  it.each([
    ['uk', ['діти', 'діло', 'дім', 'сир', 'ти', 'мед']],
    ['bg', ['град', 'гора', 'маса', 'мед']],
  ])('keeps words of %s apart', (language, words) => {
    expect(new Set(words.map(word => stem(language, word))).size).toBe(words.length);
  });

  it('serves every algorithm of Snowball', () => {
    const names = Object.keys(snowball.Languages).filter(name => Number.isNaN(Number(name)));
    // and Bosnian and Croatian by that of Serbian, Bulgarian, Ukrainian, Slovene
    expect(stemmedLanguages).toHaveLength(names.length + 5);
    for (const language of stemmedLanguages) expect(stem(language, 'xyz'), language).toBeTypeOf('string');
  });

  it('has none for Korean and Chinese', () => {
    for (const language of ['ko', 'zh']) expect(createStemmer(language)).toBeUndefined();
  });

  it('leaves sizes and model numbers alone', () => {
    expect(stem('en', 't5s')).toBe('t5s');
  });

  it('never depends on the words before, never makes a word empty', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...'aeiouyäéöşılnrstşdgcčкнигаουςαнابوالىהבוךहकोकோ\u{1f355}\ud800'),
      minLength: 1,
      maxLength: 14,
    });
    for (const language of stemmedLanguages) {
      const used = createStemmer(language);
      fc.assert(
        fc.property(letters, letters, (first, word) => {
          used?.(first);
          const stemmed = used?.(word);
          expect(stemmed).not.toBe('');
          expect(stemmed).toBe(stem(language, word));
        }),
        { numRuns: 100 },
      );
    }
  });
});

describe('createFirstStemmer', () => {
  it('stays the Snowball of 2013, for what was made with it', () => {
    const first = (language: string, word: string): string | undefined => createFirstStemmer(language)?.(word);
    expect(first('nl', 'lichamelijkheden')).toBe('licham');
    expect(first('cs', 'agresivita')).toBe('agresivit');
    expect(first('en', 'university')).toBe('univers');
    expect(first('pl', 'butami')).toBeUndefined();
  });
});

/** A Python that has PyStemmer, Snowball's own binding. */
const python = process.env.TANDEM_PYTHON ?? 'python3';
const algorithms: Readonly<Record<string, string>> = {
  ...{ ar: 'arabic', ca: 'catalan', cs: 'czech', da: 'danish', de: 'german', el: 'greek', en: 'english' },
  ...{ es: 'spanish', et: 'estonian', eu: 'basque', fa: 'persian', fi: 'finnish', fr: 'french', ga: 'irish' },
  ...{ hi: 'hindi', hu: 'hungarian', hy: 'armenian', id: 'indonesian', it: 'italian', lt: 'lithuanian', ne: 'nepali' },
  ...{ nl: 'dutch', no: 'norwegian', pl: 'polish', pt: 'portuguese', ro: 'romanian', ru: 'russian', sr: 'serbian' },
  ...{ sv: 'swedish', ta: 'tamil', tr: 'turkish' },
};

function whyNoOracle(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import Stemmer; assert Stemmer.version() >= "3.1"'], { stdio: 'ignore' });
  } catch {
    return `${python} has no PyStemmer of 3.1 (set TANDEM_PYTHON)`;
  }
}

const reason = whyNoOracle();
if (reason) console.warn(`stems are not compared with PyStemmer: ${reason}`);

/** Words of the names of emoji in a language. */
function wordsOf(language: string): readonly string[] {
  const demo = createRequire(createRequire(import.meta.url).resolve('tandem-search-demo-data/package.json'));
  const text = JSON.stringify(demo(`cldr-annotations-full/annotations/${language}/annotations.json`)).toLowerCase();
  return [...new Set(text.match(/[\p{L}\p{M}]+/gu))];
}

/** Archives of catalogues in English, which no checkout has. */
function archives(): readonly string[] {
  const folders = ['homedepot', 'chorus-electronics'].map(name =>
    fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url)),
  );
  return folders.filter(existsSync).flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.zip'))
      .map(name => join(folder, name)),
  );
}

describe.skipIf(reason !== undefined)('equal to PyStemmer', () => {
  it('for the words of the names of emoji in 31 languages, and of catalogues where they are at hand', () => {
    const words = Object.fromEntries(
      Object.entries(algorithms).map(([language, algorithm]) => [algorithm, wordsOf(language)]),
    );
    const stemmed: Record<string, [string, string][]> = JSON.parse(
      execFileSync(python, [fileURLToPath(new URL('./pystemmer.py', import.meta.url))], {
        input: JSON.stringify({ words, archives: archives() }),
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      }),
    );
    for (const [language, algorithm] of Object.entries(algorithms)) {
      const ours = createStemmer(language);
      expect(stemmed[algorithm].length, language).toBeGreaterThan(500);
      const apart = stemmed[algorithm].filter(([word, expected]) => ours?.(word) !== (expected || word));
      expect(apart, language).toEqual([]);
    }
  }, 120_000);
});
