import { type Column, describeColumns } from '../../../data/profile/propose-columns.js';
import { profileTable } from '../../../data/profile/table-profile.js';
import type { RawRow } from '../../../data/sources/raw-row.js';

export async function* placed(rows: Iterable<RawRow>): AsyncGenerator<{ line: number; row: RawRow }> {
  let line = 1;
  for (const row of rows) yield { line: ++line, row };
}

/** The columns of rows that stand in memory. */
export const columnsOf = async (rows: readonly RawRow[]): Promise<Column[]> =>
  describeColumns(await profileTable(placed(rows)));

/** `count` rows, each made from its number. */
export const rowsOf = (count: number, row: (i: number) => RawRow): RawRow[] =>
  Array.from({ length: count }, (_, i) => row(i));

const things = ['hose', 'rake', 'shovel', 'chair', 'kettle', 'lamp', 'desk', 'pan'];
const colours = ['red', 'blue', 'green', 'black', 'white', 'grey', 'pink'];

/** A shop in English: 952 rows. */
export const shop = rowsOf(952, i => ({
  sku: `P-${i}`,
  name: `${colours[i % 7]} ${things[i % 8]} number ${i}`,
  long_description: `This ${things[i % 8]} is made for the garden and for the house, and it is easy to clean with the brush that comes with it.`,
  brand: ['HP', 'Bosch', 'WMF'][i % 3],
  price: 5 + (i % 90) / 10,
  category: ['Garden', 'Kitchen'][i % 2],
  image_url: `https://cdn.example/p/${i}.jpg?w=500`,
  in_stock: i % 2 === 0,
}));
