import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openCluster } from '../../serving/backends/opensearch/cluster.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import { lastJson, runTandem } from '../cli/run-tandem.js';
import { makeDocuments } from '../search/fixture.js';
import { jsonLines } from '../small-model.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const model = fileURLToPath(new URL('../fixtures/model/2', import.meta.url));
const urls = [nodeUrl(1)];
const index = newIndexName();
const there = ['--backend', 'opensearch', '--url', urls[0]];
const cluster = openCluster({ urls });
afterAll(async () => {
  await dropIndexes([index]);
  await cluster.close();
});
const check = async (...words: readonly string[]) => {
  const { out, error, exit } = await runTandem(['check', '--index', index, ...there, ...words, '--json']);
  return exit === 0 ? lastJson({ out }) : { error };
};
/** What somebody else does to a document. */
const alter = async (id: string, change: (kept: Record<string, unknown>) => object): Promise<void> => {
  const path = `/${index}.generation-1/_doc/${id}`;
  const { _source } = await cluster.ask<{ readonly _source: Record<string, unknown> }>('GET', path);
  await cluster.ask('PUT', path, change(_source) as Record<string, unknown>, { query: { refresh: true } });
};

describe('tandem check over a cluster', () => {
  it('finds what searches go by beside the documents, and repairs all that can be made anew', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-check-'));
    const documents = makeDocuments(30).map((document, i) => ({
      ...document,
      released: `2024-01-${String(1 + i).padStart(2, '0')}`,
      onSale: i % 2 === 0,
      description: i % 3 === 0 ? ['two parts, each a text', 'red and blue'].join(' ') : '',
    }));
    await writeFile(join(folder, 'documents.jsonl'), jsonLines(documents));
    const made = ['--documents', join(folder, 'documents.jsonl'), '--model', model, '--replicas', '0'];
    expect((await runTandem(['index', ...made, '--out', index, ...there])).exit).toBe(0);
    expect(await check()).toMatchObject({ documents: 30, problems: [], repaired: false });
    // words set afterwards are part of what is expected
    const opened = await openClusterIndex({ urls, index });
    await opened.setDictionary([{ text: documents[0].title, term: 'first' }]);
    await opened.close();
    expect(await check()).toMatchObject({ problems: [] });
    // kept without what is made of it: neither words nor a vector
    await alter('d1', ({ row, e }) => ({ row, e, id: 'd1' }));
    await alter('d2', ({ row }) => ({ row, id: 'd2' }));
    const { error } = await check();
    expect(error).toContain('index/damaged');
    expect(error).toContain('tokens: "d1", "d2" are found by other words or values than they have');
    expect(error).toContain('vectors: "d2" have no embedding of the model');
    expect((await check('--repair')).error).toContain('vectors: "d2"');
    expect(await check('--repair', '--model', model)).toMatchObject({ problems: [], repaired: true });
    expect(await check()).toMatchObject({ documents: 30, problems: [], repaired: false });
    await alter('d3', () => ({ row: 'no row', id: 'd3' }));
    expect((await check('--repair', '--model', model)).error).toMatch(/index\/documents-damaged.*documents: "d3"/s);
    await rm(folder, { recursive: true, force: true });
  });
});
