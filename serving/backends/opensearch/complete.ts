import type { DocumentRow } from '../../../src/config/rows.js';
import type { Filter } from '../../../src/query/filter.js';
import { completeQuery } from '../../../src/search/complete-query.js';
import type { Completion, CompletionRequest } from '../../../src/search/completion.js';
import { wordKey } from '../../../src/text/word-key.js';
import { valueEnd } from './attribute-values.js';
import { filterQueries } from './clause-query.js';
import type { ClusterParts } from './cluster-parts.js';
import { decodeRow, type StoredSource } from './encode-document.js';
import { nodeQuery } from './node-query.js';
import { type PartSource, type SearchPart, settled } from './part.js';
import type { SearchBody } from './search-index.js';
import { bestFirst } from './sort-hits.js';

type Prepare = SearchPart['tokens']['prepare'];

/** Rounds of asking and fetching at most: titles beside the words before, then the words that go on, then their titles. */
const mostRounds = 6;
const titlesOfWord = 8;

/**
 * Completions of a text that is being typed, by the code that completes for an index of this machine: what that asks of the documents is noted, fetched, and
 * it is asked again.
 * @param within, hidden  clauses of the documents that are seen, and of those whose titles may be proposed
 */
export async function completeFrom(
  { searched }: ClusterParts,
  source: PartSource,
  request: CompletionRequest,
  { within, hidden }: { readonly within?: Filter; readonly hidden: Filter },
): Promise<readonly Completion[]> {
  const rows = new Map<string, DocumentRow>();
  const found = new Map<string, readonly string[]>();
  for (let round = 0; ; round++) {
    const missing = new Map<string, SearchBody>();
    const ask = (key: string, make: () => SearchBody): readonly string[] => {
      const known = found.get(key);
      if (known === undefined) missing.set(key, make());
      return known ?? [];
    };
    const { result } = await settled(source, part => {
      missing.clear();
      const isShown = (id: string): boolean => {
        const row = rows.get(id);
        return row !== undefined && part.tokens.passes(row, hidden);
      };
      return completeQuery(sourcesOf(part, ask, rows), request, within, isShown);
    });
    if (missing.size === 0 || round === mostRounds) return result;
    const keys = [...missing.keys()];
    const replies = await searched.search([...missing.values()]);
    keys.forEach((key, i) => {
      const { hits } = replies[i].hits;
      for (const { _id: id, _source = {} } of hits) rows.set(id, decodeRow(id, _source as Partial<StoredSource>));
      found.set(
        key,
        hits.map(({ _id }) => _id),
      );
    });
  }
}

type Ask = (key: string, make: () => SearchBody) => readonly string[];

/** What completing asks of an index, over a part that has no documents. */
function sourcesOf(
  part: SearchPart,
  ask: Ask,
  rows: ReadonlyMap<string, DocumentRow>,
): Parameters<typeof completeQuery>[0] {
  const { tokens, lookups } = part;
  const prepare: Prepare = question => {
    const prepared = tokens.prepare(question);
    const plan = prepared.plan();
    const search: typeof prepared.search = ({ k }) => {
      if (plan.node === undefined) return [];
      const query = {
        bool: {
          must: [nodeQuery(plan.node, { lookups, fields: plan.fields, counts: false })],
          filter: filterQueries(plan.filter, lookups),
        },
      };
      const ids = ask(JSON.stringify([question, k]), () => ({
        ...{ size: k, query, _source: ['row'], everywhere: true, sort: bestFirst },
      }));
      return ids.map((id, place) => ({ id, score: ids.length - place }));
    };
    return { ...prepared, search };
  };
  const documentsWith = (word: string, most: number): readonly string[] => {
    const kept = wordKey(word) + valueEnd + word;
    return ask(`with ${most} ${word}`, () => ({
      size: Math.min(most, titlesOfWord),
      query: { term: { w: kept } },
      sort: [{ 'l.title': { order: 'asc', missing: '_last', unmapped_type: 'integer' } }, { id: { order: 'asc' } }],
      _source: ['row'],
    }));
  };
  const written = {
    complete: true,
    frequent: (key: string, most: number) => [...lookups.beginning(key, most)],
    documentsWith: (word: string, most: number) => [...documentsWith(word, most)],
  };
  return {
    tokens: { chains: tokens.chains, texts: tokens.texts, prepare, words: { ...tokens.words, written } },
    store: { getMany: ids => ids.map(id => rows.get(id)) },
  };
}
