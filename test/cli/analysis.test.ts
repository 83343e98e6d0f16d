import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeWords } from '../../src/api/indexes/dictionary-words.js';
import { runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);

/** Runs a command line in this process. @returns exit code, text, and the last line of stdout as JSON where it is one */
async function tandem(...words: string[]) {
  const { exit, out } = await runTandem(words);
  const text = out.trimEnd();
  return { exit, text, json: words.includes('--json') ? JSON.parse(text.split('\n').at(-1) ?? '') : undefined };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-analysis-'));
  const rows = [
    { id: 'cpp', title: 'Learning C++' },
    { id: 'sofa', title: 'Red sofa' },
  ];
  await writeFile(at('documents.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
  await writeFile(at('rules.txt'), '# furniture\n\ncouch => sofa\r\ntv, television\n');
  const made = await tandem(
    'index',
    '--documents',
    at('documents.jsonl'),
    '--synonyms',
    at('rules.txt'),
    '--out',
    at('index'),
  );
  expect(made.exit).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const dictionary = (...words: string[]) => tandem('dictionary', '--index', at('index'), ...words, '--json');

describe('tandem index --synonyms', () => {
  it('makes queries ask for synonyms', async () => {
    const { json } = await tandem('search', '--index', at('index'), 'couch', '--json');
    expect(json.hits.map(({ id }: { id: string }) => id)).toEqual(['sofa']);
  });

  it('refuses a file that is not there, or has a bad rule, and makes no index', async () => {
    await writeFile(at('bad.txt'), 'tv, telly\ncouch\n');
    const make = (file: string) =>
      tandem('index', '--documents', at('documents.jsonl'), '--synonyms', at(file), '--out', at('none'), '--json');
    expect((await make('bad.txt')).json).toMatchObject({ code: 'text/bad-synonyms', details: { line: 2 } });
    expect((await make('nowhere.txt')).json.code).toBe('data/not-found');
    const set = await tandem(
      'index',
      '--documents',
      at('documents.jsonl'),
      '--set',
      'indexing.synonyms=["tv"]',
      '--out',
      at('none'),
      '--json',
    );
    expect(set.json).toMatchObject({ code: 'config/bad-value', details: { key: 'indexing.synonyms' } });
  });
});

describe('tandem dictionary', () => {
  it('adds, shows, removes and replaces words', async () => {
    expect((await dictionary('--list')).json).toEqual({ words: [] });
    const added = await dictionary('--add', 'c++', '--add', 'R&D=research');
    expect(added.json).toMatchObject({ words: 2, documents: 1 });
    expect((await tandem('dictionary', '--index', at('index'), '--list')).text).toBe('R&D -> research\nc++');
    expect((await dictionary('--remove', 'R&D')).json).toMatchObject({ words: 1, documents: 0 });
    await writeFile(at('words.json'), '{"words": [{"text": "red sofa"}, {"text": "c++"}]}');
    expect((await dictionary('--file', at('words.json'))).json).toMatchObject({ words: 2, documents: 1 });
  });

  it('refuses what it cannot do', async () => {
    await writeFile(at('odd.json'), '["c++"]');
    for (const [words, code] of [
      [[], 'usage/missing-option'],
      [['--list', '--add', 'x'], 'usage/missing-option'],
      [['--remove', 'nothing'], 'dictionary/bad-word'],
      [['--add', ' '], 'dictionary/bad-word'],
      [['--file', at('odd.json')], 'dictionary/bad-word'],
      [['--file', at('nowhere.json')], 'data/not-found'],
    ] as const) {
      expect((await dictionary(...words)).json.code, words.join(' ')).toBe(code);
    }
  });
});

describe('tandem synonyms', () => {
  const synonyms = (...words: readonly string[]) => tandem('synonyms', '--index', at('index'), ...words, '--json');

  it('adds, shows, removes and replaces rules, and searches obey', async () => {
    const before: string[] = (await synonyms('--list')).json.rules;
    const found = async (text: string) => (await tandem('search', '--index', at('index'), text, '--json')).json.hits;
    expect(await found('davenport')).toEqual([]);
    expect((await synonyms('--add', 'davenport, learning')).json.rules).toBe(before.length + 1);
    expect((await tandem('synonyms', '--index', at('index'), '--list')).text).toBe(
      [...before, 'davenport, learning'].join('\n'),
    );
    expect(await found('davenport')).not.toEqual([]);
    expect((await synonyms('--remove', 'davenport, learning')).json.rules).toBe(before.length);
    expect(await found('davenport')).toEqual([]);
    await writeFile(at('other-rules.txt'), `# ours\n\n${before.join('\n')}\n`);
    expect((await synonyms('--file', at('other-rules.txt'))).json.rules).toBe(before.length);
    expect((await synonyms('--list')).json).toEqual({ rules: before });
  });

  it('refuses what it cannot do', async () => {
    for (const [words, code] of [
      [[], 'usage/missing-option'],
      [['--list', '--add', 'a, b'], 'usage/missing-option'],
      [['--remove', 'nothing, nobody'], 'text/bad-synonyms'],
      [['--add', 'alone'], 'text/bad-synonyms'],
      [['--file', at('nowhere.txt')], 'data/not-found'],
    ] as const) {
      expect((await synonyms(...words)).json.code, words.join(' ')).toBe(code);
    }
  });
});

describe('tandem analyze --index', () => {
  it('shows the words and synonyms of the index', async () => {
    await dictionary('--add', 'c++');
    const { json } = await tandem('analyze', 'C++ couch', '--index', at('index'), '--json');
    expect(json.language).toBe('en');
    expect(json.steps.find(({ name }: { name: string }) => name === 'dictionary').tokens).toEqual([
      { term: 'c++', position: 0, start: 0, end: 3 },
    ]);
    expect(json.steps.at(-1).tokens.map(({ term }: { term: string }) => term)).toEqual(['c++', 'sofa']);
  });

  it('shows finer parts below their word', async () => {
    const { text } = await tandem('analyze', '自動車', '--language', 'ja');
    const rows = text.split('\n').map(line => line.trim().split(/\s+/).join(' '));
    expect(rows.slice(rows.indexOf('parts 0 0-3 自動車'))).toEqual([
      'parts 0 0-3 自動車',
      '0 0-1 自',
      '0 0-2 自動',
      '0 1-2 動',
      '0 1-3 動車',
      '0 2-3 車',
    ]);
  });
});

describe('changeWords', () => {
  it('reads WORD and WORD=TERM, the last = parting them', () => {
    const words = [{ text: 'a' }, { text: 'b', term: 'x' }];
    expect(changeWords(words, ['b', 'c=d', '=', 'e==f'], ['a'])).toEqual([
      { text: 'b' },
      { text: 'c', term: 'd' },
      { text: '=' },
      { text: 'e=', term: 'f' },
    ]);
    expect(() => changeWords(words, [], ['z'])).toThrow(expect.objectContaining({ code: 'dictionary/bad-word' }));
  });
});
