import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { watched, withDatabase } from '../../../data/sources/event-store.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Would take centuries. */
const endless = 'SELECT sum(hash(a.range + b.range)) FROM range(1000000000) a, range(1000000000) b';

describe('withDatabase', () => {
  it('ends a statement that is no longer wanted, and removes its folder', async () => {
    const scratch = join(await temporaryFolder(), 'events');
    let looks = 0;
    const watch = (): void => {
      expect(existsSync(scratch)).toBe(true);
      if (++looks === 2) throw new Error('no longer wanted');
    };
    const drawn = withDatabase(scratch, async function* (connection) {
      yield await watched(connection, () => connection.run(endless), watch);
    });
    await expect(drawn.next()).rejects.toThrow('no longer wanted');
    expect([looks, existsSync(scratch)]).toEqual([2, false]);
  });

  it('passes on what goes wrong, and removes its folder', async () => {
    const scratch = join(await temporaryFolder(), 'events');
    const drawn = withDatabase(scratch, async function* (connection) {
      yield await watched(
        connection,
        () => connection.run('SELECT * FROM nowhere'),
        () => {},
      );
    });
    await expect(drawn.next()).rejects.toThrow('nowhere');
    expect(existsSync(scratch)).toBe(false);
  });

  it('removes its folder when no more is drawn', async () => {
    const scratch = join(await temporaryFolder(), 'events');
    const drawn = withDatabase(scratch, async function* () {
      yield 1;
      yield 2;
    });
    for await (const number of drawn) if (number === 1) break;
    expect(existsSync(scratch)).toBe(false);
  });
});
