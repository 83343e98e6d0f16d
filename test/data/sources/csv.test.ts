import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRows, readTable } from '../../../data/sources/source.js';
import type { ColumnTypes } from '../../../src/config/mapping.js';
import { documentRowSchema } from '../../../src/config/rows.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

async function file(content: string | Uint8Array, name = 'a.csv'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

async function read(content: string, types?: ColumnTypes) {
  const notes: string[] = [];
  const rows = await collect(readTable(await file(content), { types, onNote: note => notes.push(note) }));
  return { rows: rows.map(({ row }) => row), notes };
}

describe('types of CSV columns', () => {
  it('are read from all values, and told', async () => {
    const { rows, notes } = await read('sku,rating,stock,sold\na,4.5,-3,true\nb,10,,False\nc,.5,1e+21,\n');
    expect(rows).toEqual([
      { sku: 'a', rating: 4.5, stock: -3, sold: true },
      { sku: 'b', rating: 10, sold: false },
      { sku: 'c', rating: 0.5, stock: 1e21 },
    ]);
    expect(notes).toEqual(['columns read as numbers: rating, stock; as true/false: sold']);
  });

  it.each([
    ['a leading zero', '0123'],
    ['a plus', '+49'],
    ['a whole number beyond 2^53', '9007199254740993'],
    ['an exponent without its sign', '1E5'],
    ['a point without digits behind', '5.'],
    ['a comma that may stand between thousands', '1,234'],
    ['commas in a list', '1,2,3'],
    ['two marks in the wrong order', '1,23.456'],
    ['a leading zero before a comma', '01,5'],
    ['hexadecimal digits', '0x10'],
    ['infinity', 'Infinity'],
    ['a word', 'XL'],
  ])('stay text for the whole column with %s', async (_, value) => {
    const { rows } = await read(`c\n5\n"${value}"\n7\n`);
    expect(rows).toEqual([{ c: '5' }, { c: value }, { c: '7' }]);
  });

  it.each([
    // a comma before the fraction, points between thousands; what may be either is told by the others
    [
      ['12,5', '7', '1.234', '1.234.567,5', '-0,25'],
      [12.5, 7, 1234, 1234567.5, -0.25],
    ],
    [
      ['0,125', '1,234'],
      [0.125, 1.234],
    ],
    // commas between thousands
    [
      ['1,234.5', '12', '1,000', '1,234,567'],
      [1234.5, 12, 1000, 1234567],
    ],
    // no value
    [
      ['5', 'n/a', '-', 'N/A', '7'],
      [5, undefined, undefined, undefined, 7],
    ],
    [
      ['5,5', 'k.A.', '7'],
      [5.5, undefined, 7],
    ],
  ])('are numbers as people write them: %j', async (cells, values) => {
    const { rows } = await read(`a;c\n${cells.map(cell => `x;${cell}\n`).join('')}`);
    expect(rows.map(({ c }) => c)).toEqual(values);
  });

  it('tell how numbers were read that programs write otherwise', async () => {
    const { notes } = await read('weight;width;depth\n1,5;"1,234.5";?\n2;3;4\n');
    expect(notes).toEqual([
      'columns read as numbers: weight (comma before the fraction), width (commas between thousands), depth ("?" is none)',
    ]);
  });

  it.each(['gtin', 'EAN', 'ean13', 'upc code', 'Variant Barcode', 'sku', 'mpn', 'Telefon', 'PLZ', 'isbn'])(
    'of a name that is said of codes stay text: %s',
    async name => {
      const { rows, notes } = await read(`${name};title number\n4000;5\n123;6\n`);
      expect(rows).toEqual([
        { [name]: '4000', 'title number': 5 },
        { [name]: '123', 'title number': 6 },
      ]);
      expect(notes).toEqual(['columns read as numbers: title number']);
    },
  );

  it('of nothing but numbers of articles stay text, by their digits', async () => {
    const { rows } = await read('code;sold;year\n4000000324679;12345678;2024\n4000000324686;5;2025\n');
    expect(rows[0]).toEqual({ code: '4000000324679', sold: 12_345_678, year: 2024 });
  });

  it('of words for no value alone are text', async () => {
    expect((await read('c\nnone\n-\n')).rows).toEqual([{ c: 'none' }, { c: '-' }]);
  });

  it('of text have no value n/a, but where they are known fields or given as text', async () => {
    const { rows } = await read('colour;size\nN/A;XL\n#n/a;n/a\nred;L\n', { size: 'text' });
    expect(rows).toEqual([{ size: 'XL' }, { size: 'n/a' }, { colour: 'red', size: 'L' }]);
    const path = await file('id,title,colour\n1,N/A,n/a\n');
    expect((await collect(readRows(path, documentRowSchema))).map(({ row }) => row)).toEqual([
      { id: '1', title: 'N/A' },
    ]);
  });

  it('given as numbers are read in the style of their column', async () => {
    expect((await read('c;d\n1,5;1,5\n1,234;n/a\n', { c: 'number', d: 'text' })).rows).toEqual([
      { c: 1.5, d: '1,5' },
      { c: 1.234, d: 'n/a' },
    ]);
  });

  it('given as numbers are read in the style that most of them are in, also where one is none', async () => {
    const path = await file('a;c\nx;1,5\nx;XL\nx;1.234\nx;2,25\n');
    const faults: unknown[] = [];
    const options = { types: { c: 'number' }, onFault: (fault: unknown) => faults.push(fault) } as const;
    expect((await collect(readTable(path, options))).map(({ row }) => row.c)).toEqual([1.5, 1234, 2.25]);
    expect(faults).toMatchObject([{ line: 3, text: 'c "XL" is no number' }]);
  });

  it('say which value is no number where the others have commas', async () => {
    const { notes } = await read(`a;c\n${'x;1,5\n'.repeat(9)}x;XL\n`);
    expect(notes).toEqual(['read as text, for not every value is a number: c (row 11: "XL")']);
  });

  it('say why a column that is nearly all numbers is text', async () => {
    const { rows, notes } = await read(`c\n${'5\n'.repeat(9)}XL\n`);
    expect(rows[0]).toEqual({ c: '5' });
    expect(notes).toEqual(['read as text, for not every value is a number: c (row 11: "XL")']);
  });

  it.each([
    [['12.99 USD', '5 USD', '1,299.00 USD'], [12.99, 5, 1299], 'amounts in USD'],
    [['€ 5,50', '€ 1.299,00', '7'], [5.5, 1299, 7], 'amounts in EUR, comma before the fraction'],
    [['1 299 kr', '49 kr', '12,50 kr'], [1299, 49, 12.5], 'amounts in kr, comma before the fraction'],
    // three digits behind the only mark are thousands, unless the others say what the mark is
    [['1.299 €', '900 €'], [1299, 900], 'amounts in EUR, comma before the fraction'],
    [['$1,299', 'n/a', '$-5'], [1299, undefined, -5], 'amounts in $, "n/a" is none'],
    [['CHF 1,299', 'CHF 3.5'], [1299, 3.5], 'amounts in CHF'],
    [['9.- Fr.', "1'000.- Fr."], [9, 1000], 'amounts in CHF'],
  ])('of amounts of one currency are numbers: %j', async (cells, values, told) => {
    const { rows, notes } = await read(`a\tsale\n${cells.map(cell => `x\t${cell}\n`).join('')}`);
    expect(rows.map(({ sale }) => sale)).toEqual(values);
    expect(notes).toEqual([`columns read as numbers: sale (${told})`]);
  });

  it.each([
    ['feet and cups are no currencies', ['6 ft', '2 ft']],
    ['nor are units', ['5 kg', '12 kg']],
    ['other words beside an amount', ['5 EUR/kg', '6 EUR/kg']],
    ['ranges', ['$5 - $9', '$7']],
    ['codes before a number', ['EU 40', 'EU 41']],
  ])('stay text: %s', async (_, cells) => {
    const { rows } = await read(`a\tc\n${cells.map(cell => `x\t${cell}\n`).join('')}`);
    expect(rows.map(({ c }) => c)).toEqual(cells);
  });

  it('of amounts in several currencies stay text, and it is said why', async () => {
    const { rows, notes } = await read('a;sale\nx;5 EUR\nx;7 USD\n');
    expect(rows.map(({ sale }) => sale)).toEqual(['5 EUR', '7 USD']);
    expect(notes).toEqual(['read as text, for the amounts are in several currencies: sale (EUR, USD)']);
  });

  it('given as numbers take amounts too', async () => {
    expect((await read('c\n5 EUR\n6.50 EUR\n', { c: 'number' })).rows).toEqual([{ c: 5 }, { c: 6.5 }]);
  });

  it.each([
    [99, ['ask us'], 'c ("ask us" in row 101 stays text)'],
    [198, ['ask us', 'sold out'], 'c ("ask us" in row 200 and 1 more stay text)'],
  ])('of %i numbers and one word among a hundred keep the word as it is: %j', async (count, words, told) => {
    const { rows, notes } = await read(`a;c\n${'x;5.5\n'.repeat(count)}${words.map(word => `x;${word}\n`).join('')}`);
    expect(rows.map(({ c }) => c)).toEqual([...Array.from({ length: count }, () => 5.5), ...words]);
    expect(notes).toEqual([`columns read as numbers: ${told}`]);
  });

  it.each([
    ['more words than that', 98, ['XL']],
    ['a code among them', 500, ['12A']],
    ['a number with a leading zero', 500, ['007']],
  ])('stay text with %s', async (_, count, others) => {
    const { rows } = await read(`a;c\n${'x;5\n'.repeat(count)}${others.map(other => `x;${other}\n`).join('')}`);
    expect(rows.map(({ c }) => c)).toEqual([...Array.from({ length: count }, () => '5'), ...others]);
  });

  it('mix of true and numbers is text', async () => {
    expect((await read('c\ntrue\n1\n')).rows).toEqual([{ c: 'true' }, { c: '1' }]);
  });

  it('can be given', async () => {
    const { rows, notes } = await read('ean,stock,in\n12,007,yes\n13, 5 ,no\n', {
      ean: 'text',
      stock: 'number',
      in: 'boolean',
    });
    expect(rows).toEqual([
      { ean: '12', stock: 7, in: true },
      { ean: '13', stock: 5, in: false },
    ]);
    expect(notes).toEqual([]);
  });

  it.each([
    ['number', 'XL', 'c "XL" is no number'],
    ['number', '1.5.2', 'c "1.5.2" is no number'],
    ['number', '12345678901234567890', 'c "12345678901234567890" is beyond 2^53'],
    ['boolean', 'maybe', 'c "maybe" is neither true nor false'],
  ] as const)('given as %s refuse %s', async (type, value, message) => {
    await expect(read(`c\n1\n${value}\n`, { c: type })).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringContaining(`row 3: ${message}`),
    });
  });

  it('leave the fields of a schema as they are written', async () => {
    const path = await file('id,title,country,price,year\n1,2024,49,5,2020\n2,1984,49,6,2021\n');
    const rows = await collect(readRows(path, documentRowSchema));
    expect(rows.map(({ row }) => row)).toEqual([
      { id: '1', title: '2024', country: '49', price: 5, year: 2020 },
      { id: '2', title: '1984', country: '49', price: 6, year: 2021 },
    ]);
  });

  it('leave mapped columns as they are written, and refuse to change the type of a field', async () => {
    const path = await file('sku,name\n7,9\n');
    const mapping = { id: 'sku', title: 'name' };
    expect(await collect(readRows(path, documentRowSchema, { mapping }))).toEqual([
      { line: 2, row: { id: '7', title: '9' } },
    ]);
    const typed = collect(readRows(path, documentRowSchema, { mapping, types: { sku: 'number' } }));
    await expect(typed).rejects.toMatchObject({ code: 'usage/bad-value', message: expect.stringContaining('sku') });
    const unknown = collect(readRows(path, documentRowSchema, { mapping, types: { stok: 'number' } }));
    await expect(unknown).rejects.toMatchObject({ code: 'data/unknown-column' });
  });

  it('give back every number that was written', async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
      fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 5 }), async numbers => {
        const { rows } = await read(`c\n${numbers.join('\n')}\n`);
        // -0 is written as 0
        expect(rows.map(({ c }) => c)).toEqual(numbers.map(n => (n === 0 ? 0 : n)));
      }),
      { numRuns: 30 },
    );
  });
});

