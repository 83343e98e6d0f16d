import { describe, expect, it } from 'vitest';
import { TandemError } from '../../src/errors/tandem-error.js';
import { parseSearchRequest } from '../../src/search/request.js';

function faultOf(value: unknown): { code: string; message: string; paths: string[] } {
  try {
    parseSearchRequest(value);
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    const issues = error.details.issues as { path: string }[];
    return { code: error.code, message: error.message, paths: issues.map(({ path }) => path) };
  }
  throw new Error(`not refused: ${JSON.stringify(value)}`);
}

describe('a search request', () => {
  it.each([
    { text: 'lamp' },
    { text: '', filter: [{ exists: { field: 'price' } }] },
    { text: '', sort: [{ field: 'price', order: 'ascending' }] },
    { query: { all: {} } },
    { tokens: ['lamp'] },
    { text: 'lamp', mode: 'hybrid', weight: 0, k: 1000, ef: 10_000 },
    { text: 'lamp', highlight: {}, facets: [{ field: 'brand' }], total: true, pages: true, explain: true },
  ])('may be %j', request => expect(parseSearchRequest(request)).toEqual(request));

  it('writes an order out', () => {
    const { sort } = parseSearchRequest({ text: 'x', sort: [{ field: 'price', order: 'desc' }] });
    expect(sort).toEqual([{ field: 'price', order: 'descending' }]);
  });

  it.each([
    [{}, 'text', /missing or empty/],
    [{ text: '' }, 'text', /missing or empty/],
    [{ text: '', filter: [] }, 'text', /missing or empty/],
    [{ text: 1 }, 'text', /string/],
    [{ text: 'half \ud83d' }, 'text', /surrogate/],
    [{ text: 'x'.repeat(4097) }, 'text', /4096/],
    [{ text: 'x', k: 0 }, 'k', /./],
    [{ text: 'x', k: 1001 }, 'k', /1000/],
    [{ text: 'x', ef: 0 }, 'ef', /./],
    [{ text: 'x', mode: 'magic' }, 'mode', /hybrid/],
    [{ text: 'x', language: 'not a tag' }, 'language', /BCP 47/],
    [{ text: 'x', weight: 0.5, mode: 'token' }, 'weight', /hybrid/],
    [{ mode: 'vector', filter: [{ exists: { field: 'a' } }] }, 'text', /words to embed/],
    [{ text: 'x', mode: 'vector', sort: [{ field: 'a', order: 'asc' }] }, 'sort', /vectors/],
    [{ text: 'x', sort: [{ field: 'a', order: 'up' }] }, 'sort.0.order', /./],
    [
      { text: 'x', functions: [{ decay: { field: 'a', shape: 'round', origin: 1, scale: 1 } }] },
      'functions.0.decay.shape',
      /./,
    ],
    [{ text: 'x', functions: [{ saturation: { field: 'a', pivot: 0 } }] }, 'functions.0.saturation.pivot', /./],
    [{ text: 'x', filter: [{ range: { field: 'a', min: 2, max: 1 } }] }, 'filter.0.range', /at most/],
    [{ query: { bag: { text: 'x', boost: -1 } } }, 'query.bag.boost', /./],
    [{ text: 'x', facets: [{ field: 'a', size: 0 }] }, 'facets.0.size', /./],
    [{ text: 'x', unknown: 1 }, '', /unknown/],
    ['text', '', /./],
    [null, '', /./],
  ])('may not be %j', (request, path, reason) => {
    const { code, message, paths } = faultOf(request);
    expect(code).toBe('request/invalid');
    expect(paths).toContain(path);
    expect(message).toMatch(reason);
  });

  it('is told of every field that is wrong', () => {
    expect(faultOf({ text: 'x', k: 0, ef: 0, total: 'yes' }).paths.sort()).toEqual(['ef', 'k', 'total']);
  });
});
