import { TandemError } from '../../../src/errors/tandem-error.js';
import { createChains } from '../../../src/lexical/analysis-chains.js';
import type { DictionaryChange } from '../../../src/search/backend.js';
import { affectedDocuments } from '../../../src/search/change-dictionary.js';
import { inTurns } from '../../../src/search/turns.js';
import { changedWords, type DictionaryWord } from '../../../src/text/dictionary.js';
import { writeBulk } from './bulk.js';
import type { ClusterParts } from './cluster-parts.js';
import { documentEncoder, type EncodeDocument } from './encode-document.js';
import { readDocuments, type StoredDocument } from './found-documents.js';
import { scanDocuments } from './scan-documents.js';
import type { SettingsSource } from './settings.js';

/**
 * Indexes anew the documents whose terms change with the words that the analysis keeps whole, then stores these. Searches that begin in between read queries
 * by the words of before; killed in between, the same words set again do the rest.
 * @param words  checked
 */
export async function changeDictionary(
  parts: ClusterParts,
  settings: SettingsSource,
  words: readonly DictionaryWord[],
): Promise<DictionaryChange> {
  const { chains, settings: before } = await settings.present();
  if (changedWords(before.dictionary, words).length === 0) return { receipt: 'nothing to do', documents: 0 };
  const after = createChains(parts.meta.indexing.language);
  after.setDictionary(words);
  const encode = documentEncoder(parts.meta.indexing, after);
  let documents = 0;
  for await (const stored of scanDocuments(parts)) {
    const store = { documents: () => stored.map(({ row }) => row)[Symbol.iterator]() };
    const ids = new Set(await inTurns(affectedDocuments(store, { chains }, parts.meta.indexing, words)));
    let left: readonly StoredDocument[] = stored.filter(({ row }) => ids.has(row.id));
    while (left.length > 0) {
      const changed = await writeAnew(parts, left, encode);
      documents += left.length - changed.length;
      left = [...(await readDocuments(parts.cluster, parts.names.index, changed, true)).values()];
    }
  }
  return { receipt: await settings.set('dictionary', words), documents };
}

/** @returns ids of those that were changed after they were read, perhaps by the words of before */
async function writeAnew(
  { cluster, names }: ClusterParts,
  documents: readonly StoredDocument[],
  encode: EncodeDocument,
): Promise<readonly string[]> {
  const changes = documents.map(({ row, embedding, version }) => ({
    id: row.id,
    put: JSON.stringify(encode(row, embedding)),
    if: version,
  }));
  const results = await writeBulk(cluster, names.writing, changes, { visible: true });
  const failed = results.find(result => result instanceof TandemError);
  if (failed !== undefined) throw failed;
  return changes.filter((_, i) => results[i] === 'conflict').map(({ id }) => id);
}
