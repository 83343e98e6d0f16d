import type { Token } from '../text/analyzer.js';
import { type SynonymSpan, synonymShare } from '../text/synonyms.js';
import type { Query } from './query.js';

/** Whether synonyms need the tree: an alternative of several words should match as a phrase. A bag of weighted terms serves all others. */
export const needsTree = (spans: readonly SynonymSpan[]): boolean =>
  spans.some(({ alternatives }) => alternatives.some(({ terms }) => terms.length > 1));

/**
 * `new york pizza` with `new york, ny, big apple`: what was typed, or ny, or "big apple". Words that no rule replaces stay one bag; a replaced stretch is
 * cut out of it. The leaves are not expanded again.
 * @param tokens, spans  of the text, as expandSynonyms takes and gives them
 */
export function synonymTree(text: string, tokens: readonly Token[], spans: readonly SynonymSpan[]): Query {
  const rest = withoutReplaced(text, tokens, spans);
  const should: Query[] = rest === '' ? [] : [{ bag: { text: rest } }];
  for (const { keeps, alternatives } of spans) {
    const boost = keeps ? { boost: synonymShare } : {};
    for (const { text: written, terms } of alternatives)
      should.push(terms.length > 1 ? { phrase: { text: written, ...boost } } : { bag: { text: written, ...boost } });
  }
  return { bool: { should, minimumShould: 1 } };
}

/** The text without the stretches that a rule replaces. */
function withoutReplaced(text: string, tokens: readonly Token[], spans: readonly SynonymSpan[]): string {
  const rest: string[] = [];
  let from = 0;
  for (const span of spans) {
    if (span.keeps) continue;
    rest.push(text.slice(from, tokens[span.from].start).trim());
    from = tokens[span.to - 1].end;
  }
  rest.push(text.slice(from).trim());
  return rest.filter(piece => piece !== '').join(' ');
}