describe('line ends of CSV', () => {
  const rows = [
    { id: '1', title: 'Hose', note: 'a' },
    { id: '2', title: 'Lamp', note: 'b\r\nc' },
    { id: '3', title: 'Bulb', note: 'd\ne' },
  ];
  const lines = ['id,title,note', '1,Hose,a', '2,Lamp,"b\r\nc"', '3,Bulb,"d\ne"'];
  const breaks = fc.constantFrom('\n', '\r\n', '\r');

  it('may be mixed in one file, with or without a last one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(breaks, { minLength: 4, maxLength: 4 }), fc.boolean(), async (ends, last) => {
        const text = lines.map((line, i) => line + (i < 3 || last ? ends[i] : '')).join('');
        const read = await collect(readTable(await file(text), { types: { id: 'text' } }));
        expect(read.map(({ row }) => row)).toEqual(rows);
        expect(read.map(({ line }) => line)).toEqual([2, 3, 4]);
      }),
      { numRuns: 40 },
    );
  });

  it('pass over empty lines and rows of empty cells, which count as rows', async () => {
    const read = await collect(readTable(await file('a,b\n\n1,x\n,\n2,y\n,,,\n')));
    expect(read).toEqual([
      { line: 3, row: { a: 1, b: 'x' } },
      { line: 5, row: { a: 2, b: 'y' } },
    ]);
  });
});

