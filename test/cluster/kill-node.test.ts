import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { clusterScript, dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const hasThree = process.env.TANDEM_CLUSTER_NODES === '3';
if (!hasThree) console.log('TANDEM_CLUSTER_NODES is not 3: no node is killed');

const names: string[] = [];
afterAll(() => dropIndexes(names));

/** Milliseconds of writes and searches before a node is killed, and while it is gone. */
const [beforeMs, goneMs] = [3_000, 12_000];
const [writers, searchers, documentsAtOnce] = [6, 3, 20];

describe.skipIf(!hasThree)('kill -9 of one of three nodes during writes and searches', () => {
  it.each([1, 2])('of node %i: nothing acknowledged is lost, and answers go on', async node => {
    const at = { urls: [1, 2, 3].map(nodeUrl), index: newIndexName() };
    names.push(at.index);
    const embedder = letterModel();
    const options = { embedder, indexing: indexing({ fusionWeight: 0.3 }), shards: 3, replicas: 1 };
    await buildClusterIndex({ ...at, ...options, documents: makeDocuments(200) });
    const index = await openClusterIndex({ ...at, embedder });
    const acknowledged = new Map<string, DocumentRow>();
    const failures: string[] = [];
    let [ended, writes, searches, slowest] = [false, 0, 0, 0];
    const noting = async (what: string, work: () => Promise<void>): Promise<void> => {
      const from = performance.now();
      await work().catch(error => {
        failures.push(`${what}: ${error}`);
      });
      slowest = Math.max(slowest, performance.now() - from);
    };
    const write = async (writer: number): Promise<void> => {
      while (!ended) {
        const rows = Array.from({ length: documentsAtOnce }, (_, i): DocumentRow => {
          const id = `w${writer}-${(writes * documentsAtOnce + i) % 500}`;
          return { id, title: `umbrella ${writes} of writer ${writer}`, price: i };
        });
        writes++;
        await noting('write', async () => {
          await index.write(rows.map(put => ({ put })));
          for (const row of rows) acknowledged.set(row.id, row);
        });
      }
    };
    const search = async (): Promise<void> => {
      while (!ended) {
        searches++;
        await noting('search', async () => {
          const { hits } = await index.search({ text: 'red hammer', k: 5 });
          expect(hits).toHaveLength(5);
        });
      }
    };
    const work = [...Array.from({ length: writers }, (_, i) => write(i)), ...Array.from({ length: searchers }, search)];
    await sleep(beforeMs);
    clusterScript('kill', String(node));
    await sleep(goneMs);
    ended = true;
    await Promise.all(work);
    console.log(
      `node ${node}: ${writes} writes of ${documentsAtOnce} documents, ${searches} searches, ${failures.length} failed, the slowest took ${Math.round(slowest)} ms`,
    );
    for (const failure of failures.slice(0, 5)) console.log(failure);
    clusterScript('start', String(node));
    clusterScript('wait', '3');
    for (const [id, row] of acknowledged) {
      const stored = await index.get(id);
      // a later write of the same id may have been made and not acknowledged
      expect(stored, id).toBeDefined();
      if (failures.length === 0) expect(stored).toEqual(row);
    }
    const { total } = await index.search({ text: 'umbrella', mode: 'token', total: true, k: 1 });
    expect(total).toBeGreaterThanOrEqual(acknowledged.size);
    expect(failures).toEqual([]);
    await index.close();
  });
});
