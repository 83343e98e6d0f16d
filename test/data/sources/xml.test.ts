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
          ...{ id: 'A1', title: 'Hose & reel <20 m>', description: 'For the garden & more', price: '19.50 EUR' },
          ...{ image_link: 'https://shop.example/a.jpg', additional_image_link: ['b.jpg', 'c.jpg'] },
          ...{ shipping: { country: 'DE', price: '4.90' }, weight: 2.5 },
        },
      },
      { line: 2, row: { id: 'A2', title: 'Rake', price: '9.00 EUR', weight: 1.25 } },
    ]);
    expect(notes).toEqual([
      'rows are the elements item',
      'columns read as numbers: weight (comma before the fraction)',
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
});
