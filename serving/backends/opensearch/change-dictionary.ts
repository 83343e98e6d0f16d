import { TandemError } from '../../../src/errors/tandem-error.js';
import { createChains } from '../../../src/lexical/analysis-chains.js';
import type { DictionaryChange } from '../../../src/search/backend.js';
import { affectedDocuments } from '../../../src/search/change-dictionary.js';
import { inTurns } from '../../../src/search/turns.js';
import { changedWords, type DictionaryWord } from '../../../src/text/dictionary.js';
import { writeBulk } from './bulk.js';
import type { ClusterParts } from './cluster-parts.js';
import { documentEncoder } from './encode-document.js';
import { scanDocuments } from './scan-documents.js';
import type { SettingsSource } from './settings.js';

/**
 * Stores the words that the analysis keeps whole, then indexes anew the documents whose terms they change. Searches that begin in between read queries by the
 * new words and find the documents that are done; killed in between, the same words set again do the rest.
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
    const changes = stored
      .filter(({ row }) => ids.has(row.id))
      .map(({ row, embedding, version }) => ({ id: row.id, put: JSON.stringify(encode(row, embedding)), if: version }));
    if (changes.length === 0) continue;
    const results = await writeBulk(parts.cluster, parts.names.writing, changes, { visible: true });
    const failed = results.find(result => result instanceof TandemError);
    if (failed !== undefined) throw failed;
    // one that was written meanwhile is read by the words of before: it is written anew by whoever sets them again
    documents += changes.length;
  }
  return { receipt: await settings.set('dictionary', words), documents };
}
