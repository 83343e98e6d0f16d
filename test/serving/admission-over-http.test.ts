import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type Admission, createAdmission } from '../../serving/admission.js';
import { createApp } from '../../serving/app.js';
import { listen } from '../../serving/server.js';
import type { SearchResponse } from '../../src/search/backend.js';
import { idleGenerations, memoryBackend, memoryParts } from './memory-backend.js';

describe('admission over HTTP', () => {
  it('begins what it can do, turns the rest away with 503 and Retry-After, and answers all when it has caught up', async () => {
    let searches = 0;
    let catchUp = (): void => undefined;
    const caughtUp = new Promise<void>(resolve => {
      catchUp = resolve;
    });
    const backend = {
      ...memoryBackend(),
      search: async (): Promise<SearchResponse> => {
        searches++;
        await caughtUp;
        return { hits: [], mode: 'token', took: { total: 1 } };
      },
    };
    // time stands still: a search is taken to cost 2 ms, and a burst may bring 30 ms
    const admission = createAdmission({ maxWaitMs: 20, now: () => 1_000 });
    const end = new AbortController();
    const app = await createApp(memoryParts({ backend }), { admission });
    const options = { host: '127.0.0.1', port: 0, signal: end.signal, release: async () => {} };
    const { url, closed } = await listen(app, options);
    let refused = 0;
    const ask = async (): Promise<[number, string | null]> => {
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(`${url}search`, { method: 'POST', headers, body: '{"text":"hose"}' });
      await reply.text();
      if (reply.status === 503 && ++refused === 85) catchUp();
      return [reply.status, reply.headers.get('retry-after')];
    };
    const replies = await Promise.all(Array.from({ length: 100 }, ask));
    expect(searches).toBe(15);
    expect(replies.filter(([status, after]) => status === 503 && after === '1')).toHaveLength(85);
    expect(replies.filter(([status]) => status === 200)).toHaveLength(15);
    expect((await ask())[0]).toBe(200);
    end.abort();
    await closed;
  });

  it.each([
    [undefined, 'some of a thousand searches are turned away'],
    [60_000, 'none is'],
  ])('lets as much wait as it is told (%s ms): while none is answered, %s', async (maxWaitMs, what) => {
    let answer = (): void => undefined;
    const answered = new Promise<void>(resolve => {
      answer = resolve;
    });
    const search = async (): Promise<SearchResponse> => {
      await answered;
      return { hits: [], mode: 'token', took: { total: 1 } };
    };
    const app = await createApp(memoryParts({ backend: { ...memoryBackend(), search } }), { maxWaitMs });
    let refused = 0;
    const ask = async (): Promise<void> => {
      const { statusCode } = await app.inject({ method: 'POST', url: '/search', payload: { text: 'hose' } });
      if (statusCode === 503) refused++;
    };
    const all: Promise<void>[] = [];
    for (let i = 0; i < 1_000; i++) {
      all.push(ask());
      await new Promise(setImmediate);
    }
    // each is taken to cost 2 ms: a burst may bring 225 ms, and what came while the service stood still a second at most, 612 of them
    if (maxWaitMs === undefined) await expect.poll(() => refused).toBeGreaterThanOrEqual(1_000 - 612);
    answer();
    await Promise.all(all);
    expect(refused > 0, what).toBe(maxWaitMs === undefined);
    await app.close();
  });

  it('goes on with few searches in one round of the event loop, where each waits a round for its embedding', async () => {
    let [goingOn, most, asked, answered] = [0, 0, 40, 0];
    const backend = {
      ...memoryBackend(),
      search: async (): Promise<SearchResponse> => {
        await new Promise(setImmediate);
        most = Math.max(most, ++goingOn);
        return { hits: [], mode: 'token', took: { total: 1 } };
      },
    };
    // time stands still: a search is taken to cost 2 ms, and no round is ever over
    const admission = createAdmission({ maxWaitMs: 1_000, now: () => 1_000 });
    const app = await createApp(memoryParts({ backend }), { admission });
    const nextRound = (): void => {
      goingOn = 0;
      if (answered < asked) setImmediate(nextRound);
    };
    const ask = async (): Promise<void> => {
      const reply = await app.inject({ method: 'POST', url: '/search', payload: { text: 'hose' } });
      expect(reply.statusCode).toBe(200);
      answered++;
    };
    nextRound();
    await Promise.all(Array.from({ length: asked }, ask));
    // 10 ms of work are begun at a time, and one search more in a round
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(6);
    asked = 0;
    await app.close();
  });

  it('holds nothing of requests that it has turned away', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const admission = createAdmission({ maxWaitMs: 1, now: () => 1_000 });
    const app = await createApp(memoryParts(), { admission });
    const held = [admission.begin('POST /search'), admission.begin('POST /search')];
    const statuses = new Set<number>();
    const refuse = async (times: number): Promise<number> => {
      for (let i = 0; i < times; i++) {
        statuses.add((await app.inject({ method: 'POST', url: '/search', payload: { text: `hose ${i}` } })).statusCode);
      }
      // what is held weakly goes by and by
      for (let i = 0; i < 3; i++) {
        await new Promise(resolve => setTimeout(resolve, 20));
        collect();
      }
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    await refuse(1_000);
    const before = await refuse(1);
    expect((await refuse(4_000)) - before).toBeLessThan(4_000 * 500); // a request and its answer take 11,000 bytes
    expect([...statuses]).toEqual([503]);
    expect(admission.figures()).toEqual({ inFlight: 2, waiting: 0, workMs: 4 });
    for (const { end } of held) end();
    expect(admission.figures()).toEqual({ inFlight: 0, waiting: 0, workMs: 0 });
    await app.close();
  });

  it('counts nothing that another process does: a comparison of generations takes seconds, and holds nobody up', async () => {
    const begun: string[] = [];
    const admission: Admission = {
      ...{ admits: () => true, accepted: () => {} },
      figures: () => ({ inFlight: 0, waiting: 0, workMs: 0 }),
      begin: kind => {
        begun.push(kind);
        return { turn: async () => true, end: () => {} };
      },
    };
    const app = await createApp(memoryParts({ generations: idleGenerations }), { admission });
    const asked = { method: 'POST', headers: { host: 'localhost' } } as const;
    const queries = [{ id: 'a', text: 'hose' }];
    const compared = await app.inject({ ...asked, url: '/generations/1/compare', payload: { queries } });
    expect(compared.statusCode).toBe(200);
    await app.inject({ ...asked, url: '/search', payload: { text: 'hose' } });
    expect(begun).toEqual(['POST /search']);
    await app.close();
  });

  it('counts nothing while a body is on its way', async () => {
    const begun: string[] = [];
    const admission: Admission = {
      admits: () => true,
      accepted: () => {},
      figures: () => ({ inFlight: 0, waiting: 0, workMs: 0 }),
      begin: kind => {
        begun.push(`begin ${kind}`);
        return { turn: async () => true, end: () => void begun.push(`end ${kind}`) };
      },
    };
    const app = await createApp(memoryParts(), { admission });
    await app.inject({ method: 'POST', url: '/search', payload: { text: 'hose' } });
    await app.inject({
      method: 'POST',
      url: '/search',
      payload: '{"text":',
      headers: { 'content-type': 'application/json' },
    });
    await app.inject({ method: 'POST', url: '/analyze', payload: {} });
    expect(begun).toEqual(['begin POST /search', 'end POST /search', 'begin POST /analyze', 'end POST /analyze']);
    await app.close();
  });
});
