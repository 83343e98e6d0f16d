import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../serving/parts.js';
import { closeApps, expectError, open } from './open-app.js';

let app: App;
beforeAll(async () => {
  app = await open();
});
afterAll(closeApps);

const ask = (payload: object) => app.inject({ method: 'POST', url: '/multi-search', payload });
const search = async (payload: object) => (await app.inject({ method: 'POST', url: '/search', payload })).json();

describe('POST /multi-search', () => {
  it('answers each search as POST /search would, in their order', async () => {
    const searches = [{ text: 'chair' }, { text: 'garden', k: 1 }, { text: 'boots' }];
    const reply = await ask({ searches });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({ results: await Promise.all(searches.map(search)) });
  });

  it('gives a search that fails its error, and answers the others', async () => {
    const searches = [{ text: 'chair' }, { text: 'chair', weigth: 1 }, { text: 'break' }, 7, { text: 'boots' }];
    const { results } = (await ask({ searches })).json();
    expect(results.map(({ error }: { error?: { status: number; code: string } }) => error?.code)).toEqual([
      undefined,
      'request/invalid',
      'internal',
      'request/invalid',
      undefined,
    ]);
    expect(results[1].error).toEqual({ status: 400, ...(await search(searches[1] as object)) });
    // what went wrong inside is for the log
    expect(results[2].error.status).toBe(500);
    expect(JSON.stringify(results[2])).not.toContain('secret');
    expect(results[4].hits).toHaveLength(1);
  });

  it.each([
    [{}],
    [{ searches: [] }],
    [{ searches: Array.from({ length: 51 }, () => ({ text: 'a' })) }],
    [{ searches: [{ text: 'a' }], more: 1 }],
    [{ searches: { text: 'a' } }],
  ])('refuses the whole of %j', async body => {
    expectError(await ask(body), 400, 'request/invalid');
  });

  it('gives way to other requests between its searches', async () => {
    let turns = 0;
    let over = false;
    const turn = (): void => {
      turns++;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    await ask({ searches: Array.from({ length: 50 }, () => ({ text: 'hose' })) });
    over = true;
    expect(turns).toBeGreaterThanOrEqual(49);
  });

  it('takes fifty', async () => {
    const { results } = (await ask({ searches: Array.from({ length: 50 }, () => ({ text: 'hose' })) })).json();
    expect(results).toHaveLength(50);
  });
});
