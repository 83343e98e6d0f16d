import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { indexFields } from '../../src/lexical/index-fields.js';
import { finish } from '../../src/math/finish.js';
import type { Query } from '../../src/query/query.js';
import { type HighlightOptions, highlightDocument } from '../../src/search/highlight.js';
import { markSpans, marksOf } from '../../src/search/query-marks.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { oneTerm } from '../../src/text/asked-terms.js';
import type { Fragment } from '../../src/text/fragments.js';
import { withoutStopWords } from '../../src/text/stop-words.js';

const english = createAnalyzer('en');
const { texts } = indexFields({ fieldWeights: { title: 1, description: 0.4 } });
const bag = (text: string, fields?: string[]): Query => ({ bag: { text, fields } });
const phrase = (text: string, slop?: number): Query => ({ phrase: { text, slop } });

function highlight(document: Omit<DocumentRow, 'id'>, query: Query, options: Partial<HighlightOptions> = {}) {
  const analyzer = options.analyzer ?? english;
  const settings = { fields: ['title', 'description'], texts, analyzer, idf: () => 1, ...options };
  return finish(highlightDocument({ id: 'x', ...document } as DocumentRow, marksOf(query, analyzer), settings));
}
/** A fragment with its spans in <mark>. */
function withMarks({ text, spans }: Fragment): string {
  const ends = [0, ...spans.map(([, end]) => end)];
  const marked = spans.map(([start, end], i) => `${text.slice(ends[i], start)}<mark>${text.slice(start, end)}</mark>`);
  return marked.join('') + text.slice(ends[spans.length]);
}
/** The one fragment of a title, its marks written out. */
function marked(title: string, query: Query, language = 'en'): string | undefined {
  const [found] = highlight({ title }, query, { analyzer: createAnalyzer(language), length: 10_000 });
  return found && withMarks(found.fragments[0]);
}

