import { mkdtemp, rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { createApp } from '../../serving/app.js';
import type { App } from '../../serving/parts.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openIndex } from '../../src/search/open-index.js';
import { documents } from '../fixtures/shop.js';
import { indexing } from '../search/fixture.js';
import { calm } from './memory-backend.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let app: App;
let close: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-path-'));
  const embedder = await loadModel(join(root, 'test/fixtures/model/2'));
  const settings = indexing({ exactBelow: 1, fusionWeight: 0.3 });
  await buildIndex({ documents, embedder, indexing: settings, out: join(folder, 'index') });
  const backend = await openIndex(join(folder, 'index'), { embedder });
  app = await createApp({ backend, embedder }, { admission: calm });
  close = async () => {
    await app.close();
    await backend.close();
    await embedder.close();
  };
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

/** Files of the house in which a function runs while something is done. */
async function filesRunBy(work: () => Promise<void>): Promise<string[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const ran = result.filter(({ functions }) =>
    functions.some(({ functionName, ranges }) => functionName !== '' && ranges.some(({ count }) => count > 0)),
  );
  const paths = ran.map(({ url }) => relative(root, url.startsWith('file:') ? fileURLToPath(url) : url));
  return [...new Set(paths)].filter(path => /^(src|models|serving|data|training)\//.test(path)).sort();
}

/** The files that a request passes on its way to the hits, and what each does with it. */
const way: Readonly<Record<string, string>> = {
  'serving/app.ts': 'lets it in, or turns it away',
  'serving/access.ts': 'asks who it is from',
  'serving/view.ts': 'what of the documents whoever asks sees',
  'serving/slow-log.ts': 'notes it where it was slow',
  'serving/routes/search.ts': 'takes it from the wire and sends the answer',
  'serving/measures.ts': 'counts it',
  'src/search/embedded-backend.ts': 'the plan: check, retrieve, rank, read the documents',
  'src/search/request.ts': 'checks it',
  'src/query/check-value.ts': 'the same, for texts',
  'src/search/read-request.ts': 'what it asks of which side',
  'src/search/recall-probe.ts': 'whether it is one of those that are also answered exactly',
  'src/search/retrieve.ts': 'asks both sides',
  'src/search/turns.ts': 'lets others have their turn in between',
  'src/search/query-cache.ts': 'embeddings of queries that were asked before',
  'src/lexical/token-index.ts': 'door of the token side',
  'src/lexical/prepared-query.ts': 'what is asked of the token side, compiled once',
  'models/runtime/embedder.ts': 'door of the towers: the query becomes an embedding',
  'src/search/nearest.ts': 'how deep vectors are searched',
  'src/vector/quantized-index.ts': 'door of the vectors',
  'src/search/choose-rankers.ts': 'by which weight and which ranker',
  'src/search/rank.ts': 'candidates become hits, those beyond the depth behind them',
  'src/ranking/candidate-table.ts': 'what is known of each candidate',
  'src/ranking/ranker.ts': 'orders them by a ranker',
  'src/ranking/fusion.ts': 'the ranker: a score of both sides',
  'src/search/read-hits.ts': 'hits get their documents',
  'src/store/document-store.ts': 'door of the store: the documents of the hits',
  'src/search/suggest-query.ts': 'what may have been meant',
  'src/search/field-warnings.ts': 'what it names and no document has',
};

/** What lies behind the doors knows words, postings and numbers, and no request. */
const behind: readonly (readonly [string, RegExp])[] = [
  ['the token index', /^src\/(lexical|columns|ranking\/proximity)/],
  ['the analysis of texts', /^src\/text\//],
  ['the towers', /^models\//],
  ['the vectors', /^src\/vector\//],
  ['the store', /^src\/store\//],
  ['arithmetic', /^src\/math\//],
];

describe('the way of a plain hybrid query', () => {
  it('leads from the route to the hits through 28 files, and through five doors', async () => {
    const ask = async (text: string): Promise<void> => {
      const reply = await app.inject({ method: 'POST', url: '/search', payload: { text } });
      expect([reply.statusCode, reply.json().mode]).toEqual([200, 'hybrid']);
      expect(reply.json().hits.length).toBeGreaterThan(0);
    };
    await ask('garden hose');
    const files = await filesRunBy(() => ask('table lamp'));
    const onTheWay = files.filter(path => path in way);
    expect(onTheWay).toEqual(Object.keys(way).sort());
    expect(onTheWay).toHaveLength(28);
    const others = files.filter(path => !(path in way));
    expect(others.filter(path => !behind.some(([, room]) => room.test(path)))).toEqual([]);
    const counts = behind.map(([name, room]) => `${name} ${others.filter(path => room.test(path)).length}`);
    console.log(`${files.length} files run: 28 on the way; behind doors: ${counts.join(', ')}`);
  });
});
