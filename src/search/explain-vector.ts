import type { DocumentRow } from '../config/rows.js';
import { asCosine, innerProduct, isZero } from '../vector/cosine.js';
import type { DocumentEmbedder, QueryEmbedder, VectorExplanation, WordShare } from './backend.js';

/** Words looked at: the first ones of the query, and of each field. */
const queryWords = 32;
const fieldWords = 64;

/** The words of a text and, for each, the text without it. Words are what stands between white space. */
function withoutEach(text: string, most: number): { readonly word: string; readonly rest: string }[] {
  const words = [...text.matchAll(/\S+/g)].slice(0, most);
  return words.map(({ 0: word, index }) => ({ word, rest: text.slice(0, index) + text.slice(index + word.length) }));
}

/**
 * Takes words out one by one and embeds what is left (occlusion: Zeiler & Fergus 2014): as many embeddings as there are words, 160 at most.
 * @param query      as it is embedded
 * @param document   with its embedding
 * @param embedder   its document side is used where it has one
 * @returns undefined where either has nothing to embed
 */
export async function explainVector(
  query: Parameters<QueryEmbedder['embedQuery']>[0],
  document: { readonly row: DocumentRow; readonly embedding: Float32Array },
  embedder: Pick<QueryEmbedder, 'embedQuery'> & Partial<Pick<DocumentEmbedder, 'embedDocuments'>>,
): Promise<VectorExplanation | undefined> {
  const { embedding, channels } = await embedder.embedQuery(query);
  if (isZero(embedding) || isZero(document.embedding)) return undefined;
  const cosineOf = (a: Float32Array, b: Float32Array): number => asCosine(innerProduct(a, b, 0));
  const cosine = cosineOf(embedding, document.embedding);
  const asked: WordShare[] = [];
  for (const { word, rest } of withoutEach(query.text, queryWords)) {
    const without = await embedder.embedQuery({ ...query, text: rest });
    asked.push({ word, adds: cosine - cosineOf(without.embedding, document.embedding) });
  }
  const fields = await documentShares(document.row, embedding, cosine, embedder.embedDocuments?.bind(embedder));
  return { cosine, ...(channels && { channels }), query: asked, ...(fields && { document: fields }) };
}

async function documentShares(
  row: DocumentRow,
  query: Float32Array,
  cosine: number,
  embedDocuments: DocumentEmbedder['embedDocuments'] | undefined,
): Promise<Record<string, WordShare[]> | undefined> {
  if (embedDocuments === undefined) return undefined;
  const fields = (['title', 'description'] as const).filter(field => row[field] !== undefined);
  const parts = fields.flatMap(field =>
    withoutEach(row[field] ?? '', fieldWords).map(({ word, rest }) => ({
      field,
      word,
      changed: { ...row, [field]: rest },
    })),
  );
  if (parts.length === 0) return {};
  const embeddings = await embedDocuments(parts.map(({ changed }) => changed));
  const shares: Record<string, WordShare[]> = {};
  parts.forEach(({ field, word }, i) => {
    const list = shares[field] ?? [];
    list.push({ word, adds: cosine - asCosine(innerProduct(query, embeddings, i)) });
    shares[field] = list;
  });
  return shares;
}
