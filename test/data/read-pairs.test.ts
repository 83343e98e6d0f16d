import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents, readPairs, readQueryRows } from '../../data/read-pairs.js';
import { collect, temporaryFolder } from './temporary-folder.js';

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return path;
}

const csv = 'search,sku,clicks,stars\nhose,007,5,3\nrake,8,1,1\nchair,9,2,\n';

describe('pairs of files', () => {
  it('by the columns that hold them; other columns are of no use', async () => {
    const files = [await fileOf('clicks.csv', csv)];
    const rows = await collect(readPairs({ files, columns: { query: 'search', documentId: 'sku' } }));
    expect(rows).toEqual([
      { line: 2, row: { query: 'hose', documentId: '007' } },
      { line: 3, row: { query: 'rake', documentId: '8' } },
      { line: 4, row: { query: 'chair', documentId: '9' } },
    ]);
  });

  it('that are judged: those from a judgement on, the others counted', async () => {
    const files = [await fileOf('judged.csv', csv)];
    const leftOut = { lower: 0, unjudged: 0 };
    const source = { files, columns: { query: 'search', documentId: 'sku', gain: 'stars' }, positiveFrom: 2 };
    expect((await collect(readPairs(source, { leftOut }))).map(({ row }) => row)).toEqual([
      { query: 'hose', documentId: '007' },
    ]);
    expect(leftOut).toEqual({ lower: 1, unjudged: 1 });
  });

  it('without a mapping: a column that is no field is refused as a misspelt one', async () => {
    const files = [await fileOf('pairs.csv', 'query,documentId,wieght\nhose,7,1\n')];
    await expect(collect(readPairs({ files }))).rejects.toMatchObject({ code: 'data/malformed-row' });
  });

  it('of several files come one after the other', async () => {
    const text = 'query,documentId\nhose,7\n';
    const files = [await fileOf('a.csv', text), await fileOf('b.csv', text)];
    expect(await collect(readPairs({ files }))).toHaveLength(2);
  });
});

it('events and queries are read by the columns that hold them', async () => {
  const events = await fileOf(
    'events.jsonl',
    `${JSON.stringify({ sid: 's', at: '2024-05-01', what: 'click', item: 7, agent: 'x' })}\n`,
  );
  const columns = { session: 'sid', time: 'at', type: 'what', documentId: 'item' };
  expect((await collect(readEvents({ files: [events], columns })))[0].row).toEqual({
    session: 's',
    time: new Date('2024-05-01T00:00:00Z'),
    type: 'click',
    documentId: '7',
  });
  const queries = await fileOf('queries.csv', 'qid,words,source\n1,garden hose,web\n');
  const rows = await collect(readQueryRows({ files: [queries], columns: { id: 'qid', text: 'words' } }));
  expect(rows[0].row).toEqual({ id: '1', text: 'garden hose' });
});
