import { expect, it } from 'vitest';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { indexAttributes } from '../../src/search/index-attributes.js';
import { indexing } from './fixture.js';

it('tells of each attribute what it is, in one segment and in several', () => {
  const tokens = createTokenIndex({ ...indexing(), attributeWeight: 0.2 });
  const rows = [
    { brand: 'HP', price: 5, specs: { size: 1.5 }, ok: true, since: '2024-01-02', mixed: 3 },
    { brand: 'Dell', price: 6, specs: { size: 2 }, since: '2024-02-02', mixed: 'large' },
    { brand: 'HP', note: 'long '.repeat(20), since: '2023-02-02', ok: false },
  ];
  for (const [i, row] of rows.entries()) {
    tokens.add({ id: `${i}`, title: 'a title', description: 'of it', ...row });
    if (i === 1) tokens.flush();
  }
  const told = [
    { name: 'brand', kind: 'text', documents: 3 },
    { name: 'mixed', kind: 'text', documents: 2, values: 1 },
    { name: 'note', kind: 'text', documents: 1, values: 1 },
    { name: 'ok', kind: 'boolean', documents: 2 },
    { name: 'price', kind: 'number', documents: 2 },
    { name: 'since', kind: 'date', documents: 3 },
    { name: 'specs.size', kind: 'number', documents: 2 },
  ];
  // a text of two segments is counted in each
  expect(indexAttributes(tokens)).toEqual(told.map(each => (each.name === 'brand' ? { ...each, values: 3 } : each)));
  tokens.flush();
  tokens.remove('2');
  expect(indexAttributes(tokens).map(({ name }) => name)).toEqual(told.map(({ name }) => name));
});

it('takes what most values are for the kind of all', () => {
  const tokens = createTokenIndex({ ...indexing(), attributeWeight: 0.2 });
  for (let i = 0; i < 20; i++) {
    const [few, many] = [i === 0 ? 'new' : i, i < 3 ? `${i} or so` : i];
    tokens.add({ id: `${i}`, title: 'a title', few, many });
  }
  expect(indexAttributes(tokens)).toEqual([
    { name: 'few', kind: 'number', documents: 20 },
    { name: 'many', kind: 'text', documents: 20, values: 3 },
  ]);
});

it('knows none of an index without documents', () => {
  expect(indexAttributes(createTokenIndex({ ...indexing(), attributeWeight: 0.2 }))).toEqual([]);
});
