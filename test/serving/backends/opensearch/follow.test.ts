import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type FollowedIndex, followClusterIndex } from '../../../../serving/backends/opensearch/follow.js';
import { indexBody, layoutFormat } from '../../../../serving/backends/opensearch/mapping.js';
import { resolveAttributeWeight } from '../../../../src/config/indexing.js';
import { indexing, letterModel } from '../../../search/fixture.js';

let server: Server | undefined;
let index: FollowedIndex | undefined;
const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
afterEach(async () => {
  process.off('unhandledRejection', note);
  await index?.close();
  server?.closeAllConnections();
  server?.close();
});

const meta = (modelId: string) => ({
  ...{ format: layoutFormat, tandem: '0', created: '', modelId, width: null, whole: true, duplicates: 0 },
  indexing: { ...indexing(), fusionWeight: 0, attributeWeight: resolveAttributeWeight(indexing()) },
});
const generation = (number: number, modelId: string) => ({
  [`shop.generation-${number}`]: {
    aliases: { shop: {} },
    mappings: indexBody(meta(modelId), { shards: 1, replicas: 0 }).mappings,
  },
});

describe('an index that is followed', () => {
  it('goes on with the generation that it has where the next one cannot be opened', async () => {
    const embedder = letterModel();
    let active = generation(1, embedder.modelId);
    let aliasAfterMs = 0;
    const collection = { hits: { total: { value: 3, relation: 'eq' }, hits: [] }, aggregations: {} };
    const answer = (path: string): unknown => {
      if (path === '/') return { version: { distribution: 'opensearch', number: '3.6.0' } };
      if (path.startsWith('/_msearch')) return { responses: [collection] };
      return path.includes('_mget') ? { docs: [] } : active;
    };
    server = createServer(async (request, reply) => {
      request.resume();
      const path = decodeURIComponent(request.url ?? '/');
      const told = JSON.stringify(answer(path));
      if (path.startsWith('/shop/_mapping')) await sleep(aliasAfterMs);
      reply.setHeader('content-type', 'application/json');
      reply.end(told);
    });
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
    process.on('unhandledRejection', note);
    const { port } = server.address() as AddressInfo;
    index = followClusterIndex({ urls: [`http://127.0.0.1:${port}`], index: 'shop', embedder });
    expect(await index.count()).toBe(3);
    // made with another model: it is refused, now and half a second later too
    active = generation(2, 'b'.repeat(64));
    // the first look is answered late, the second one meanwhile
    aliasAfterMs = 900;
    await sleep(1_050);
    await index.count();
    await sleep(1_020);
    aliasAfterMs = 0;
    await index.count();
    await sleep(200);
    expect(index.generation()).toBe('shop.generation-1');
    expect(uncaught).toEqual([]);
  });
});
