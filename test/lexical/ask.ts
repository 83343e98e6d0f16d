import type { AcceptedDocuments } from '../../src/lexical/accepted.js';
import type { Explanation } from '../../src/lexical/explain.js';
import type { WantedHits } from '../../src/lexical/prepared-query.js';
import type { Question } from '../../src/lexical/question.js';
import type { TokenIndex } from '../../src/lexical/token-index.js';
import type { Filter } from '../../src/query/filter.js';
import type { Candidate } from '../../src/ranking/candidate.js';

type Asked = Pick<TokenIndex, 'prepare'>;

/** One question asked once. */
export const searchTokens = (index: Asked, { k, accept, sort, ...question }: Question & WantedHits): Candidate[] =>
  index.prepare(question).search({ k, accept, sort });

export const explainTokens = (index: Asked, question: Question, id: string): Explanation | undefined =>
  index.prepare(question).explain(id);

/** What a filter alone accepts. */
export function acceptedBy(
  index: Asked,
  filter: Filter,
  options: { readonly now?: number; readonly language?: string } = {},
): AcceptedDocuments {
  const prepared = index.prepare({ query: { all: {} }, filter, ...options });
  return prepared.eligible() ?? prepared.matching();
}
