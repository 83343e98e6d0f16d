import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DocumentSource, readDocuments } from '../../../data/read-documents.js';
import { temporaryFolder } from '../temporary-folder.js';

/** What is read, in order: ids of rows, and of bad ones the line and the reason. */
async function read(source: DocumentSource): Promise<(string | [number, string])[]> {
  const told: (string | [number, string])[] = [];
  const onBadRow = ({ line, reason }: { line: number; reason: string }): void => void told.push([line, reason]);
  for await (const { row } of readDocuments(source, { onBadRow })) told.push(row.id);
  return told;
}

describe('rows that cannot be used', () => {
  it('are told between the others, with every reason, and the others are given', async () => {
    const path = join(await temporaryFolder(), 'd.jsonl');
    const lines = [
      '{"id":"a","title":"hose"}',
      '{"id":"","images":7}',
      'no json',
      '{"id":"b","title":"lamp"}',
      '[1]',
      '{"id":"c","title":"saw","price":"cheap"}',
    ];
    await writeFile(path, lines.join('\n'));
    const told = await read({ files: [path] });
    expect(told.map(each => (typeof each === 'string' ? each : each[0]))).toEqual(['a', 2, 3, 'b', 5, 6]);
    const reasons = Object.fromEntries(told.filter(each => typeof each !== 'string'));
    expect(reasons[2]).toMatch(/id.*; .*title is missing|title is missing.*; .*id/);
    expect(reasons[3]).toMatch(/^not JSON/);
    expect(reasons[5]).toBe('expected object, received array');
    expect(reasons[6]).toMatch(/^price: "cheap" cannot be read as a price/);
  });

  it('carry the row as it stands', async () => {
    const path = join(await temporaryFolder(), 'd.csv');
    await writeFile(path, 'id,title,price\na,hose,1\nb,,2\nc,saw,3,4\n');
    const bad: object[] = [];
    for await (const _ of readDocuments({ files: [path] }, { onBadRow: each => bad.push(each) }));
    expect(bad).toEqual([
      { path, line: 3, reason: 'title is missing', row: { id: 'b', price: '2' } },
      { path, line: 4, reason: 'has 4 cells where the header has 3' },
    ]);
  });

  it('are told once where prices make the file be read again', async () => {
    const path = join(await temporaryFolder(), 'd.jsonl');
    const prices = ['1,50', '', '2,25', '1.234'];
    await writeFile(
      path,
      prices.map((price, i) => `{"id":"${i}",${price === '' ? '' : '"title":"hose",'}"price":"${price}"}`).join('\n'),
    );
    expect(await read({ files: [path] })).toEqual(['0', [2, 'title is missing'], '2', '3']);
  });

  it('are an error where the file has no others', async () => {
    const path = join(await temporaryFolder(), 'd.jsonl');
    await writeFile(path, '{"id":"a"}\n{"id":"b"}\n');
    await expect(read({ files: [path] })).rejects.toMatchObject({ code: 'data/malformed-row' });
  });

  it('and the others are all there is, in the order of the file', async () => {
    const path = join(await temporaryFolder(), 'd.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('good', 'untitled', 'torn'), { maxLength: 30 }), async kinds => {
        const rows = ['good', ...kinds].map((kind, i) => {
          if (kind === 'torn') return '{"id":';
          return JSON.stringify({ id: `${i + 1}`, ...(kind === 'good' && { title: 'hose' }) });
        });
        await writeFile(path, rows.join('\n'));
        const told = await read({ files: [path] });
        expect(told.map(each => Number(typeof each === 'string' ? each : each[0]))).toEqual(rows.map((_, i) => i + 1));
        expect(told.filter(each => typeof each === 'string')).toHaveLength(
          ['good', ...kinds].filter(kind => kind === 'good').length,
        );
      }),
      { numRuns: 50 },
    );
  });
});
