import { describe, expect, it } from 'vitest';
import { nonsenseFloor } from '../../serving/nonsense-floor.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { SearchRequest } from '../../src/search/request.js';

/** Finds one document for each text, the nearer the later it is asked; has no ranker. */
function retriever() {
  const asked: SearchRequest[] = [];
  const search = async (request: SearchRequest) => {
    if (request.minScore === 'auto') throw new TandemError('request/invalid', 'minScore: no ranker');
    asked.push(request);
    const document = { id: 'a', title: '' };
    return { hits: [{ id: 'a', score: asked.length / 100, document }], mode: 'vector' as const, took: {} };
  };
  return { search, asked };
}

describe('nonsenseFloor', () => {
  it('is a cosine that one text of no language in ten is above, and found out once for each model', async () => {
    const { search, asked } = retriever();
    const floor = nonsenseFloor({ search });
    const [found] = await Promise.all([
      floor(['hybrid', 'vector', 'token'], 'm', 10),
      floor(['hybrid', 'vector'], 'm', 10),
    ]);
    expect(new Set(asked.map(({ text }) => text)).size).toBe(asked.length);
    // the third of 20
    expect(asked).toHaveLength(20);
    expect(found).toEqual({ minCosine: 0.18 });
    await floor(['vector'], 'other', 10);
    expect(asked).toHaveLength(40);
  });

  it('is found out again when there are twice the documents, and not of none', async () => {
    const { search, asked } = retriever();
    const floor = nonsenseFloor({ search });
    expect(await floor(['vector'], 'm', 0)).toBeUndefined();
    expect(await floor(['vector'], 'm', 10)).toEqual({ minCosine: 0.18 });
    expect(await floor(['vector'], 'm', 19)).toEqual({ minCosine: 0.18 });
    expect(await floor(['vector'], 'm', 20)).toEqual({ minCosine: 0.38 });
    expect(asked).toHaveLength(40);
  });

  it('is what a ranker learnt, where there is one', async () => {
    const search = async () => ({ hits: [], mode: 'hybrid' as const, took: {} });
    expect(await nonsenseFloor({ search })(['hybrid', 'vector'], 'm', 10)).toEqual({ minScore: 'auto' });
  });

  it('is none without vectors, and none while it cannot be found out', async () => {
    let broken = true;
    const { search } = retriever();
    const floor = nonsenseFloor({
      search: async request => {
        if (broken) throw new TandemError('server/overloaded', 'busy');
        return search(request);
      },
    });
    expect(await floor(['token'], 'm', 10)).toBeUndefined();
    expect(await floor(['vector'], undefined, 10)).toBeUndefined();
    expect(await floor(['vector'], 'm', 10)).toBeUndefined();
    broken = false;
    expect(await floor(['vector'], 'm', 10)).toEqual({ minCosine: 0.18 });
  });
});
