import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DocumentSource, readDocuments } from '../../data/read-documents.js';
import { collect, temporaryFolder } from './temporary-folder.js';

/** Files of a folder, and the documents that a source makes of them. */
async function read(files: Readonly<Record<string, string>>, source: Partial<DocumentSource> = {}) {
  const folder = await temporaryFolder();
  const notes: string[] = [];
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const paths = Object.keys(files).map(name => join(folder, name));
  const rows = await collect(readDocuments({ ...source, files: paths }, { onNote: note => notes.push(note) }));
  return { rows: rows.map(({ row }) => row), notes: notes.map(note => note.replaceAll(folder, '')) };
}

const priced = (prices: readonly string[]): string =>
  ['id;title;price', ...prices.map((price, i) => `${i};hose;${price}`)].join('\n');
const pricesOf = async (prices: readonly string[], source?: Partial<DocumentSource>) =>
  (await read({ 'shop.csv': priced(prices) }, source)).rows.map(({ price, currency }) => [price, currency]);

describe('documents of files', () => {
  it('have their columns by the fields that they hold', async () => {
    const csv = 'sku,name,stock\n007,Garden hose,3\n';
    const { rows } = await read({ 'shop.csv': csv }, { columns: { id: 'sku', title: 'name' } });
    expect(rows).toEqual([{ id: '007', title: 'Garden hose', stock: 3 }]);
  });

  it('of several files come one after the other, each with its own path', async () => {
    const { rows } = await read({ 'a.csv': 'id,title\na,hose\n', 'b.jsonl': '{"id":"b","title":"rake"}\n' });
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('are numbered where no column is an id; of several files the name goes before', async () => {
    const csv = 'title\nhose\nrake\n';
    const one = await read({ 'a.csv': csv }, { numbered: true });
    expect(one.rows.map(({ id }) => id)).toEqual(['2', '3']);
    const two = await read({ 'a.csv': csv, 'b.csv': csv }, { numbered: true });
    expect(two.rows.map(({ id }) => id)).toEqual(['a.csv:2', 'a.csv:3', 'b.csv:2', 'b.csv:3']);
  });

  it('without a title are refused, or kept without one', async () => {
    const csv = 'id,title\na,\n';
    await expect(read({ 'a.csv': csv })).rejects.toMatchObject({ code: 'data/malformed-row' });
    expect((await read({ 'a.csv': csv }, { untitled: 'keep' })).rows).toEqual([{ id: 'a', title: '' }]);
  });

  it('have their HTML as it is written, or as the text of it', async () => {
    const csv = 'id,title,description,note\na,Hose &amp; reel,<p>Long<br>and <i>green</i></p>,<b>x</b>\n';
    const [kept] = (await read({ 'a.csv': csv })).rows;
    expect([kept.title, kept.description]).toEqual(['Hose &amp; reel', '<p>Long<br>and <i>green</i></p>']);
    expect((await read({ 'a.csv': csv }, { html: 'text' })).rows).toEqual([
      { id: 'a', title: 'Hose & reel', description: 'Long and green', note: '<b>x</b>' },
    ]);
  });

  it('that cannot be used are refused, or left out and told where they are few', async () => {
    const good = Array.from({ length: 57 }, (_, i) => `a${i},hose,5\n`).join('');
    const few = { 'a.csv': `id,title,price\n,rake,5\n${good},saw,7\n ,axe,1\n` };
    await expect(read(few)).rejects.toMatchObject({ code: 'data/malformed-row' });
    const { rows, notes } = await read(few, { unusable: 'leaveOut' });
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 57 }, (_, i) => `a${i}`));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /a\.csv: 3 rows were left out \(row 2: id is missing; row 60: id is missing; row 61: id.*\)$/,
    );
    // 4 of 61 are more than one in twenty
    const many = { 'a.csv': `${few['a.csv']},pan,2\n` };
    await expect(read(many, { unusable: 'leaveOut' })).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringContaining('id is missing (3 rows, first row 2)'),
    });
  });

  it('that are left out are told once where prices have to be decided by all others', async () => {
    const good = Array.from({ length: 50 }, (_, i) => `a${i};hose;5,50\n`).join('');
    const csv = `id;title;price\n;rake;5\n${good}b;saw;1.234\n;axe;1\n`;
    const { rows, notes } = await read({ 'a.csv': csv }, { unusable: 'leaveOut' });
    expect(rows).toHaveLength(51);
    expect(rows.at(-1)).toMatchObject({ id: 'b', price: 1234 });
    expect(notes.filter(note => note.includes('left out'))).toEqual([
      '/a.csv: 2 rows were left out (row 2: id is missing; row 54: id is missing)',
    ]);
  });

  it('that cannot be read are an error even where others are left out', async () => {
    const good = Array.from({ length: 60 }, (_, i) => `${JSON.stringify({ id: `a${i}`, title: 'hose' })}\n`).join('');
    await expect(read({ 'a.jsonl': `${good}{"id":"b","ti` }, { unusable: 'leaveOut' })).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringContaining('line 61: not JSON'),
    });
  });

  it.each([
    ['a.jpg', ['a.jpg']],
    ['a.jpg|b.jpg', ['a.jpg', 'b.jpg']],
    ['https://x.example/a,b.jpg', ['https://x.example/a,b.jpg']],
    ['https://x.example/a.jpg,https://x.example/b.jpg', ['https://x.example/a.jpg', 'https://x.example/b.jpg']],
    ['https://x.example/a.jpg https://x.example/b.jpg', ['https://x.example/a.jpg', 'https://x.example/b.jpg']],
    ['["a.jpg", "b.jpg"]', ['a.jpg', 'b.jpg']],
  ])('have the pictures of %s', async (cell, images) => {
    const csv = `id,title,photo\na,hose,"${cell.replaceAll('"', '""')}"\n`;
    const jsonl = `${JSON.stringify({ id: 'a', title: 'hose', photo: cell })}\n`;
    expect((await read({ 'a.csv': csv }, { columns: { images: 'photo' } })).rows[0].images).toEqual(images);
    expect((await read({ 'a.jsonl': jsonl }, { columns: { images: 'photo' } })).rows[0].images).toEqual(images);
  });
});

