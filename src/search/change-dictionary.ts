import type { ResolvedIndexing } from '../config/indexing.js';
import type { DocumentRow } from '../config/rows.js';
import { type AnalysisChains, createChains } from '../lexical/analysis-chains.js';
import { type IndexFields, indexFields } from '../lexical/index-fields.js';
import type { TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { type Analyzer, lowerLocaleOf } from '../text/analyzer.js';
import { changedWords, createDictionary, type DictionaryWord } from '../text/dictionary.js';
import { normalise } from '../text/normalise.js';
import { replayDocuments } from './replay.js';
import { inTurns } from './turns.js';

/** Units of work that it takes to look at a document; see turns.ts. */
const scanWork = 64;

/**
 * Ids of the documents whose terms another dictionary changes. Every text is scanned for the words in which the two dictionaries differ, and where one
 * stands the document is analysed under both. (The terms that a word was analysed into lead to too few documents: \`.net\` stands inside the one term of
 * "asp.net", and how Chinese is cut depends on what stands around a word.)
 */
export function* affectedDocuments(
  store: Pick<DocumentStore, 'documents'>,
  tokens: Pick<TokenIndex, 'chains'>,
  indexing: ResolvedIndexing,
  words: readonly DictionaryWord[],
): Generator<number, string[]> {
  const changed = createDictionary(changedWords(tokens.chains.dictionary(), words));
  const chains = createChains(indexing.language, tokens.chains.analysis);
  chains.setDictionary(words);
  const fields = indexFields(indexing);
  const affected: string[] = [];
  for (const document of store.documents()) {
    yield scanWork;
    const before = tokens.chains.analyzer(document.language);
    const { occursIn } = changed.matcher(lowerLocaleOf(before.language));
    const occurs = (text: string): boolean => occursIn(normalise(text, lowerLocaleOf(before.language)).text);
    if (!fields.names.some(field => fields.texts(document, field).some(({ text }) => occurs(text)))) continue;
    if (yield* termsDiffer(document, fields, before, chains)) affected.push(document.id);
  }
  return affected;
}

function* termsDiffer(
  document: DocumentRow,
  fields: IndexFields,
  before: Analyzer,
  chains: AnalysisChains,
): Generator<number, boolean> {
  const after = chains.analyzer(document.language);
  const present = yield* fields.reading(document, before);
  const future = yield* fields.reading(document, after);
  return present.some((old, field) => {
    const fresh = future[field];
    if (old.length !== fresh.length) return true;
    return old.some(({ term, position }, i) => term !== fresh[i].term || position !== fresh[i].position);
  });
}

/**
 * Stores a dictionary together with the ids of the documents that it touches, then takes both into the token index. Nothing else may be committed
 * meanwhile. Killed between the two, the commit is replayed when the index is opened: the dictionary first, then these documents.
 * @param words  checked
 * @returns the commit that holds the dictionary, and how many documents were indexed anew
 */
export async function changeDictionary(
  store: DocumentStore,
  tokens: TokenIndex,
  indexing: ResolvedIndexing,
  words: readonly DictionaryWord[],
): Promise<{ readonly sequence: number; readonly documents: number }> {
  if (changedWords(tokens.chains.dictionary(), words).length === 0) return { sequence: store.sequence(), documents: 0 };
  const ids = await inTurns(affectedDocuments(store, tokens, indexing, words));
  const sequence = await store.setDictionary(words, ids);
  tokens.chains.setDictionary(words);
  await inTurns(replayDocuments(store, ids, tokens, null));
  return { sequence, documents: ids.length };
}