describe('highlightDocument', () => {
  it('marks words as they are written, whatever the analysis makes of them', () => {
    expect(marked('Running shoes for a runner', bag('run shoe'))).toBe(
      '<mark>Running</mark> <mark>shoes</mark> for a runner',
    );
    expect(marked('The naïve CAFÉ', bag('naive cafe'))).toBe('The <mark>naïve</mark> <mark>CAFÉ</mark>');
    expect(marked('ﬁne Ｈａｍｍｅｒｓ!', bag('fine hammer'))).toBe('<mark>ﬁne</mark> <mark>Ｈａｍｍｅｒｓ</mark>!');
    expect(marked('cafe\u0301 au lait', bag('café'), 'fr')).toBe('<mark>cafe\u0301</mark> au lait');
    expect(marked('a 5gal bucket', bag('5 gallons'))).toBe('a <mark>5</mark><mark>gal</mark> bucket');
    expect(marked('東京都の天気', bag('天気'), 'ja')).toBe('東京都の<mark>天気</mark>');
    expect(marked('Straße', bag('strasse'), 'de')).toBe('<mark>Straße</mark>');
  });

  it('marks a word in another form, a piece of one, and nothing invisible behind it', () => {
    expect(marked('Résumé binder', bag('resume'))).toBe('<mark>Résumé</mark> binder');
    expect(marked('my IMG_2024_beach.jpg', bag('beach'))).toBe('my IMG_2024_<mark>beach</mark>.jpg');
    expect(marked('Node.js book', bag('node'))).toBe('<mark>Node</mark>.js book');
    expect(marked("an O'Reilly book", bag('oreilly'))).toBe("an <mark>O'Reilly</mark> book");
    expect(marked('hello\u200e world', bag('hello'))).toBe('<mark>hello</mark>\u200e world');
    expect(marked('Ge\u00adsamt\u00adkon\u00adzept', bag('gesamtkonzept'))).toBe(
      '<mark>Ge\u00adsamt\u00adkon\u00adzept</mark>',
    );
    expect(marked('กล้องCanon', bag('canon'))).toBe('กล้อง<mark>Canon</mark>');
    expect(marked('مدل ۱۲۳', bag('123'))).toBe('مدل <mark>۱۲۳</mark>');
    expect(marked('I ❤️ 🍕', bag('❤'))).toBe('I <mark>❤️</mark> 🍕');
    expect(marked('Straße und Résumé', phrase('strasse und resume'))).toBe('<mark>Straße und Résumé</mark>');
  });

  it('answers for the fields that were asked, in their order, and leaves out those without a mark', () => {
    const document = { title: 'red saw', description: 'a saw', brand: 'saw & co', price: 5 };
    expect(highlight(document, bag('saw red'), { fields: ['brand', 'title', 'price', 'none', 'title'] })).toEqual([
      { field: 'brand', fragments: [{ text: 'saw & co', spans: [[0, 3]] }] },
      {
        field: 'title',
        fragments: [
          {
            text: 'red saw',
            spans: [
              [0, 3],
              [4, 7],
            ],
          },
        ],
      },
    ]);
    const inTitle: Query = { bool: { should: [bag('red', ['title']), bag('saw', ['brand'])] } };
    expect(
      highlight(document, inTitle, { fields: ['title', 'brand'] }).map(({ fragments }) => fragments[0].spans),
    ).toEqual([[[0, 3]], [[0, 3]]]);
    expect(highlight(document, bag('drill'))).toEqual([]);
  });

  it('marks what a document is found by: must and should, not mustNot nor filters', () => {
    const query: Query = {
      bool: {
        must: [bag('red')],
        should: [{ bool: { must: [bag('saw')] } }, { all: {} }, { filter: { exists: { field: 'title' } } }],
        mustNot: [bag('blue')],
      },
    };
    expect(marked('red blue saw', query)).toBe('<mark>red</mark> blue <mark>saw</mark>');
  });

  it('marks a phrase where it stands, as one span', () => {
    expect(marked('garden hose, hose garden, garden hoses', phrase('garden hose'))).toBe(
      '<mark>garden hose</mark>, hose garden, <mark>garden hoses</mark>',
    );
    expect(marked('state of the art, art state', phrase('state of the art'))).toBe(
      '<mark>state of the art</mark>, art state',
    );
    expect(marked('a garden, a hose', phrase('garden hose'))).toBeUndefined();
    expect(marked('a hose', phrase('garden hose'))).toBeUndefined();
  });

  it('lets the terms of a phrase stand apart as far as its slop', () => {
    expect(marked('garden green hose', phrase('garden hose', 1))).toBe('<mark>garden</mark> green <mark>hose</mark>');
    expect(marked('garden long green hose', phrase('garden hose', 1))).toBeUndefined();
    // a swap of neighbours costs 2
    expect(marked('hose garden', phrase('garden hose', 1))).toBeUndefined();
    expect(marked('hose garden', phrase('garden hose', 2))).toBe('<mark>hose garden</mark>');
    // one word is not both terms of a phrase
    expect(marked('buffalo', phrase('buffalo buffalo', 3))).toBeUndefined();
  });

  it('marks terms that begin with a prefix or are near to a word', () => {
    expect(marked('Hammers, hamster, ham; sham', { prefix: { text: 'HAM' } })).toBe(
      '<mark>Hammers</mark>, <mark>hamster</mark>, <mark>ham</mark>; sham',
    );
    expect(marked('hammer hamer hummer hamster', { fuzzy: { text: 'hammer', edits: 1 } })).toBe(
      '<mark>hammer</mark> <mark>hamer</mark> <mark>hummer</mark> hamster',
    );
    // by length: 2 letters none, 5 letters one
    expect(marked('ax ox', { fuzzy: { text: 'ax' } })).toBe('<mark>ax</mark> ox');
    expect(marked('drill dril grail', { fuzzy: { text: 'drill' } })).toBe('<mark>drill</mark> <mark>dril</mark> grail');
  });

  it('marks finer terms inside a word where a document is found by them', () => {
    const word = { term: 'rathausplatz', position: 1, start: 4, end: 16 };
    const parts = ['rathaus', 'platz'].map((term, i) => ({ term, start: [4, 11][i], end: [11, 16][i] }));
    const words = [
      { term: 'alt', position: 0, start: 0, end: 3 },
      { ...word, parts },
    ];
    const spans = (query: Query) => markSpans(words, marksOf(query, createAnalyzer('und')), 100);
    expect(spans(bag('platz'))).toEqual([{ start: 11, end: 16, terms: ['platz'] }]);
    expect(spans(bag('platz rathausplatz'))).toEqual([{ start: 4, end: 16, terms: ['rathausplatz', 'platz'] }]);
    expect(spans(phrase('alt platz'))).toEqual([{ start: 0, end: 16, terms: ['alt', 'platz'] }]);
  });

  it('takes the terms of a bag from the caller where the query was mended', () => {
    const marks = marksOf(bag('hamer'), english, () => [{ terms: oneTerm('hammer') }]);
    const work = highlightDocument({ id: 'x', title: 'a hammer' }, marks, {
      fields: ['title'],
      texts,
      analyzer: english,
      idf: () => 1,
    });
    expect(finish(work)).toEqual([{ field: 'title', fragments: [{ text: 'a hammer', spans: [[2, 8]] }] }]);
  });

  it('takes the best fragments over all texts of a field', () => {
    const filler = 'Nothing of note stands in this sentence of some length. '.repeat(4);
    const document = { title: 't', notes: [`${filler}A drill is here.`, `${filler}A rare saw and a drill.`, 'saw'] };
    const idf = (term: string): number => ({ rare: 3, saw: 2 })[term] ?? 1;
    const [{ fragments }] = highlight(document, bag('drill rare saw'), {
      fields: ['notes'],
      idf,
      fragments: 2,
      length: 60,
    });
    expect(fragments.map(({ text }) => text)).toEqual(['A rare saw and a drill.', 'saw']);
  });

  it('refuses options out of their bounds', () => {
    for (const options of [{ fragments: 0 }, { fragments: 21 }, { length: 19 }, { length: 10_001 }, { length: 50.5 }])
      expect(() => highlight({ title: 'x' }, bag('x'), options)).toThrow(
        expect.objectContaining({ code: 'request/invalid' }),
      );
  });
});