describe('prices of files', () => {
  it('are numbers, with the currency beside them', async () => {
    expect(await pricesOf(['19,90 €', '€1.299,00', '5', 'n/a', ''])).toEqual([
      [19.9, 'EUR'],
      [1299, 'EUR'],
      [5, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('of two readings are decided by all prices of the file, told once, and no row is given twice', async () => {
    const { rows, notes } = await read({ 'shop.csv': priced(['5', '1.234', '19,90', '7,00']) });
    expect(rows.map(({ id, price }) => [id, price])).toEqual([
      ['0', 5],
      ['1', 1234],
      ['2', 19.9],
      ['3', 7],
    ]);
    expect(notes.filter(note => note.includes('1.234'))).toEqual([
      '/shop.csv: 1 price such as "1.234" is read with the comma before the fraction (1234): 2 other prices show it so; documents.price.decimal of tandem.json says otherwise',
    ]);
  });

  it('are read by the mark that is given, without a look at the others', async () => {
    expect(await pricesOf(['1.234', '19,90'], { price: { decimal: 'point' } })).toEqual([
      [1.234, undefined],
      [19.9, undefined],
    ]);
  });

  it('are divided where they stand in cents', async () => {
    expect(await pricesOf(['1990', '50'], { price: { divideBy: 100 } })).toEqual([
      [19.9, undefined],
      [0.5, undefined],
    ]);
  });

  it('that cannot be read are told with their row, or left out', async () => {
    await expect(read({ 'shop.csv': priced(['5', 'per 100 g']) })).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/shop\.csv row 3: price: "per 100 g" cannot be read as a price/),
    });
    expect(await pricesOf(['5', 'per 100 g'], { price: { unreadable: 'leaveOut' } })).toEqual([
      [5, undefined],
      [undefined, undefined],
    ]);
  });

  it('keep the currency that a column of its own names', async () => {
    const jsonl = `${JSON.stringify({ id: 'a', title: 'hose', price: { USD: 5 }, currency: 'points' })}\n`;
    expect((await read({ 'a.jsonl': jsonl })).rows[0]).toMatchObject({ price: 5, currency: 'points' });
  });
});
