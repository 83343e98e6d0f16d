import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const tandem = async (...words: string[]) => {
  const ran = await runTandem(words);
  expect(ran.exit, ran.error).toBe(0);
  return ran;
};
const index = (documents: string, ...more: string[]) =>
  tandem('index', '--documents', at(documents), '--out', at('index'), ...more);
const found = async (text: string): Promise<string[]> => {
  const ran = await tandem('search', '--index', at('index'), text, '--json');
  return (lastJson(ran) as { hits: { id: string }[] }).hits.map(({ id }) => id);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-kept-rules-'));
  const rows = [
    { id: 'a', title: 'red sofa' },
    { id: 'b', title: 'blue sofa' },
    { id: 'c', title: '.NET course' },
    { id: 'd', title: 'net for fish' },
  ];
  await writeFile(at('first.jsonl'), jsonLines(rows));
  await writeFile(at('second.jsonl'), jsonLines([...rows, { id: 'e', title: 'green sofa' }]));
  await writeFile(
    at('rules.json'),
    JSON.stringify({ rules: [{ id: 'gone', when: { phrase: 'sofa' }, hide: { ids: ['b'] } }] }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('rules, synonyms and words that were set', () => {
  it('are kept by an index that takes the place of theirs, where that is asked for', async () => {
    await index('first.jsonl');
    await tandem('rules', 'set', '--index', at('index'), '--file', at('rules.json'));
    await tandem('synonyms', '--index', at('index'), '--add', 'couch, sofa');
    await tandem('dictionary', '--index', at('index'), '--add', '.NET');
    const { error } = await index('second.jsonl', '--force', '--keep-rules');
    expect(error).toContain('kept of the index before: 1 rules, 1 synonyms, 1 words');
    expect((await found('sofa')).sort()).toEqual(['a', 'e']);
    expect((await found('couch')).sort()).toEqual(['a', 'b', 'e']);
    expect(await found('.NET')).toEqual(['c']);
    expect((await readdir(folder)).filter(name => name.includes('.tmp'))).toEqual([]);
    // once more, now that they stand in an index that was made with them
    await index('second.jsonl', '--force', '--keep-rules');
    expect((await found('sofa')).sort()).toEqual(['a', 'e']);
    expect((await found('couch')).sort()).toEqual(['a', 'b', 'e']);
  });

  it('are gone otherwise', async () => {
    await index('second.jsonl', '--force');
    expect((await found('sofa')).sort()).toEqual(['a', 'b', 'e']);
    expect(await found('couch')).toEqual([]);
  });

  it('are none of a first index', async () => {
    await rm(at('index'), { recursive: true });
    await index('first.jsonl', '--keep-rules');
    expect((await found('sofa')).sort()).toEqual(['a', 'b']);
  });
});
