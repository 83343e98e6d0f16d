import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { openCluster } from '../../serving/backends/opensearch/cluster.js';
import { readDocuments } from '../../serving/backends/opensearch/found-documents.js';
import { openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { clusterScript, dropIndexes, newIndexName, nodeUrl } from './cluster.js';
import { atRate, countedFailures, shortOf } from './load.js';

const hasThree = process.env.TANDEM_CLUSTER_NODES === '3';
if (!hasThree) console.log('TANDEM_CLUSTER_NODES is not 3: no node is killed');

const names: string[] = [];
afterAll(() => dropIndexes(names));

/** Milliseconds of load before a node is killed, and while it is gone. */
const [beforeMs, goneMs] = [4_000, 12_000];
/** @returns undefined where the environment does not say */
const rateOf = (name: string): number | undefined => {
  const text = process.env[name];
  if (text === undefined) return undefined;
  if (!(Number(text) > 0)) throw new Error(`${name}: expected a number above 0, got ${text}`);
  return Number(text);
};
/**
 * What is to come in a second. A machine that can is asked for 1,000 documents and 100 searches: TANDEM_CLUSTER_WRITES=1000 TANDEM_CLUSTER_SEARCHES=100; then
 * so much must have come, and been acknowledged, before the node is killed. Without these the same comes as long as few wait for their answer: less where the
 * machine takes less.
 */
const wanted = { writes: rateOf('TANDEM_CLUSTER_WRITES'), searches: rateOf('TANDEM_CLUSTER_SEARCHES') };
const { writes: documentsEachSecond = 1_000, searches: searchesEachSecond = 100 } = wanted;
const documentsAtOnce = 20;
/** A write waits for the next refresh, a second at most, and for what a busy machine adds: what is begun in so many seconds may be under way. */
const waitedSeconds = 4;
const inFlight = (rate: number | undefined): number => (rate === undefined ? 16 : Math.ceil(rate * waitedSeconds));
const mostWrites = inFlight(wanted.writes && wanted.writes / documentsAtOnce);
const mostSearches = inFlight(wanted.searches);

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
    let answered = 0;
    const took = { write: [] as number[], search: [] as number[] };
    const noting = async (what: 'write' | 'search', work: () => Promise<void>): Promise<void> => {
      const from = performance.now();
      await work().catch(error => {
        failures.push(`${what}: ${error}`);
      });
      took[what].push(performance.now() - from);
    };
    // what a server reads of an index before its first answers is no part of the load
    await index.search({ text: 'red hammer', k: 5 });
    await index.write([{ put: { id: 'first', title: 'umbrella', price: 1 } }]);
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
        answered++;
      }),
    );
    await sleep(beforeMs);
    const whole = { writes: acknowledged.size, searches: answered };
    clusterScript('kill', String(node));
    await sleep(goneMs);
    const [writes, searches] = await Promise.all([writing.end(), searching.end()]);
    const rate = ({ begun, seconds }: typeof writes): number => Math.round(begun / seconds);
    const told = (times: readonly number[]): string => {
      const sorted = [...times].sort((a, b) => a - b);
      const share = (part: number): number => Math.round(sorted[Math.floor(part * (sorted.length - 1))]);
      return `p50 ${share(0.5)}, p99 ${share(0.99)}, longest ${share(1)} ms`;
    };
    const seconds = beforeMs / 1_000;
    console.log(
      [
        `with all nodes ${Math.round(whole.writes / seconds)} documents acknowledged and ${Math.round(whole.searches / seconds)} searches answered a second; node ${node}: ${rate(writes) * documentsAtOnce} documents a second (${told(took.write)})`,
        `${rate(searches)} searches a second (${told(took.search)}), ${failures.length} of ${writes.begun + searches.begun} requests failed`,
      ].join('; '),
    );
    clusterScript('start', String(node));
    clusterScript('wait', '3');
    const cluster = openCluster(at);
    const stored = await readDocuments(cluster, index.generation, [...acknowledged.keys()]);
    await cluster.close();
    // all of these are told, though one of them fails; first what load was too much, which makes requests fail as well
    // the first second of writes may still wait for its refresh
    const counted = { seconds: seconds - 1 };
    const { writes: documents, searches: answers } = whole;
    const short = shortOf([
      { ...counted, name: 'TANDEM_CLUSTER_WRITES', of: 'documents', wanted: wanted.writes, count: documents },
      { ...counted, name: 'TANDEM_CLUSTER_SEARCHES', of: 'searches', wanted: wanted.searches, count: answers },
    ]);
    expect.soft(short, short.join('\n')).toEqual([]);
    expect.soft([...acknowledged.keys()].filter(id => !stored.has(id))).toEqual([]);
    for (const [id, { row }] of stored) expect(row).toEqual(acknowledged.get(id));
    const { total } = await index.search({ text: 'umbrella', mode: 'token', total: true, k: 1 });
    expect.soft(total).toBeGreaterThanOrEqual(acknowledged.size);
    expect.soft(countedFailures(failures)).toEqual([]);
    await index.close();
  });
});
