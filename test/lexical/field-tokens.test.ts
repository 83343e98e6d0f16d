import { describe, expect, it } from 'vitest';
import { indexingSchema } from '../../src/config/indexing.js';
import { documentRowSchema } from '../../src/config/rows.js';
import { fieldTokens } from '../../src/lexical/field-tokens.js';
import { numbered } from '../../src/lexical/memory-segment.js';
import { TermNumbers } from '../../src/lexical/term-numbers.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { finish } from '../../src/math/finish.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { searchTokens } from './ask.js';

const analyzer = createAnalyzer('ja');
const tokensOf = (...asked: Parameters<typeof fieldTokens>) => finish(fieldTokens(...asked));
const document = (fields: Record<string, unknown>) => documentRowSchema.parse({ id: 'a', title: 'Ignored', ...fields });

describe('fieldTokens', () => {
  it('takes given tokens as they are', () => {
    const tokens = ['Running', { term: 'THE' }, { term: 'run', position: 1 }, 'x', { term: 'y', position: 7 }];
    const taken = tokensOf(document({ tokens: { title: tokens } }), 'title', analyzer);
    expect(taken).toEqual([
      { term: 'Running', position: 0 },
      { term: 'THE', position: 1 },
      { term: 'run', position: 1 },
      { term: 'x', position: 2 },
      { term: 'y', position: 7 },
    ]);
    expect(numbered(taken, new TermNumbers()).length).toBe(4);
  });

  it('holds a term once at a position', () => {
    const tokens = [{ term: 'a', position: 3 }, { term: 'a', position: 3 }, 'a'];
    expect(tokensOf(document({ tokens: { title: tokens } }), 'title', analyzer)).toEqual([
      { term: 'a', position: 3 },
      { term: 'a', position: 4 },
    ]);
  });

  it('analyses the fields that have none', () => {
    const row = document({ title: 'テレビ', tokens: { description: [] } });
    expect(tokensOf(row, 'title', analyzer)).toEqual([
      { term: 'テレビ', position: 0 },
      { term: 'テレ', position: 0 },
      { term: 'レビ', position: 0 },
    ]);
    expect(tokensOf(row, 'description', analyzer)).toEqual([]);
    expect(tokensOf(row, 'toString', analyzer)).toEqual([]);
  });

  it.each([
    [
      'a falling position',
      [
        { term: 'a', position: 2 },
        { term: 'b', position: 1 },
      ],
    ],
    ['a negative position', [{ term: 'a', position: -1 }]],
    ['an empty term', ['']],
    ['a long term', ['x'.repeat(256)]],
    ['too many terms', Array.from({ length: 10_001 }, () => 'a')],
    ['something else', 'a b c'],
    ['an unknown key', [{ term: 'a', share: 1 }]],
  ])('%s is refused', (_name, title) => {
    expect(documentRowSchema.safeParse({ id: 'a', title: '', tokens: { title } }).success).toBe(false);
  });
});

describe('a token index of given tokens', () => {
  it('finds them by given terms and by texts whose terms they are', () => {
    const index = createTokenIndex({ ...indexingSchema.parse({}), attributeWeight: 0 });
    index.add(document({ tokens: { title: ['Σ-7', 'run'] } }));
    const ids = (query: { text: string; tokens?: string[] }): string[] =>
      searchTokens(index, { ...query, k: 5 }).map(({ id }) => id);
    expect(ids({ text: '', tokens: ['Σ-7'] })).toEqual(['a']);
    expect(ids({ text: 'running' })).toEqual(['a']);
    expect(ids({ text: 'running', tokens: ['running'] })).toEqual([]);
    expect(ids({ text: 'ignored' })).toEqual([]);
  });
});
