import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTandem } from './run-tandem.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-cli-data-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const shop = [
  'id,title,rating,in_stock,ean',
  '1,garden hose,9,true,4006381333931',
  '2,garden hose long,10,false,4006381333948',
  '3,garden hose short,4.5,True,0006381333955',
].join('\n');

async function hitsOf(index: string, ...flags: string[]): Promise<string[]> {
  const { out } = await runTandem(['search', '--index', index, 'hose', '--json', ...flags]);
  return JSON.parse(out).hits.map(({ id }: { id: string }) => id);
}

describe('tandem index of a CSV file', () => {
  it('makes columns of numbers that can be filtered and sorted on, and tells them', async () => {
    await writeFile(at('shop.csv'), shop);
    const made = await runTandem(['index', '--documents', at('shop.csv'), '--out', at('index'), '--json']);
    const note = `${at('shop.csv')}: columns read as numbers: rating; as true/false: in_stock`;
    expect([made.exit, JSON.parse(made.out).notes]).toEqual([0, [note]]);
    expect(made.error).toContain(`tandem: ${note}\n`);
    expect(await hitsOf(at('index'), '--sort', 'rating:descending')).toEqual(['2', '1', '3']);
    const atLeast = JSON.stringify([{ range: { field: 'rating', min: 9 } }]);
    expect((await hitsOf(at('index'), '--filter', atLeast)).sort()).toEqual(['1', '2']);
    const sold = JSON.stringify([{ terms: { field: 'in_stock', values: [true] } }]);
    expect((await hitsOf(at('index'), '--filter', sold)).sort()).toEqual(['1', '3']);
    const coded = JSON.stringify([{ terms: { field: 'ean', values: ['0006381333955'] } }]);
    expect(await hitsOf(at('index'), '--filter', coded)).toEqual(['3']);
  });

  it('takes types', async () => {
    await writeFile(at('typed.csv'), shop);
    const types = ['--types', 'rating=text,in_stock=text'];
    const made = await runTandem(['index', '--documents', at('typed.csv'), '--out', at('typed'), ...types]);
    expect([made.exit, made.error.includes('columns read')]).toEqual([0, false]);
    const text = JSON.stringify([{ terms: { field: 'rating', values: ['10'] } }]);
    expect(await hitsOf(at('typed'), '--filter', text)).toEqual(['2']);
  });

  it.each([
    ['rating=numbr', /--types rating=numbr: expected COLUMN=TYPE/],
    ['rating', /--types rating: expected COLUMN=TYPE/],
    ['ratng=number', /no column "ratng".*did you mean "rating"/],
    ['id=number', /type number of id/],
  ])('refuses --types %s', async (types, message) => {
    const made = await runTandem(['index', '--documents', at('shop.csv'), '--out', at('none'), '--types', types]);
    expect([made.exit, existsSync(at('none'))]).toEqual([2, false]);
    expect(made.error).toMatch(message);
  });
});

describe.each(['prepare', 'index'])('tandem %s of a file with faults', command => {
  it('tells them all in one line and writes nothing', async () => {
    await writeFile(at('faults.csv'), 'sku,name,price\n1,hose,5\n2,lamp,per kg\n3\n');
    const ended = await runTandem([command, '--documents', at('faults.csv'), '--out', at('out')]);
    expect([ended.exit, existsSync(at('out'))]).toEqual([1, false]);
    expect(ended.error.trimEnd().split('\n').at(-1)).toBe(
      `tandem: data/malformed-row: ${at('faults.csv')}: 4 kinds of faults in 3 rows: no column id (did you mean --map sku=id?); ` +
        'no column title (did you mean --map name=title?); price: "per kg" cannot be read as a price; ' +
        'expected an amount such as 19.90, 19,90 or €19.90, or {"EUR": 19.9} (1 row, first row 3); ' +
        'has 1 cells where the header has 3 (1 row, first row 4) (columns: sku, name, price). ' +
        'Correct the named rows; nothing was written.',
    );
  });
});

describe('tandem prepare', () => {
  it('tells how it understood the times and ids of a log: 25 hours are not within a day', async () => {
    await writeFile(at('d.csv'), 'id,title\n1 ,hose\n');
    await writeFile(
      at('log.csv'),
      's,1714557600,search,hose,\ns,1714557700,click,,1\nt,1714557600,search,late,\nt,1714647600,click,,1\n'.replace(
        /^/,
        'session,time,type,query,documentId\n',
      ),
    );
    const files = ['--documents', at('d.csv'), '--events', at('log.csv'), '--chain', 'search,click'];
    const ended = await runTandem(['prepare', ...files, '--split', '1,0,0', '--out', at('data'), '--json']);
    expect(JSON.parse(ended.out).notes).toEqual([
      `${at('d.csv')}: white space around id was taken off in 1 row (first row 2)`,
      `${at('log.csv')}: times read as seconds since 1970`,
    ]);
    expect(await readFile(at('data/pairs.train.jsonl'), 'utf8')).toBe('{"query":"hose","documentId":"1","weight":1}\n');
  });
});
