import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import type { Query } from '../../src/query/query.js';
import { readRequest } from '../../src/search/read-request.js';
import { indexing } from './fixture.js';

/** An index of titles, asked as people ask: a text, a text with operators, or a tree. Answers are titles, best first. */
export interface Shop {
  find(text: string): string[];
  read(text: string): string[];
  ask(query: Query): string[];
}

export function shopOf(
  titles: readonly string[],
  { language = 'en', synonyms = [] }: { readonly language?: string; readonly synonyms?: readonly string[] } = {},
): Shop {
  const index = createTokenIndex({ ...indexing(), language, attributeWeight: 0 });
  index.chains.setSynonyms(synonyms);
  titles.forEach((title, i) => {
    index.add({ id: String(i), title } satisfies DocumentRow);
  });
  const answer = (request: Parameters<typeof readRequest>[0]): string[] =>
    index
      .prepare(readRequest(request, index, false).question)
      .search({ k: 1000 })
      .map(({ id }) => titles[Number(id)]);
  return {
    find: text => answer({ text }),
    read: text => answer({ text, syntax: 'query' }),
    ask: query => answer({ query }),
  };
}
