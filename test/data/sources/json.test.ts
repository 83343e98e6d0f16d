import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitJson } from '../../../data/sources/json-values.js';
import { readTable } from '../../../data/sources/source.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

async function* pieces(text: string, lengths: readonly number[]): AsyncGenerator<string> {
  let from = 0;
  for (const length of lengths) {
    yield text.slice(from, from + length);
    from += length;
  }
  yield text.slice(from);
}

describe('splitJson', () => {
  const rows = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), { minLength: 1, maxLength: 4 });
  const cuts = fc.array(fc.nat(9), { maxLength: 30 });

  it('gives the values of an array however its text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(rows, cuts, fc.constantFrom(0, 1), async (values, lengths, indent) => {
        const text = JSON.stringify(values, null, indent);
        const split = await collect(splitJson('a', pieces(text, lengths), 'array'));
        expect(split.map(value => JSON.parse(value))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('gives the values of a sequence however its text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(rows, cuts, fc.constantFrom('', '\n', ' , '), async (values, lengths, between) => {
        const text = values.map(value => JSON.stringify(value, null, 1)).join(between);
        const split = await collect(splitJson('a', pieces(text, lengths), 'sequence'));
        expect(split.map(value => JSON.parse(value))).toEqual(values.map(value => JSON.parse(JSON.stringify(value))));
      }),
    );
  });

  it.each([
    ['[{"id":1}', /does not end: the file is cut short/],
    ['[{"id":1},{"id', /does not end/],
    ['[{"id":1}] {"id":2}', /text behind the end/],
  ])('refuses %s', async (text, message) => {
    await expect(collect(splitJson('a.json', pieces(text, []), 'array'))).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(message),
    });
  });
});

describe('rows of JSON', () => {
  async function read(name: string, content: string) {
    const path = join(await temporaryFolder(), name);
    await writeFile(path, content);
    return (await collect(readTable(path, { types: { rating: 'number', ean: 'text' } }))).map(({ row }) => row);
  }

  it.each([
    ['a.jsonl', (row: string) => row],
    ['a.json', (row: string) => `[${row}]`],
  ])('of %s keep whole numbers, leave out null, and take given types', async (name, write) => {
    expect(
      await read(
        name,
        write('{"id":9007199254740993,"title":null,"":"of no name","rating":"4.5","ean":7,"tags":[null]}'),
      ),
    ).toEqual([{ id: '9007199254740993', rating: 4.5, ean: '7', tags: [] }]);
  });

  it.each([33, 5_000, 100_000])('refuses a row that is nested %i levels deep, by its line', async levels => {
    const path = join(await temporaryFolder(), 'rows.jsonl');
    // the row itself is the first level
    const row = (depth: number): string => `{"id":"a","deep":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}\n`;
    await writeFile(path, row(32) + row(levels));
    await expect(collect(readTable(path))).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/line 2: (nested deeper than 32 levels|not JSON)/),
    });
  });

  it('names the row of an array that is no object', async () => {
    await expect(read('a.json', '[{"id":1}, 5]')).rejects.toMatchObject({
      message: expect.stringMatching(/a\.json row 2: expected object, received number$/),
    });
    await expect(read('a.json', '[{"id":1}, {"id":]')).rejects.toMatchObject({ code: 'data/malformed-row' });
  });
});
