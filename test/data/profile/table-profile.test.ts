import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileTable } from '../../../data/profile/table-profile.js';
import { placed, rowsOf } from './rows.js';

describe('a profile', () => {
  it('counts values, different ones and the first that stands again', async () => {
    const rows = [{ a: 'x', b: 1 }, { a: 'y', b: null }, { a: 'x' }, { a: ' ', b: [] }, { a: 'x', b: [1] }];
    const { rows: count, columns } = await profileTable(placed(rows));
    expect(count).toBe(5);
    expect(columns).toEqual([
      {
        name: 'a',
        present: 4,
        distinct: 2,
        exact: true,
        firstRepeat: { value: 'x', line: 4 },
        values: ['x', 'y', 'x', 'x'],
      },
      { name: 'b', present: 2, distinct: 2, exact: true, firstRepeat: undefined, values: [1, [1]] },
    ]);
  });

  it('agrees with a naive count, whatever the rows hold', async () => {
    const value = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.integer({ min: 0, max: 5 }),
      fc.constant(null),
      fc.array(fc.nat(2), { maxLength: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), { maxLength: 60 }),
        async rows => {
          const { columns } = await profileTable(placed(rows));
          for (const { name, present, distinct, values } of columns) {
            const kept = rows
              .filter(row => Object.hasOwn(row, name))
              .map(row => row[name])
              .filter(
                found => found !== null && !(Array.isArray(found) ? found.length === 0 : `${found}`.trim() === ''),
              );
            expect(present).toBe(kept.length);
            expect(values).toEqual(kept);
            expect(distinct).toBe(
              new Set(kept.map(found => (typeof found === 'string' ? found : JSON.stringify(found)))).size,
            );
          }
        },
      ),
    );
  });

  it('keeps a sample of a thousand rows in the order of the file, drawn from all of it', async () => {
    const { rows, sample, columns } = await profileTable(placed(rowsOf(20_000, i => ({ i, long: 'x'.repeat(5_000) }))));
    const drawn = sample.map(row => Number(row.i));
    expect([rows, sample.length, columns[0].distinct]).toEqual([20_000, 1_000, 20_000]);
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
    // a thousand of 20,000 drawn evenly: half of them in the second half, give or take 5 standard deviations of 16
    const late = drawn.filter(i => i >= 10_000).length;
    expect(Math.abs(late - 500)).toBeLessThan(80);
    expect(String(sample[0].long)).toHaveLength(2_000);
  });
});
