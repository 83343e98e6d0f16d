import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapRow } from '../../data/mapping.js';
import { readRows } from '../../data/sources/source.js';
import type { ColumnMapping } from '../../src/config/mapping.js';
import { documentRowSchema } from '../../src/config/rows.js';
import { collect, temporaryFolder } from './temporary-folder.js';

describe('mapRow', () => {
  it('gives a column the name of its field; a column of that name gives way', () => {
    const row = { sku: 'a1', name: 'hose', id: 7, colour: 'red' };
    expect(mapRow(row, { id: 'sku', title: 'name' })).toEqual({ id: 'a1', title: 'hose', colour: 'red' });
  });

  it('fills several fields from one column, and leaves absent what is absent', () => {
    expect(mapRow({ name: 'hose' }, { title: 'name', description: 'name', country: 'land' })).toEqual({
      title: 'hose',
      description: 'hose',
    });
  });

  it('takes no name of an object for a column', () => {
    expect(mapRow({ name: 'hose' }, { title: 'toString' })).toEqual({ name: 'hose' });
  });
});

describe('readRows with a mapping', () => {
  async function read(name: string, content: string, mapping: ColumnMapping) {
    const path = join(await temporaryFolder(), name);
    await writeFile(path, content);
    return collect(readRows(path, documentRowSchema, { mapping }));
  }

  it.each([
    ['a.csv', 'sku,name\na1,hose\n', 2],
    ['a.jsonl', '{"sku":"a1","name":"hose"}\n', 1],
  ])('reads %s', async (name, content, line) => {
    expect(await read(name, content, { id: 'sku', title: 'name' })).toEqual([
      { line, row: { id: 'a1', title: 'hose' } },
    ]);
  });

  it.each([
    ['a.csv', 'id,title,name,colour\na1,t,hose,red\n'],
    ['a.jsonl', '{"id":"a1","title":"t","name":"hose"}\n{"id":"a2","title":"t","colour":"red"}\n'],
  ])('names the columns of %s and the nearest where one is not there', async (name, content) => {
    await expect(read(name, content, { description: 'nmae' })).rejects.toMatchObject({
      code: 'data/unknown-column',
      message: expect.stringMatching(/no column "nmae".*did you mean "name".*its columns: id, .*name.*colour/),
    });
  });
});
