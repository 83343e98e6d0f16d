import type { DocumentRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { innerProduct, isZero } from '../vector/cosine.js';
import type { PictureEmbedder } from './backend.js';
import type { SearchRequest } from './request.js';

/** Terms of the documents that the token side looks up. */
const mostTerms = 25;

/** What an example of what is not wanted counts beside one of what is (Rocchio 1971 has about a quarter; a half moves the answers enough to be seen). */
const unwantedShare = 0.5;

/** A request whose documents to be similar to are read. */
export interface WithExamples {
  /** asks by their terms, and leaves them out of the hits */
  readonly request: SearchRequest;
  /** float32 [D], L2-normalised: the mean of theirs, less that of what is not wanted; absent where there are no examples, or these have none */
  readonly embedding?: Float32Array;
}

/** The embeddings of the pictures that the hits shall look like. @throws TandemError 'index/reads-no-pictures' | 'image/*' */
export async function embedExamples(
  { embedPictures }: Partial<PictureEmbedder>,
  { similar: { pictures = [] } }: SimilarRequest,
): Promise<readonly Float32Array[]> {
  if (pictures.length === 0) return [];
  if (embedPictures === undefined)
    throw new TandemError('index/reads-no-pictures', 'the model of this index was not trained with pictures');
  return embedPictures(pictures);
}

/**
 * Reads the documents that the hits shall be like, those that they shall not be like, and asks for both sides' neighbours of them. Pictures have no terms: the
 * vector side alone looks for what is like them.
 * @param pictured  embedExamples
 * @throws TandemError 'request/invalid' naming an id that no document has
 */
export function readExamples(
  { store, tokens, embeddings }: ExampleParts,
  request: SimilarRequest,
  pictured: readonly Float32Array[],
): WithExamples {
  const { similar, filter = [] } = request;
  const { to = [], not: unwanted = [] } = similar;
  const rows = (ids: readonly string[], field: string): DocumentRow[] =>
    ids.map(id => {
      const row = store.get(id);
      if (row === undefined) throw noExample(field, id);
      return row;
    });
  const [wantedRows, unwantedRows] = [rows(to, 'to'), rows(unwanted, 'not')];
  const avoided = new Set(tokens.words.telling(unwantedRows, mostTerms).map(termOf));
  const terms = tokens.words.telling(wantedRows, mostTerms).filter(token => !avoided.has(termOf(token)));
  const seen = [...to, ...unwanted];
  return {
    request: {
      ...request,
      text: '',
      tokens: terms,
      filter: seen.length === 0 ? filter : [...filter, { not: { terms: { field: 'id', values: seen } } }],
      mode: request.mode ?? (terms.length === 0 && pictured.length > 0 ? 'vector' : undefined),
    },
    embedding: embeddingAmong([...embeddings(to), ...pictured], embeddings(unwanted)),
  };
}

interface ExampleParts {
  readonly store: Pick<DocumentStore, 'get'>;
  readonly tokens: Pick<TokenIndex, 'words'>;
  readonly embeddings: (ids: readonly string[]) => (Float32Array | undefined)[];
}

/** A request that names examples. */
export type SimilarRequest = SearchRequest & Required<Pick<SearchRequest, 'similar'>>;

export const isSimilar = (request: SearchRequest): request is SimilarRequest => request.similar !== undefined;

const noExample = (field: string, id: string): TandemError =>
  new TandemError('request/invalid', `similar.${field}: no document has the id ${id}`);

/** @param isSeen  whether a document is there for whoever asks @throws TandemError 'request/invalid' as readExamples */
export function checkExamples(
  { similar: { to = [], not = [] } = { to: [] } }: SearchRequest,
  isSeen: (id: string) => boolean,
): void {
  for (const [field, ids] of Object.entries({ to, not }))
    for (const id of ids) if (!isSeen(id)) throw noExample(field, id);
}

const termOf = (token: string | { readonly term: string }): string => (typeof token === 'string' ? token : token.term);

/** @returns undefined where none is wanted, or where nothing is left of them */
function embeddingAmong(
  wanted: readonly (Float32Array | undefined)[],
  unwanted: readonly (Float32Array | undefined)[],
): Float32Array | undefined {
  const known = (all: typeof wanted): Float32Array[] =>
    all.filter(each => each !== undefined && !isZero(each)) as Float32Array[];
  const near = known(wanted);
  if (near.length === 0) return undefined;
  const sum = new Float32Array(near[0].length);
  const add = (all: readonly Float32Array[], share: number): void => {
    for (const each of all) for (let d = 0; d < sum.length; d++) sum[d] += (share * each[d]) / all.length;
  };
  add(near, 1);
  add(known(unwanted), -unwantedShare);
  const length = Math.sqrt(innerProduct(sum, sum, 0));
  return length > 0 ? sum.map(value => value / length) : undefined;
}
