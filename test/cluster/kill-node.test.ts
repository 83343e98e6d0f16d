import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openCluster } from '../../serving/backends/opensearch/cluster.js';
import { readDocuments } from '../../serving/backends/opensearch/found-documents.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { clusterScript, dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const hasThree = process.env.TANDEM_CLUSTER_NODES === '3';
if (!hasThree) console.log('TANDEM_CLUSTER_NODES is not 3: no node is killed');

const names: string[] = [];
afterAll(() => dropIndexes(names));

/** Milliseconds of load before a node is killed, and while it is gone. */
const [beforeMs, goneMs] = [4_000, 12_000];
/** What comes in a second, as long as no more than so many wait for their answer: fewer come where the machine takes fewer. */
const documentsEachSecond = 1_000;
const searchesEachSecond = 100;
const [documentsAtOnce, mostWrites, mostSearches] = [20, 16, 16];

/** Begins work at a rate; left out is what comes while too much is under way. */
function atRate(eachSecond: number, most: number, work: (number: number) => Promise<void>) {
  const running = new Set<Promise<void>>();
  const from = performance.now();
  let [begun, due, ended] = [0, 0, false];
  const loop = (async () => {
    while (!ended) {
      for (const now = ((performance.now() - from) * eachSecond) / 1_000; due < now; due++) {
        if (running.size >= most) continue;
        const one = work(begun++).finally(() => running.delete(one));
        running.add(one);
      }
      await sleep(5);
    }
    await Promise.all(running);
  })();
  return {
    end: async (): Promise<{ readonly begun: number; readonly seconds: number }> => {
      ended = true;
      const seconds = (performance.now() - from) / 1_000;
      await loop;
      return { begun, seconds };
    },
  };
}

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
    const took = { write: [] as number[], search: [] as number[] };
    const noting = async (what: 'write' | 'search', work: () => Promise<void>): Promise<void> => {
      const from = performance.now();
      await work().catch(error => {
        failures.push(`${what}: ${error}`);
      });
      took[what].push(performance.now() - from);
    };
    const writing = atRate(documentsEachSecond / documentsAtOnce, mostWrites, number =>
      noting('write', async () => {
        const rows = Array.from({ length: documentsAtOnce }, (_, i): DocumentRow => {
          return { id: `w${number}-${i}`, title: `umbrella ${i} of writing ${number}`, price: i };
        });
        await index.write(rows.map(put => ({ put })));
        for (const row of rows) acknowledged.set(row.id, row);
      }),
    );
    const searching = atRate(searchesEachSecond, mostSearches, () =>
      noting('search', async () => {
        const { hits } = await index.search({ text: 'red hammer', k: 5 });
        expect(hits).toHaveLength(5);
      }),
    );
    await sleep(beforeMs);
    clusterScript('kill', String(node));
    await sleep(goneMs);
    const [writes, searches] = await Promise.all([writing.end(), searching.end()]);
    const rate = ({ begun, seconds }: typeof writes): number => Math.round(begun / seconds);
    const told = (times: readonly number[]): string => {
      const sorted = [...times].sort((a, b) => a - b);
      const share = (part: number): number => Math.round(sorted[Math.floor(part * (sorted.length - 1))]);
      return `p50 ${share(0.5)}, p99 ${share(0.99)}, longest ${share(1)} ms`;
    };
    console.log(
      [
        `node ${node}: ${rate(writes) * documentsAtOnce} documents a second (${told(took.write)})`,
        `${rate(searches)} searches a second (${told(took.search)}), ${failures.length} of ${writes.begun + searches.begun} requests failed`,
      ].join('; '),
    );
    for (const failure of failures.slice(0, 5)) console.log(failure);
    clusterScript('start', String(node));
    clusterScript('wait', '3');
    const cluster = openCluster(at);
    const stored = await readDocuments(cluster, index.generation, [...acknowledged.keys()]);
    await cluster.close();
    expect([...acknowledged.keys()].filter(id => !stored.has(id))).toEqual([]);
    for (const [id, row] of acknowledged) expect(stored.get(id)?.row).toEqual(row);
    const { total } = await index.search({ text: 'umbrella', mode: 'token', total: true, k: 1 });
    expect(total).toBeGreaterThanOrEqual(acknowledged.size);
    expect(failures).toEqual([]);
    await index.close();
  });
});
