import type { AnalysisStep, Token } from './analyzer.js';
import type { SynonymSpan } from './synonyms.js';

/**
 * What a query asks for beside its own words: the terms of the alternatives, each at the place of the stretch that it stands for. Words that a
 * rule replaces are gone.
 */
export function synonymStep(tokens: readonly Token[], spans: readonly SynonymSpan[]): AnalysisStep {
  const shown: (readonly Token[])[] = [];
  let from = 0;
  for (const span of spans) {
    const [first, last] = [tokens[span.from], tokens[span.to - 1]];
    const place = { start: first.start, end: last.end };
    shown.push(tokens.slice(from, span.keeps ? span.to : span.from));
    for (const { terms } of span.alternatives)
      shown.push(terms.map(({ term, position }) => ({ term, position: first.position + position, ...place })));
    from = span.to;
  }
  return { name: 'synonyms of a query', tokens: [...shown, tokens.slice(from)].flat() };
}