const words = [
  'hammer',
  'hammers',
  'Drills',
  'naïve',
  'state',
  'of',
  'the',
  'art',
  'ＲＥＤ',
  'Straße',
  'saw.',
  'e\u0301tude',
  '\u{1f600}',
];

it('gives spans that are in range, in order and apart, each of them a term of the query', () => {
  const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 80 }).map(list => list.join(' '));
  const someWords = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map(list => list.join(' '));
  fc.assert(
    fc.property(text, someWords, fc.integer({ min: 40, max: 200 }), (title, asked, length) => {
      const terms = new Set(withoutStopWords(english.analyze(asked)).map(({ term }) => term));
      const found = highlight({ title }, bag(asked), { length });
      const present = english.analyze(title).some(({ term }) => terms.has(term));
      expect(found.length).toBe(present ? 1 : 0);
      for (const { text: cut, spans } of found.flatMap(({ fragments }) => fragments)) {
        expect(cut.length).toBeLessThanOrEqual(length);
        expect(title).toContain(cut);
        let last = 0;
        for (const [start, end] of spans) {
          expect(start >= last && end > start && end <= cut.length).toBe(true);
          last = end;
          const [token, ...more] = english.analyze(cut.slice(start, end));
          expect(more).toEqual([]);
          expect(terms).toContain(token.term);
        }
      }
      if (title.length > length || !present) return;
      // a text that is shown whole has every occurrence marked
      const occurrences = english.analyze(title).filter(({ term }) => terms.has(term));
      expect(found[0].fragments[0].spans).toEqual(occurrences.map(({ start, end }) => [start, end]));
    }),
  );
});

it('marks the phrase matches that a naive search finds', () => {
  const letters = fc.constantFrom('ant', 'bee', 'cat');
  const list = (maxLength: number) => fc.array(letters, { minLength: 1, maxLength });
  fc.assert(
    fc.property(list(12), fc.uniqueArray(letters, { minLength: 1, maxLength: 3 }), fc.nat(3), (title, asked, slop) => {
      const [found] = highlight({ title: title.join(' ') }, phrase(asked.join(' '), slop), { length: 10_000 });
      const covered = new Set(
        (found?.fragments[0].spans ?? []).flatMap(([start, end]) =>
          title.flatMap((_, i) => (4 * i >= start && 4 * i < end ? [i] : [])),
        ),
      );
      const inMatch = new Set(naiveMatches(title, asked, slop).flat());
      // every match has its cheapest form marked, and nothing is marked that is in no match
      for (const i of covered) expect(inMatch).toContain(i);
      expect(covered.size > 0).toBe(inMatch.size > 0);
      if (slop === 0) expect(covered).toEqual(inMatch);
    }),
  );
});

