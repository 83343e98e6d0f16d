import { describe, expect, it } from 'vitest';
import { type Admission, createAdmission } from '../../serving/admission.js';
import { createApp } from '../../serving/app.js';
import { listen } from '../../serving/server.js';
import type { SearchResponse } from '../../src/search/backend.js';
import { memoryBackend, memoryParts } from './memory-backend.js';

/** An event loop whose time passes where work is done, and whose turns end when the test says so. */
function eventLoop() {
  let time = 1_000;
  let ends: (() => void)[] = [];
  return {
    clock: { now: () => time, afterTurn: (done: () => void) => void ends.push(done) },
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    endTurn: () => {
      for (const end of ends.splice(0)) end();
      ends = [];
    },
  };
}

/** A turn in which requests are read that take `costMs` each and are done in one go. @returns how many were begun */
function turn(admission: Admission, loop: ReturnType<typeof eventLoop>, requests: number, costMs: number): number {
  let begun = 0;
  for (let i = 0; i < requests; i++) {
    if (!admission.admits('search')) continue;
    const end = admission.begin('search');
    loop.pass(costMs);
    end();
    begun++;
  }
  loop.endTurn();
  return begun;
}

describe('createAdmission', () => {
  it('begins no more in a turn than can be done in half of the time, once load lasts, and all again when it is over', () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    // 10 ms each: a first burst may take 100 ms and the one that goes over it; 200 ms after the beginning 50 ms and one are left
    expect(turn(admission, loop, 500, 10)).toBe(11);
    expect(turn(admission, loop, 500, 10)).toBe(10);
    for (let i = 0; i < 20; i++) expect(turn(admission, loop, 500, 10)).toBe(6);
    expect(turn(admission, loop, 2, 10)).toBe(2);
    expect(turn(admission, loop, 10, 10)).toBe(10);
  });

  it('does not take one long request for overload, nor a burst after quiet', () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    for (let i = 0; i < 20; i++) {
      expect(turn(admission, loop, 1, 5_000)).toBe(1);
      loop.pass(20);
      expect(turn(admission, loop, 20, 5)).toBe(20);
      loop.pass(20);
    }
  });

  it('keeps what is in flight to as much work as may stand before a request, by what its kind has cost', () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    // they learn that a search takes 5 ms, whatever an unknown kind is taken to cost
    for (let i = 0; i < 200; i++) {
      const end = admission.begin('search');
      loop.pass(5);
      end();
    }
    const ends: (() => void)[] = [];
    const beginAll = () => {
      for (let i = 0; i < 500; i++) if (admission.admits('search')) ends.push(admission.begin('search'));
      loop.endTurn();
    };
    beginAll();
    expect(ends).toHaveLength(40); // 2 * 100 ms of 5 ms
    loop.pass(201);
    for (let i = 0; i < 25; i++) ends[i]();
    // When 20 were done and 20 were not, 201 ms were shared out over the 20, so 10.05 ms each, and a tenth of that was believed: 5 + .505 ms.
    // Load has lasted, so 100 ms may stand; 15 of 5 ms are left, and 4 of 5.505 find room.
    beginAll();
    expect(ends).toHaveLength(44);
    expect(admission.admits('search')).toBe(false);
    for (const end of ends) end();
    for (const end of ends) end();
    expect(admission.admits('search')).toBe(true);
  });

  it('always begins one request, however long it takes', () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 1, ...loop.clock });
    for (let i = 0; i < 50; i++) {
      expect(turn(admission, loop, 3, 900)).toBe(1);
      loop.pass(1);
    }
  });
});

describe('over HTTP', () => {
  it('begins what it can do, turns the rest away with 503 and Retry-After, and answers all when it has caught up', async () => {
    const waiting: (() => void)[] = [];
    const backend = {
      ...memoryBackend(),
      search: () =>
        new Promise<SearchResponse>(resolve => {
          waiting.push(() => resolve({ hits: [], mode: 'token', took: { total: 1 } }));
        }),
    };
    // time stands still: a search is taken to cost 2 ms, and a burst may bring 2 * 20 ms
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
      if (reply.status === 503 && ++refused === 80) for (const answer of waiting) answer();
      return [reply.status, reply.headers.get('retry-after')];
    };
    const replies = await Promise.all(Array.from({ length: 100 }, ask));
    expect(waiting).toHaveLength(20);
    expect(replies.filter(([status, after]) => status === 503 && after === '1')).toHaveLength(80);
    expect(replies.filter(([status]) => status === 200)).toHaveLength(20);
    const again = ask();
    while (waiting.length < 21) await new Promise(setImmediate);
    waiting[20]();
    expect((await again)[0]).toBe(200);
    end.abort();
    await closed;
  });

  it('counts nothing while a body is on its way', async () => {
    const begun: string[] = [];
    const admission: Admission = {
      admits: () => true,
      begin: kind => {
        begun.push(`begin ${kind}`);
        return () => void begun.push(`end ${kind}`);
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
