import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resolveAttributeWeight } from '../../src/config/indexing.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { repairIndex } from '../../src/search/repair-index.js';
import { restoreSnapshot, takeSnapshot } from '../../src/search/snapshot.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { checkDictionary, type DictionaryWord } from '../../src/text/dictionary.js';
import { searchTokens } from '../lexical/ask.js';
import { indexing } from './fixture.js';

const documents: DocumentRow[] = [
  { id: 'cpp', title: 'Learning C++ quickly', description: 'A book of programming' },
  { id: 'c', title: 'Learning C quickly' },
  { id: 'net', title: 'ASP.NET in a week' },
  { id: 'both', title: 'From C to shining C', description: 'C++, and C++ again' },
  { id: 'zh', title: '新款飞利浦空气炸锅降价', language: 'zh' },
  { id: 'air', title: '新款空气', language: 'zh' },
  { id: 'given', title: 'C++', tokens: { title: ['fixed'] } },
];
const dictionary: DictionaryWord[] = [{ text: '.NET', term: 'dotnet' }, { text: 'C++' }, { text: '飞利浦空气炸锅' }];
const queries: [string, string?][] = [
  ['c++'],
  ['learning c'],
  ['dotnet asp'],
  ['.NET'],
  ['飞利浦空气炸锅', 'zh'],
  ['空气', 'zh'],
  ['fixed quickly'],
];

let folder: string;
let whole: string;
let copies = 0;
const opened: WritableIndex[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-dictionary-'));
  whole = join(folder, 'whole');
  await buildIndex({ documents, indexing: indexing(), out: whole });
});
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copyOf(path: string): Promise<string> {
  const copy = join(folder, `copy-${copies++}`);
  await cp(path, copy, { recursive: true });
  return copy;
}
async function open(path: string): Promise<WritableIndex> {
  const index = await openWritableIndex(path, { saveEveryMs: 1e9 });
  opened.push(index);
  return index;
}

/** The oracle: an index built anew under a dictionary. */
function builtWith(words: readonly DictionaryWord[], rows: readonly DocumentRow[] = documents): TokenIndex {
  const tokens = createTokenIndex({ ...indexing(), attributeWeight: resolveAttributeWeight(indexing()) });
  tokens.chains.setDictionary(checkDictionary(words));
  for (const row of rows) tokens.add(row);
  return tokens;
}

async function expectAnswersOf(index: EmbeddedIndex, oracle: TokenIndex): Promise<void> {
  for (const [text, language] of queries) {
    const { hits } = await index.search({ text, language, k: 100, mode: 'token' });
    expect(
      hits.map(({ id, score }) => ({ id, score })),
      text,
    ).toEqual(searchTokens(oracle, { text, language, k: 100 }));
  }
}

