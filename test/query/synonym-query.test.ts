import { describe, expect, it } from 'vitest';
import { needsTree, synonymTree } from '../../src/query/synonym-query.js';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { compileSynonyms, expandSynonyms, parseSynonyms } from '../../src/text/synonyms.js';

const analyzer = createAnalyzer('en');
const treeOf = (text: string, ...rules: string[]) => {
  const tokens = analyzer.analyze(text);
  const spans = expandSynonyms(tokens, compileSynonyms(parseSynonyms(rules), analyzer));
  return { needed: needsTree(spans), tree: synonymTree(text, tokens, spans) };
};

describe('synonymTree', () => {
  it('asks for what was typed, or single words, or several as a phrase', () => {
    expect(treeOf('New York pizza', 'new york, ny, big apple')).toEqual({
      needed: true,
      tree: {
        bool: {
          should: [
            { bag: { text: 'New York pizza' } },
            { bag: { text: 'ny', boost: 0.8 } },
            { phrase: { text: 'big apple', boost: 0.8 } },
          ],
          minimumShould: 1,
        },
      },
    });
  });

  it('cuts out what a rule replaces', () => {
    expect(treeOf('red couch, cheap', 'couch => love seat').tree).toEqual({
      bool: { should: [{ bag: { text: 'red , cheap' } }, { phrase: { text: 'love seat' } }], minimumShould: 1 },
    });
    expect(treeOf('couch', 'couch => love seat').tree).toEqual({
      bool: { should: [{ phrase: { text: 'love seat' } }], minimumShould: 1 },
    });
  });

  it('is not needed where every alternative is one word', () => {
    expect(treeOf('new york', 'new york, ny').needed).toBe(false);
  });
});
