import { TandemError } from '../src/errors/tandem-error.js';
import type { Retriever } from '../src/search/backend.js';
import type { SearchMode } from '../src/search/request.js';

/** What a request asks for, so that what is no better than what a text without meaning finds is left out. */
export type Floor = { readonly minScore: 'auto' } | { readonly minCosine: number };

/** Words of no language, of letters that stand beside each other in none. */
const nonsense = [
  ...['qzxvkw', 'wqjfpz', 'xkcdvb', 'zzqqjx', 'vbnmqz', 'jqxzkp', 'pfgwxq', 'hjkqzw', 'qwxzvj', 'fkqvzx'],
  ...['kzqxw jvfq', 'xqzjv kwpf', 'bqxkz vjwq', 'wzxqk pqvj', 'gqzxv jkwq', 'zvqxj fwkq', 'jzqkx vwqp', 'qkzvx wjq'],
  ...['vxqzj kqwz pfq', 'zqjxk wvqf xzq'],
];

/** Of the cosines that these find, one in so many may be above the floor. */
const exceptions = 10;
/** A cosine is found out again when there are so many times the documents: the nearest of more are nearer. */
const moreDocuments = 2;

/**
 * How near a document must be to a query whose words no document has. Where a ranker of the index has learnt what a bad hit is, that decides; else no more than one
 * in ten texts of no language finds anything. Found out once for each model, and again when the index has grown.
 * @returns what to ask for; undefined where nothing is found by meaning. Takes how many documents there are
 */
export function nonsenseFloor(
  retriever: Pick<Retriever, 'search'>,
): (modes: readonly SearchMode[], modelId: string | undefined, documents: number) => Promise<Floor | undefined> {
  const known = new Map<string, { readonly documents: number; readonly floor: Promise<Floor> }>();
  return async (modes, modelId, documents) => {
    if (!modes.includes('vector') || modelId === undefined || documents === 0) return undefined;
    const before = known.get(modelId);
    const isKnown = before !== undefined && documents < moreDocuments * before.documents;
    const { floor } = isKnown ? before : { floor: floorOf(retriever) };
    if (!isKnown) known.set(modelId, { documents, floor });
    return floor.catch(() => {
      if (known.get(modelId)?.floor === floor) known.delete(modelId);
      return undefined;
    });
  };
}

async function floorOf({ search }: Pick<Retriever, 'search'>): Promise<Floor> {
  const learnt = await search({ text: nonsense[0], mode: 'hybrid', minScore: 'auto', k: 1 }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof TandemError && error.code === 'request/invalid') return false;
      throw error;
    },
  );
  if (learnt) return { minScore: 'auto' };
  const cosines: number[] = [];
  for (const text of nonsense) {
    const { hits } = await search({ text, mode: 'vector', rules: false, k: 1 });
    cosines.push(...hits.map(({ score }) => score));
  }
  cosines.sort((a, b) => b - a);
  return { minCosine: cosines[Math.floor(cosines.length / exceptions)] ?? 0 };
}