describe('setDictionary', () => {
  it('answers as an index built anew, and indexes the touched documents alone', async () => {
    const index = await open(await copyOf(whole));
    await expectAnswersOf(index, builtWith([]));
    // C++ stands in cpp and both, .NET in net, the name in zh; `given` is not analysed
    expect(await index.setDictionary(dictionary)).toMatchObject({ documents: 4 });
    expect(await index.dictionary()).toEqual(checkDictionary(dictionary));
    await expectAnswersOf(index, builtWith(dictionary));
    expect(await index.setDictionary(dictionary.slice(1))).toMatchObject({ documents: 1 });
    await expectAnswersOf(index, builtWith(dictionary.slice(1)));
    expect(await index.setDictionary([])).toMatchObject({ documents: 3 });
    await expectAnswersOf(index, builtWith([]));
  });

  it('makes no commit of a change that changes nothing, and none of one that is refused', async () => {
    const index = await open(await copyOf(whole));
    const { receipt } = await index.setDictionary(dictionary);
    expect(await index.setDictionary([...dictionary].reverse())).toEqual({ receipt, documents: 0 });
    await expect(index.setDictionary([{ text: '' }])).rejects.toMatchObject({ code: 'dictionary/bad-word' });
    expect(await index.dictionary()).toHaveLength(3);
    expect(await index.put([{ id: 'x', title: 'x' }])).toBe(Number(receipt) + 1);
  });

  it('is kept by a process that is killed when it has committed, and not yet saved', async () => {
    const path = await copyOf(whole);
    const index = await open(path);
    await index.setDictionary(dictionary);
    // what is on disk now is what a kill leaves behind at any moment since the commit: the store has it, tokens have not
    const reader = await openIndex(await copyOf(path));
    const writer = await open(await copyOf(path));
    for (const again of [reader, writer]) {
      expect(await again.dictionary()).toEqual(checkDictionary(dictionary));
      await expectAnswersOf(again, builtWith(dictionary));
    }
    await reader.close();
  });

  it('survives saves, repairs, snapshots and checks', async () => {
    const path = await copyOf(whole);
    const index = await open(path);
    await index.setDictionary(dictionary);
    await index.save();
    await index.setDictionary(dictionary.slice(0, 2));
    const snapshot = join(folder, 'snapshot');
    await takeSnapshot(path, snapshot);
    await opened.pop()?.close();
    await restoreSnapshot(snapshot, join(folder, 'restored'));
    await repairIndex(path);
    for (const each of [path, join(folder, 'restored')]) {
      expect((await checkIndex(each)).problems).toEqual([]);
      const again = await openIndex(each);
      await expectAnswersOf(again, builtWith(dictionary.slice(0, 2)));
      await again.close();
    }
  });

  it('takes its turn among writes that do not wait for each other', async () => {
    const index = await open(await copyOf(whole));
    const row = (i: number): DocumentRow => ({ id: `n${i}`, title: `C++ volume ${i}` });
    const calls = [index.put([row(1)]), index.setDictionary(dictionary), index.put([row(2)]), index.setDictionary([])];
    const results = await Promise.all(calls);
    // the first change touches cpp, net, both, zh and n1, the second n2 too
    expect(results[1]).toMatchObject({ documents: 5 });
    expect(results[3]).toMatchObject({ documents: 6 });
    await index.setDictionary(dictionary);
    await expectAnswersOf(index, builtWith(dictionary, [...documents, row(1), row(2)]));
  });

  it('shows its words in the analysis', async () => {
    const index = await open(await copyOf(whole));
    await index.setDictionary(dictionary);
    const { steps } = await index.analyze('.NET', 'en');
    expect(steps.map(({ name }) => name).slice(0, 3)).toEqual(['normal form', 'dictionary', 'words']);
    expect(steps.at(-1)?.tokens).toEqual([{ term: 'dotnet', position: 0, start: 0, end: 4 }]);
  });

  it('equals a new index after any changes of words and documents', { timeout: 120_000 }, async () => {
    const text = fc.array(fc.constantFrom('c', 'c++', 'c+', '+', 'ab', 'a b', '中国人', '中国'), { maxLength: 5 });
    const title = text.map(pieces => pieces.join(' '));
    const word = fc.record({ text: fc.constantFrom('c++', 'c', 'a b', 'b', '中国', '国人', '+') });
    const step = fc.oneof(
      fc.record({ words: fc.uniqueArray(word, { maxLength: 4, selector: each => each.text }) }),
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), title }),
      fc.constant('reopen' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
        const path = await copyOf(whole);
        let index = await open(path);
        let words: readonly DictionaryWord[] = [];
        const rows = new Map(documents.map(document => [document.id, document]));
        for (const next of steps) {
          if (next === 'reopen') {
            await opened.pop()?.close();
            index = await open(path);
          } else if ('words' in next) {
            const before = [...rows.values()].map(row => termsOf(row, words));
            const after = [...rows.values()].map(row => termsOf(row, next.words));
            const { documents: touched } = await index.setDictionary(next.words);
            expect(touched).toBe(before.filter((terms, i) => terms !== after[i]).length);
            words = next.words;
          } else {
            await index.put([next]);
            rows.set(next.id, next);
          }
        }
        await expectAnswersOf(index, builtWith(words, [...rows.values()]));
        await opened.pop()?.close();
      }),
      { numRuns: 25 },
    );
  });
});

/** What a document is indexed under, as one text. */
function termsOf(row: DocumentRow, words: readonly DictionaryWord[]): string {
  if (row.tokens !== undefined) return '';
  const tokens = createTokenIndex({ ...indexing(), attributeWeight: resolveAttributeWeight(indexing()) });
  tokens.chains.setDictionary(checkDictionary(words));
  const analyzer = tokens.chains.analyzer(row.language);
  const shown = [row.title, row.description ?? ''].map(text =>
    analyzer
      .analyze(text)
      .map(({ term, position, parts = [], variants = [] }) => [
        term,
        position,
        ...[...parts, ...variants].map(other => other.term),
      ]),
  );
  return JSON.stringify(shown);
}
