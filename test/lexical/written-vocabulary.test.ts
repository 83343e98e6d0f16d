import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { wordKey } from '../../src/text/word-key.js';
import { writtenForm } from '../../src/text/written-words.js';

const options = { fieldWeights: { title: 1 }, bm25: { k1: 1, b: 0.5 }, language: 'en' };

/** Words of few letters, so that they share beginnings and stems; some have accents, two spellings or are long. */
const word = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'e', 's'), minLength: 1, maxLength: 5 }) },
  fc.constantFrom('running', 'runs', 'run', 'müller', 'straße', 'ёлка', '한국', 'wi-fi', 'c++', 'x'.repeat(40), '1x1'),
);
const title = fc.array(word, { minLength: 1, maxLength: 6 }).map(words => words.join(' '));

/** Words of titles as they are counted, with how many of the titles hold each. */
function counted(titles: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of titles) {
    const own = text.split(' ').flatMap(each => [each, ...(each === 'wi-fi' ? ['wi', 'fi'] : [])]);
    const more = own.flatMap(each => (each === 'c++' ? ['c'] : each === '1x1' ? ['1'] : []));
    for (const each of new Set([...own, ...more])) counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  return counts;
}

/** Those that a beginning is completed to, most first. */
function completed(counts: Map<string, number>, key: string): { term: string; df: number }[] {
  const found = [...counts].filter(([each]) => writtenForm(each)?.keys.some(own => own.startsWith(key)));
  return found.map(([term, df]) => ({ term, df })).sort((a, b) => b.df - a.df || (a.term < b.term ? -1 : 1));
}

const keys = ['', 'a', 'b', 'e', 's', 'r', 'run', 'runn', 'm', 'mu', 'mue', 'str', 'wi', 'wi-', 'c+', 'x', '1x'];
const frequent = (index: TokenIndex, key: string) => index.words.written.frequent(key, 1000);

describe('written words', () => {
  it('are counted by documents, in whatever segments these lie', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(title, { minLength: 1, maxLength: 40 }), async titles => {
        const [plain, cut] = [createTokenIndex(options), createTokenIndex(options)];
        titles.forEach((text, i) => {
          const row = { id: String(i), title: text };
          plain.add(row);
          cut.add(row);
          if (i % 7 === 6) cut.flush();
        });
        const counts = counted(titles);
        for (const key of keys) expect(frequent(plain, key), key).toEqual(completed(counts, key));
        for (const key of keys) expect(frequent(cut, key), key).toEqual(completed(counts, key));
        await cut.compact();
        for (const key of keys) expect(frequent(cut, key), key).toEqual(completed(counts, key));
      }),
      { numRuns: 30 },
    );
  });

  it('stay as long as a document writes them, and go when none holds their term', async () => {
    const removed = fc.array(fc.tuple(title, fc.boolean()), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(removed, async titles => {
        const index = createTokenIndex(options);
        titles.forEach(([text], i) => {
          index.add({ id: String(i), title: text });
          if (i % 9 === 8) index.flush();
        });
        const left: string[] = [];
        titles.forEach(([text, goes], i) => {
          if (goes) index.remove(String(i));
          else left.push(text);
        });
        const counts = counted(left);
        const check = (): void => {
          const found = new Map(frequent(index, '').map(({ term, df }) => [term, df]));
          // how many write it is estimated by how many hold its term, rounded up
          for (const [each, documents] of counts)
            expect(found.get(each) ?? 0, each).toBeGreaterThanOrEqual(Math.min(1, documents));
          for (const each of found.keys()) expect(index.words.written.documentsWith(each, 1), each).toHaveLength(1);
        };
        check();
        index.flush();
        check();
        await index.compact();
        check();
      }),
      { numRuns: 30 },
    );
  });

  it('are found in a dictionary of several blocks, the most frequent ones first', () => {
    const index = createTokenIndex(options);
    const name = (i: number): string => `w${String(i).padStart(3, '0')}`;
    // w000 stands in one document, w001 in two, and so on
    for (let doc = 1; doc <= 300; doc++)
      index.add({
        id: String(doc),
        title: Array.from({ length: 300 - doc + 1 }, (_, i) => name(i + doc - 1)).join(' '),
      });
    index.flush();
    expect(frequent(index, 'w').length).toBe(300);
    expect(index.words.written.frequent('w', 3)).toEqual([
      { term: 'w299', df: 300 },
      { term: 'w298', df: 299 },
      { term: 'w297', df: 298 },
    ]);
    expect(index.words.written.frequent('w1', 2).map(({ term }) => term)).toEqual(['w199', 'w198']);
    expect(index.words.written.frequent('w042', 2)).toEqual([{ term: 'w042', df: 43 }]);
    expect(index.words.written.frequent('w3', 2)).toEqual([]);
    expect(index.words.written.frequent('v', 2)).toEqual([]);
  });

  it('have keys that begin as the words do', () => {
    fc.assert(
      fc.property(fc.oneof(word, fc.string({ unit: 'grapheme', maxLength: 8 })), text => {
        const form = writtenForm(text)?.form ?? '';
        const letters = [...form];
        for (let end = 0; end <= letters.length; end++) {
          const begun = letters.slice(0, end).join('');
          // a mark that composes with what stands before it is no beginning of its own
          if (begun.normalize('NFC') === begun && !/^\p{M}/u.test(letters[end] ?? ''))
            expect(wordKey(form).startsWith(wordKey(begun)), `${form}: ${begun}`).toBe(true);
        }
      }),
    );
  });
});

describe('an index that was written before words were kept', () => {
  const fixture = new URL('../fixtures/segments/3', import.meta.url).pathname;

  it('is read, says so, and goes on without', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-words-'));
    try {
      await cp(fixture, folder, { recursive: true });
      const index = await loadTokenIndex(folder);
      expect(index.words.written.complete).toBe(false);
      expect(frequent(index, '')).toEqual([]);
      index.add({ id: 'new', title: 'Runningboard' });
      expect(frequent(index, 'runn')).toEqual([{ term: 'runningboard', df: 1 }]);
      await index.compact();
      expect(index.words.written.complete).toBe(false);
      expect(index.words.frequent('runn', 5)).toEqual([{ term: 'runningboard', df: 1 }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
