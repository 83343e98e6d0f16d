import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildIndex, openIndex } from '../../src/api/index.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { completeQuery } from '../../src/search/complete-query.js';
import { normalise } from '../../src/text/normalise.js';
import { wordsOf } from './words.js';

type Words = ReturnType<typeof wordsOf>;
const wordsFor = (from: Words, text: string, language?: string): string[] =>
  completeQuery(from, { text, language, k: 50 }).flatMap(({ kind, text: whole }) => (kind === 'word' ? [whole] : []));

/** Titles with the language that their document names. */
const titles: readonly (readonly [string | undefined, string])[] = [
  [undefined, 'Running shoes for universities'],
  [undefined, "C++ and C# primers, AT&T's Wi-Fi 3.5mm 120x60cm O'Reilly"],
  [undefined, 'Flying happiness: résumé, naïveté, batteries, organizers'],
  ['de', 'Straße, Größentabelle, Müller, rote Häuser'],
  ['fr', "L'étagère d'angle, crêpières, électricité, cœurs"],
  ['es', 'Librerías para niños españoles'],
  ['it', "Dell'acqua, qualità, caffettiere"],
  ['tr', 'Kırmızı ayakkabılar, IŞIKLI çiçekler'],
  ['pl', 'Łódki, żółte światełka'],
  ['sv', 'Smörgåsar, räksallader'],
  ['ru', 'Ёлочные игрушки, красные ботинки'],
  ['uk', "Комп'ютери, ґанки"],
  ['el', 'Καφετιέρες, ηλεκτρικές σκούπες'],
  ['ar', 'كِتَاب المدرسة'],
  ['he', 'שָׁלוֹם מחשבים'],
  ['hi', 'नमस्ते किताबें'],
  ['ko', '한국어 전자제품'],
  ['vi', 'Áo dài phở'],
];
const rows = titles.map(([language, title], i): DocumentRow => ({ id: String(i), title, language }));

/** Words of a title as people see them. */
const wordsIn = (title: string): string[] =>
  normalise(title, 'und')
    .text.split(' ')
    .map(word => word.replace(/[,:]$/, ''));

function filled(how: 'in memory' | 'in several segments'): Words {
  const words = wordsOf([]);
  for (const row of rows) {
    words.put(row);
    if (how === 'in several segments' && Number(row.id) % 3 === 2) words.index.flush();
  }
  return words;
}

async function merged(): Promise<Words> {
  const words = filled('in several segments');
  await words.index.compact();
  return words;
}

describe('every beginning of a word that a title holds', () => {
  it.each([
    ['in memory', async () => filled('in memory')],
    ['in several segments', async () => filled('in several segments')],
    ['in one merged segment', merged],
  ])('completes to it, whatever its language and that of the query: %s', async (_name, make) => {
    const words = await make();
    for (const [language, title] of titles) {
      for (const word of wordsIn(title)) {
        const letters = [...word];
        for (let typed = 1; typed <= letters.length; typed++) {
          const text = letters.slice(0, typed).join('');
          const written = language === 'tr' ? word.replace('işikli', 'ışıklı') : word;
          expect(wordsFor(words, text), `${title}: ${text}`).toContain(written);
          expect(wordsFor(words, text, language), `${language} ${title}: ${text}`).toContain(written);
          expect(wordsFor(words, `blue ${text}`), `${title}: blue ${text}`).toContain(`blue ${written}`);
        }
      }
    }
  });

  it('completes without the signs that people leave out', () => {
    const words = filled('in memory');
    for (const [typed, word] of [
      ['res', 'résumé'],
      ['naiv', 'naïveté'],
      ['stras', 'straße'],
      ['mull', 'müller'],
      ['muell', 'müller'],
      ['etag', 'étagère'],
      ["l'etag", "l'étagère"],
      ['l’étag', "l'étagère"],
      ['coeu', 'cœurs'],
      ['crepi', 'crêpières'],
      ['acq', 'acqua'],
      ['kirmizi', 'kırmızı'],
      ['isikl', 'ışıklı'],
      ['lodk', 'łódki'],
      ['zolt', 'żółte'],
      ['елоч', 'ёлочные'],
      ['ганк', 'ґанки'],
      ['καφετιερ', 'καφετιέρες'],
      ['كتا', 'كِتَاب'],
      ['שלו', 'שָׁלוֹם'],
      ['하', '한국어'],
      ['한ㄱ', '한국어'],
      ['전자ㅈ', '전자제품'],
      ['pho', 'phở'],
      ['o’rei', "o'reilly"],
      ['reil', 'reilly'],
      ['WI-F', 'wi-fi'],
      ['wif', 'wi-fi'],
      ['oreil', "o'reilly"],
      ["комп'ю", "комп'ютери"],
      ['компю', "комп'ютери"],
      ['Fi', 'fi'],
      ['(runni', '(running'],
      ['120x6', '120x60cm'],
    ])
      expect(wordsFor(words, typed), typed).toContain(typed.startsWith('(') ? `(${word.slice(1)}` : word);
  });

  it('puts those with the accents that were typed first, and the word that is typed already last', () => {
    const words = wordsOf(['resume', 'resume', 'resume', 'résumé', 'resumes']);
    expect(wordsFor(words, 'resum')).toEqual(['resume', 'resumes', 'résumé']);
    expect(wordsFor(words, 'rés')).toEqual(['résumé', 'resume', 'resumes']);
    expect(wordsFor(words, 'resume')).toEqual(['resumes', 'résumé', 'resume']);
  });

  it('completes in scripts that write no spaces, behind the words before', () => {
    const words = wordsOf([]);
    for (const [id, title, language] of [
      ['a', 'กล้องCanon สีดำ', 'th'],
      ['b', '黑色连衣裙', 'zh'],
      ['c', '日本語カメラ', 'ja'],
    ])
      words.put({ id, title, language });
    expect(wordsFor(words, 'กล้องCano')).toContain('กล้องcanon');
    expect(wordsFor(words, 'cano')).toContain('canon');
    expect(wordsFor(words, '黑色连', 'zh')).toContain('黑色连衣裙');
    expect(wordsFor(words, '连', 'zh')).toContain('连衣裙');
    expect(wordsFor(words, '黑', 'zh')).toContain('黑色');
    expect(wordsFor(words, 'カメ', 'ja')).toContain('カメラ');
  });
});

