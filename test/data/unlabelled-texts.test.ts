import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTexts, readTranslations } from '../../data/unlabelled-texts.js';
import { collect, temporaryFolder } from './temporary-folder.js';

async function write(name: string, content: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

describe('readTexts', () => {
  it('reads `text`, or title and description of documents, and leaves out what is empty', async () => {
    const texts = await write('a.jsonl', '{"text":"one","id":"1"}\n{"text":" "}\n');
    const documents = await write(
      'b.jsonl',
      '{"id":"d","title":"two","description":"three","price":3}\n{"title":""}\n',
    );
    const table = await write('c.csv', 'id,title\n1,four\n2,"five, six"\n');
    expect(await collect(readTexts([texts, documents, table]))).toEqual(['one', 'two', 'three', 'four', 'five, six']);
  });

  it.each([
    ['no text at all', 'a.jsonl', '{"text":"one"}\n{"name":"two"}\n', 'data/malformed-row', /line 2: expected `text`/],
    ['a text that is none', 'a.jsonl', '{"text":["one"]}\n', 'data/malformed-row', /line 1: text: expected string/],
    ['not JSON', 'a.jsonl', 'one\n', 'data/malformed-row', /line 1: not JSON/],
    ['no rows', 'a.jsonl', '', 'data/empty', /has no rows/],
    ['another kind of file', 'a.docx', 'one', 'data/unknown-format', /a\.docx/],
  ])('refuses %s', async (_, name, content, code, message) => {
    const path = await write(name, content);
    const read = collect(readTexts([path]));
    await expect(read).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('refuses a file that is not there', async () => {
    await expect(collect(readTexts(['nowhere.jsonl']))).rejects.toMatchObject({ code: 'data/not-found' });
  });
});

describe('readTranslations', () => {
  it('reads both sides, and their languages where they are given', async () => {
    const path = await write(
      'a.jsonl',
      '{"source":"red","target":"rot"}\n{"source":"hose","target":"tuyau","sourceLanguage":"en","targetLanguage":"fr"}\n',
    );
    expect(await readTranslations(path)).toEqual([
      { source: 'red', target: 'rot' },
      { source: 'hose', target: 'tuyau', sourceLanguage: 'en', targetLanguage: 'fr' },
    ]);
  });

  it.each([
    ['a missing side', '{"source":"red"}\n', /line 1: (no column )?target/],
    ['an empty side', '{"source":"red","target":""}\n', /line 1: (no column )?target/],
    ['an unknown column', '{"source":"red","target":"rot","lang":"de"}\n', /line 1: .*lang/],
  ])('refuses %s', async (_, content, message) => {
    const path = await write('a.jsonl', content);
    await expect(readTranslations(path)).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(message),
    });
  });
});