describe('the delimiter of CSV', () => {
  it.each([
    [
      'a comma in a header',
      'id;title, long, new;stock\n1;x;2\n2;y, z;3\n',
      { id: 1, 'title, long, new': 'x', stock: 2 },
    ],
    ['decimal commas', 'id;price, EUR\n1;19,90\n2;20,50\n', { id: 1, 'price, EUR': 19.9 }],
    ['more commas than semicolons in the cells', 'a;b\n"1,2,3";4,5,6\n"1,2,3";x\n', { a: '1,2,3', b: '4,5,6' }],
    ['tabs', 'id\ttitle\n1\ta,b,c\n', { id: 1, title: 'a,b,c' }],
    ['bars', 'id|title\n1|a,b\n2|c\n', { id: 1, title: 'a,b' }],
    ['lists parted by bars', 'id,images\n1,a|b\n2,c|d\n', { id: 1, images: 'a|b' }],
    ['the line of Excel', 'sep=;\r\nid;a,b\r\n1;x\r\n', { id: 1, 'a,b': 'x' }],
    ['one column', 'title\na b\nc\n', { title: 'a b' }],
    ['a quoted header', '"id";"a;b"\n1;x\n', { id: 1, 'a;b': 'x' }],
  ])('is found with %s', async (_, content, first) => {
    expect((await read(content)).rows[0]).toEqual(first);
  });
});

describe('cells of CSV', () => {
  it('keep quotes inside, as of inches', async () => {
    expect((await read('a,b\n27" tv,"say ""x"""\n')).rows).toEqual([{ a: '27" tv', b: 'say "x"' }]);
  });

  it('of a column without a name are left out, as the row numbers of pandas', async () => {
    expect((await read(',id\n0,a\n1,b\n')).rows).toEqual([{ id: 'a' }, { id: 'b' }]);
  });

  it('may stand in a column of any name', async () => {
    expect((await read('__proto__,toString\n1,2\n')).rows.map(row => JSON.stringify(row))).toEqual([
      '{"__proto__":1,"toString":2}',
    ]);
  });

  it('too few or too many are refused with the row, empty ones at the end are not', async () => {
    expect((await read('a,b\n1,2,,\n')).rows).toEqual([{ a: 1, b: 2 }]);
    await expect(read('a,b\n1,2\n1\n')).rejects.toMatchObject({
      message: expect.stringMatching(/row 3: has 1 cells where the header has 2$/),
    });
  });
});