describe('completed words', () => {
  it.each(['in memory', 'flushed', 'merged'])('are gone with their last document, and not before: %s', async how => {
    const words = wordsOf(['unique gizmo', 'another gizmo', 'gizmos']);
    if (how !== 'in memory') words.index.flush();
    expect(wordsFor(words, 'uniq')).toEqual(['unique']);
    words.index.remove('0');
    words.put({ id: '2', title: 'gadgets' });
    if (how === 'merged') await words.index.compact();
    expect(wordsFor(words, 'uniq')).toEqual([]);
    expect(wordsFor(words, 'giz')).toContain('gizmo');
    expect(wordsFor(words, 'gad')).toEqual(['gadgets']);
    words.index.remove('1');
    if (how === 'merged') await words.index.compact();
    expect(wordsFor(words, 'giz')).toEqual([]);
  });

  it('of documents that give their terms are those words of the texts that they belong to', () => {
    const words = wordsOf([]);
    words.put({ id: 'a', title: 'Running batteries', tokens: { title: ['run', 'batteri', 'synonym'] } });
    words.put({ id: 'b', title: '黑色连衣裙', tokens: { title: ['黑色', { term: '连衣裙', weight: 0.4 }] } });
    words.put({ id: 'c', title: 'anything', tokens: { title: ['a-class account'] } });
    expect(wordsFor(words, 'runn')).toEqual(['running']);
    expect(wordsFor(words, 'batt')).toEqual(['batteries']);
    expect(wordsFor(words, '连')).toEqual(['连衣裙']);
    expect(wordsFor(words, 'a-cl')).toEqual(['a-class account']);
    expect(wordsFor(words, 'syn')).toEqual([]);
    expect(wordsFor(words, 'anyt')).toEqual([]);
  });

  it('come in the order of their documents, also across segments', () => {
    const words = wordsOf(['garden', 'garage', 'garage', 'garages']);
    words.index.flush();
    for (const id of ['x', 'y', 'z']) words.put({ id, title: 'garden garden' });
    // garden stands in four documents, garage in two
    expect(wordsFor(words, 'gar')).toEqual(['garden', 'garage', 'garages']);
  });
});

describe('an index on disk', () => {
  let folder: string | undefined;
  afterAll(async () => folder && rm(folder, { recursive: true, force: true }));

  it('completes after it was opened again, written to and merged', async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-words-'));
    const out = join(folder, 'index');
    await buildIndex({ documents: rows, out });
    const complete = async (text: string): Promise<string[]> => {
      const index = await openIndex(out);
      const found = await index.complete(text, { k: 20 });
      await index.close();
      return found.map(each => each.text);
    };
    expect(await complete('runni')).toEqual(['running', 'Running shoes for universities']);
    const index = await openIndex(out, { writable: true });
    await index.delete(['0']);
    await index.put([{ id: 'new', title: 'Runningboard' }]);
    await index.close();
    expect(await complete('runni')).toEqual(['runningboard', 'Runningboard']);
  });
});
