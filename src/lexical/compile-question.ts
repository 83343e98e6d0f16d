import { needsTree, synonymTree } from '../query/synonym-query.js';
import type { IndexView } from './index-view.js';
import type { Question } from './question.js';
import type { SearchedIndex } from './searched-index.js';
import { compileQuery, compileTerms } from './tree/compile.js';
import type { QueryNode } from './tree/node.js';

/**
 * @returns undefined where nothing is asked
 * @throws TandemError 'request/invalid' | 'search/bad-filter'
 */
export function compileQuestion(index: SearchedIndex, view: IndexView, question: Question): QueryNode | undefined {
  if ('query' in question) return compileQuery(question.query, view);
  return question.tokens === undefined
    ? compileText(index, view, question.text, question.language)
    : compileTerms(question.tokens, view);
}

/** A synonym of several words is asked for as a phrase: the query becomes a tree, whose leaves stand for themselves. */
function compileText(
  { chains, options, termsOf }: SearchedIndex,
  view: IndexView,
  text: string,
  language?: string,
): QueryNode | undefined {
  const { tokens, spans } = chains.hasSynonyms() ? chains.expand(text, language) : { tokens: [], spans: [] };
  if (!needsTree(spans)) return compileQuery({ bag: { text } }, view);
  const ownTerms = (leaf: string) => termsOf(leaf, language, { mends: options.spelling ?? false, synonyms: false });
  return compileQuery(synonymTree(text, tokens, spans), { ...view, termsOf: ownTerms });
}
