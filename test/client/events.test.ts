import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelEvents } from '../../data/labels/label-events.js';
import { prepare } from '../../data/prepare.js';
import { readEvents } from '../../data/read-pairs.js';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createClient, type TandemClient } from '../../src/client/index.js';
import { createInsights } from '../../src/client/instantsearch/insights.js';
import { createSearchClient } from '../../src/client/instantsearch.js';
import { labelRulesSchema } from '../../src/config/labels.js';

const documents = ['garden hose', 'garden chair', 'desk lamp'].map((title, i) => ({ id: `d${i}`, title }));

describe('events of a service, from the client to what is learnt', () => {
  let folder: string;
  let server: Server;
  let client: TandemClient;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-told-'));
    await writeFile(join(folder, 'documents.jsonl'), documents.map(row => `${JSON.stringify(row)}\n`).join(''));
    await buildIndex({ documents, out: join(folder, 'index') });
    server = await createServer({ index: join(folder, 'index'), port: 0, events: join(folder, 'events') });
    client = createClient({ url: server.url });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('come back as pairs and as judgements, without a mapping', async () => {
    for (const [session, text, clicked] of [
      ['s1', 'hose', 'd0'],
      ['s2', 'hose', 'd0'],
      ['s3', 'seat garden', 'd1'],
    ]) {
      const { hits, queryId } = await client.search({ text, queryId: true });
      const of = { session, queryId };
      await client.sendEvents([
        ...hits.map(({ id }, i) => ({ ...of, type: 'impression', documentId: id, rank: i + 1 })),
        { ...of, type: 'click', documentId: clicked },
        { session, type: 'order', documentId: clicked },
      ]);
    }
    const made = await prepare({
      documents: join(folder, 'documents.jsonl'),
      events: join(folder, 'events'),
      eventRules: { chain: ['search', 'click', 'order'], windowHours: 24, maxSessionEvents: 1_000 },
      shares: { train: 1, validation: 0, test: 0 },
      seed: 1,
      out: join(folder, 'data'),
    });
    expect(made.manifest.events).toMatchObject({ pairs: 2, positives: 3, unattributed: 0 });
    const pairs = (await readFile(join(folder, 'data', 'pairs.train.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(pairs.map(({ query, documentId, weight }) => [query, documentId, weight]).sort()).toEqual([
      ['hose', 'd0', 1],
      ['seat garden', 'd1', 0.5],
    ]);
    const rules = labelRulesSchema.parse({ correction: 'none', priorLooks: 0 });
    const rows = readEvents({ files: [join(folder, 'events')] });
    const { queries, outcome } = labelEvents({ path: 'events', rows, rules, scratch: join(folder, 'labels') });
    const gains = new Map<string, ReadonlyMap<string, number>>();
    for await (const { query, gains: of } of queries) gains.set(query.text, of);
    // an order is worth 4 at each look, what was shown and left alone nothing
    expect(gains.get('hose')?.get('d0')).toBe(400);
    expect(gains.get('seat garden')).toEqual(
      new Map([
        ['d0', 0],
        ['d1', 400],
      ]),
    );
    expect(outcome()?.events).toMatchObject({ unattributed: 0, withoutRank: 0, withoutImpression: 0 });
  });

  it('say where a document stood and for which query, told by widgets alone', async () => {
    const sent: object[] = [];
    const kept = { ...client, sendEvents: async (events: readonly object[]) => void sent.push(...events) };
    const searchClient = createSearchClient({ client: kept, session: 'mine' });
    const [{ queryID, hits }] = (
      await searchClient.search([
        { indexName: 'shop', params: { query: 'garden', clickAnalytics: true, hitsPerPage: 1, page: 1 } },
      ])
    ).results;
    expect(queryID).toEqual(expect.any(String));
    searchClient.insightsClient('viewedObjectIDs', { objectIDs: [hits[0].objectID] });
    searchClient.insightsClient('convertedObjectIDs', { objectIDs: ['elsewhere'] });
    expect(sent).toMatchObject([
      { type: 'impression', session: 'mine', documentId: hits[0].objectID, queryId: queryID, rank: 2 },
      { type: 'order', session: 'mine', documentId: 'elsewhere' },
    ]);
    expect(sent[1]).not.toHaveProperty('queryId');
  });

  it('are of the person that the widgets name, and say so where they cannot be sent', async () => {
    const lost: unknown[] = [];
    const sent: { session: string | number }[] = [];
    let fails = false;
    const sendEvents: TandemClient['sendEvents'] = async events => {
      if (fails) throw new Error('gone');
      sent.push(...events);
    };
    const sender = { sendEvents };
    const { client: insights } = createInsights(
      () => sender,
      undefined,
      error => lost.push(error),
    );
    const tokens: string[] = [];
    insights('onUserTokenChange', (token: string) => tokens.push(token), { immediate: true });
    insights('setUserToken', 'anonymous-1');
    insights('getUserToken', null, (_: null, token: string) => tokens.push(token));
    insights('clickedObjectIDs', { objectIDs: ['a'], positions: [3] });
    expect(tokens.slice(1)).toEqual(['anonymous-1', 'anonymous-1']);
    expect(sent).toMatchObject([{ session: 'anonymous-1', rank: 3, documentId: 'a' }]);
    fails = true;
    insights('clickedObjectIDs', { objectIDs: ['a'] });
    await expect.poll(() => lost.length).toBe(1);
    insights('sendEvents', [{ eventType: 'instantsearch' }]);
    expect(sent).toHaveLength(1);
  });
});