/** Every choice of one place for each term whose moves to the best common position are no more than the slop. */
function naiveMatches(text: readonly string[], asked: readonly string[], slop: number): number[][] {
  const choices = asked.reduce<number[][]>(
    (lists, term) => lists.flatMap(list => text.flatMap((word, i) => (word === term ? [[...list, i]] : []))),
    [[]],
  );
  return choices.filter(places => {
    const begins = places.map((place, slot) => place - slot);
    const moves = begins.map(common => begins.reduce((sum, begin) => sum + Math.abs(begin - common), 0));
    return Math.min(...moves) <= slop;
  });
}

it.each([
  ['one word a hundred thousand times', 'buffalo '.repeat(131_072)],
  ['one word of a million letters', 'x'.repeat(2 ** 20)],
  ['a million marks on one letter', `a${'\u0301'.repeat(2 ** 20 - 1)}`],
  ['sentences', 'The hammer hits a nail on its head. '.repeat(29_127)],
  ['no spaces, a quarter of a million', '水を撒きます。'.repeat(37_449)],
])('takes a text of a million units: %s', (_, description) => {
  const asked = 'buffalo x a hammer nail 水';
  const query: Query = {
    bool: {
      should: [
        bag(asked),
        phrase('hammer hits nail', 2),
        phrase('buffalo '.repeat(500)),
        { prefix: { text: 'b' } },
        { fuzzy: { text: 'hammer' } },
      ],
    },
  };
  const [found] = highlight({ title: '', description }, query);
  for (const { text, spans } of found?.fragments ?? []) {
    expect(text.length).toBeLessThanOrEqual(160);
    expect(spans.length).toBeGreaterThan(0);
  }
});

describe('a long text', () => {
  const sentence = 'Nothing of note stands in this sentence of some length. ';
  const long = `${sentence.repeat(400)}A rare drill bit at last. ${sentence.repeat(400)}`;

  it('is looked at as far as it is analysed: nothing behind is found', () => {
    const text = `drill ${'green grass '.repeat(25_000)}drill`;
    const it = highlightDocument({ id: 'x', title: '', description: text }, marksOf(bag('drill'), english), {
      fields: ['description'],
      texts: () => [{ path: 'description', text }],
      analyzer: english,
      idf: () => 1,
    });
    let looked = 0;
    let step = it.next();
    for (; !step.done; step = it.next()) looked += step.value;
    expect(text.length).toBeGreaterThan(2 ** 18);
    expect(looked).toBeLessThan(2 ** 18 + 2 ** 12);
    expect(step.value[0].fragments.map(withMarks).join('')).toContain('<mark>drill</mark> green grass');
  });

  it('is looked at piece by piece, each told as it is done', () => {
    const work = highlightDocument({ id: 'x', title: '', description: long }, marksOf(bag('drill'), english), {
      fields: ['description'],
      texts,
      analyzer: english,
      idf: () => 1,
      length: 30,
    });
    const told: number[] = [];
    let step = work.next();
    for (; !step.done; step = work.next()) told.push(step.value);
    expect(step.value[0].fragments.map(withMarks)).toEqual(['A rare <mark>drill</mark> bit at last.']);
    // no stretch is longer than 4,096 units, all together they are the text, each with 8 for the one mark; and the passage at last
    const stretches = told.slice(0, -1);
    expect(Math.max(...stretches)).toBeLessThanOrEqual(4096 + 8);
    expect(stretches.reduce((sum, units) => sum + units - 8, 0)).toBe(long.length);
    expect(told.length).toBeGreaterThan(long.length / 4096);
  });

  it('is marked as the same text in one piece', () => {
    const words = ['drill', 'saw', 'x', 'rare bit', 'école', '中文'];
    const texts = fc.array(fc.constantFrom(...words, sentence), { minLength: 1000, maxLength: 1500 });
    const holds = (parts: readonly string[]): void => {
      const title = parts.join(' ');
      const [found] = highlight({ title }, bag('drill rare'), { length: 10_000, fragments: 20 });
      const spans = markSpans(english.analyze(title), marksOf(bag('drill rare'), english), 10_000);
      const whole = new Set(spans.map(({ start, end }) => title.slice(start - 5, end + 5)));
      for (const { text, spans: inner } of found.fragments)
        for (const [start, end] of inner)
          if (start >= 5 && end + 5 <= text.length) expect(whole).toContain(text.slice(start - 5, end + 5));
      expect(found.fragments.flatMap(fragment => fragment.spans).length).toBeGreaterThan(0);
    };
    fc.assert(fc.property(texts, holds), { numRuns: 5 });
  });
});
