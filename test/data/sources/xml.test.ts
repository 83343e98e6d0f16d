import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../data/sources/source.js';
import { collect, temporaryFolder } from '../temporary-folder.js';

async function read(content: string) {
  const path = join(await temporaryFolder(), 'feed.xml');
  await writeFile(path, content);
  const notes: string[] = [];
  const rows = await collect(readTable(path, { onNote: note => notes.push(note) }));
  return { rows, notes };
}

const merchant = `<?xml version="1.0"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
  <title>A shop</title><link>https://shop.example</link>
  <item>
    <g:id>A1</g:id><title><![CDATA[Hose & reel <20 m>]]></title><description>For the garden &amp; more</description>
    <g:price>19.50 EUR</g:price><g:image_link>https://shop.example/a.jpg</g:image_link>
    <g:additional_image_link>b.jpg</g:additional_image_link><g:additional_image_link>c.jpg</g:additional_image_link>
    <g:shipping><g:country>DE</g:country><g:price>4.90</g:price></g:shipping><g:weight>2,5</g:weight>
  </item>
  <item><g:id>A2</g:id><title>Rake</title><g:price>9.00 EUR</g:price><g:weight>1,25</g:weight><g:brand/></item>
</channel></rss>`;

describe('rows of XML', () => {
  it('are the items of a merchant feed: prefixes off, lists, objects, texts of CDATA, types as of CSV', async () => {
    const { rows, notes } = await read(merchant);
    expect(rows).toEqual([
      {
        line: 1,
        row: {
          ...{ id: 'A1', title: 'Hose & reel <20 m>', description: 'For the garden & more', price: 19.5 },
          ...{ image_link: 'https://shop.example/a.jpg', additional_image_link: ['b.jpg', 'c.jpg'] },
          ...{ shipping: { country: 'DE', price: '4.90' }, weight: 2.5 },
        },
      },
      { line: 2, row: { id: 'A2', title: 'Rake', price: 9, weight: 1.25 } },
    ]);
    expect(notes).toEqual([
      'rows are the elements item',
      'columns read as numbers: price (amounts in EUR), weight (comma before the fraction)',
    ]);
  });

  it('are the offers of YML: attributes are columns, and so are named parameters', async () => {
    const { rows } = await read(`<yml_catalog><shop><categories><category id="1">Garden</category>
      <category id="2">House</category><category id="3">Other</category></categories><offers>
      <offer id="7" available="true"><name>Hose</name><price>5</price><param name="Colour">red</param><param name="Size">M</param></offer>
      <offer id="8" available="false"><name>Lamp</name><price>6</price><param name="Colour">blue</param></offer>
      </offers></shop></yml_catalog>`);
    expect(rows.map(({ row }) => row)).toEqual([
      { id: 7, available: true, name: 'Hose', price: 5, Colour: 'red', Size: 'M' },
      { id: 8, available: false, name: 'Lamp', price: 6, Colour: 'blue' },
    ]);
  });

  it('are the entries of Atom, with the address of a link', async () => {
    const { rows } = await read(
      '<feed><title>t</title><entry><id>1</id><title>Hose</title><link href="/1"/></entry><entry><id>2</id><title>Lamp</title><link href="/2"/></entry></feed>',
    );
    expect(rows.map(({ row }) => row)).toEqual([
      { id: 1, title: 'Hose', link: '/1' },
      { id: 2, title: 'Lamp', link: '/2' },
    ]);
  });

  it('are refused where the file is cut short, nested without end, or has none', async () => {
    await expect(read(merchant.slice(0, merchant.indexOf('Rake')))).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/feed\.xml row 2: the file ends within an element$/),
    });
    await expect(read('<a>'.repeat(100_000))).rejects.toMatchObject({ code: 'data/malformed-row' });
    await expect(read('<?xml version="1.0"?><a>text</a>')).rejects.toMatchObject({ code: 'data/empty' });
  });

  it('is one where one element has others within', async () => {
    const { rows } = await read('<shop><product><id>1</id><title>Hose</title></product></shop>');
    expect(rows.map(({ row }) => row)).toEqual([{ id: 1, title: 'Hose' }]);
  });

  it('has a column for each of two elements that differ in their prefix alone', async () => {
    const { rows } = await read(`<rss xmlns:g="http://base.google.com/ns/1.0"><channel>
      <item><g:title>Hose, green</g:title><title>Hose</title><g:id>a</g:id><c:id>b</c:id></item>
      <item><title>Lamp</title><g:id>c</g:id></item></channel></rss>`);
    expect(rows.map(({ row }) => row)).toEqual([
      { 'g:title': 'Hose, green', title: 'Hose', id: 'a', 'c:id': 'b' },
      { title: 'Lamp', id: 'c' },
    ]);
  });

  it('has the text of an element with others in it, and values that attributes hold', async () => {
    const { rows } = await read(`<shop>
      <p><id>a</id><text>Long <b>green</b> hose<br/>20 m<sup>2</sup></text><param name="Size: EU" value="41"/><note>x<br/>y</note></p>
      <p><id>b</id><text>Lamp</text><param name="Size: EU" value="42"/><size><w>1</w> <h>2</h></size></p></shop>`);
    expect(rows.map(({ row }) => row)).toEqual([
      { id: 'a', text: 'Long green hose  20 m2', 'Size: EU': 41, note: 'x  y' },
      { id: 'b', text: 'Lamp', 'Size: EU': 42, size: { w: '1', h: '2' } },
    ]);
  });

  it('are those that most of the file is, where several lists stand side by side', async () => {
    const categories = Array.from({ length: 9 }, (_, i) => `<category><id>${i}</id><name>c</name></category>`).join('');
    const products = [1, 2]
      .map(i => `<product><id>${i}</id><name>${'long hose '.repeat(60)}</name></product>`)
      .join('');
    const { notes } = await read(`<shop><categories>${categories}</categories><products>${products}</products></shop>`);
    expect(notes).toContain('rows are the elements product');
  });

  it('are one that is called something, where none comes twice', async () => {
    const { rows } = await read(`<channel><title>A shop</title><link>/</link><item><id>1</id><title>Hose</title>
      <shipping><country>DE</country><price>4.90</price></shipping></item></channel>`);
    expect(rows.map(({ row }) => row)).toEqual([{ id: 1, title: 'Hose', shipping: { country: 'DE', price: '4.90' } }]);
  });

  it('tell once that the file is cut short, where faults are gathered', async () => {
    const path = join(await temporaryFolder(), 'feed.xml');
    await writeFile(path, '<a><p><id>1</id><n>x</n></p><p><id>2</id><n>y</n></p><p><id>3');
    const faults: unknown[] = [];
    const rows = await collect(readTable(path, { onFault: fault => faults.push(fault) }));
    expect(rows).toHaveLength(2);
    expect(faults).toEqual([{ line: 3, kind: 'end', text: 'the file ends within an element' }]);
  });

  it('tell the encoding of a file whose other letters come late', async () => {
    const path = join(await temporaryFolder(), 'feed.xml');
    const late = '<p><id>z</id><n>Gartenschlauch für Größe 5, Türgriff weiß</n></p>';
    const row = (i: number): string => `<p><id>${i}</id><n>${'long hose '.repeat(50)}</n></p>`;
    await writeFile(
      path,
      Buffer.from(`<a>${Array.from({ length: 2500 }, (_, i) => row(i)).join('')}${late}</a>`, 'latin1'),
    );
    const notes: string[] = [];
    const rows = await collect(readTable(path, { onNote: note => notes.push(note) }));
    expect(rows.at(-1)?.row).toMatchObject({ n: 'Gartenschlauch für Größe 5, Türgriff weiß' });
    expect(notes.filter(note => note.startsWith('read as windows-1252'))).toHaveLength(1);
  });

  it('take work in proportion to what comes several times in one', async () => {
    const many = '<image>a.jpg</image>'.repeat(200_000);
    const { rows } = await read(`<a><p><id>1</id>${many}</p><p><id>2</id><image>b.jpg</image></p></a>`);
    expect(rows[0].row.image).toHaveLength(200_000);
  });
});
