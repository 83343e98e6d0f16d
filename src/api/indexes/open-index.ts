import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import { usualHits } from '../../search/request.js';
import type { WritableIndex } from '../../search/writable-index.js';
import { withoutBigInts } from '../../text/exact-number.js';
import { checkOptions, maybe, path } from '../check-options.js';
import type { OpenIndexOptions } from '../options.js';
import type { SearchIndex, SearchRequest, WritableSearchIndex } from '../types.js';
import { type OpenSearch, openSearch, openWritableSearch } from './open-search.js';

/** What `openIndex` of the library does. */
export async function openIndexFolder(
  folder: string,
  options: OpenIndexOptions,
): Promise<SearchIndex | WritableSearchIndex> {
  checkOptions('openIndex', { folder, ...options }, { folder: path, writable: maybe });
  if (!options.writable) return searchable(folder, await openSearch(folder));
  const search = await openWritableSearch(folder, {});
  return { ...searchable(folder, search), ...writable(search.index) };
}

function searchable(folder: string, { index, modes, close }: OpenSearch<EmbeddedIndex>): SearchIndex {
  const asRequest = (request: string | SearchRequest): SearchRequest =>
    typeof request === 'string' ? { text: request } : (withoutBigInts(request) as SearchRequest);
  return {
    folder,
    modes,
    modelId: index.manifest.modelId,
    search: request => index.search(asRequest(request)),
    next: (cursor, k = usualHits) => index.next(cursor, k),
    explain: (request, id) => index.explain(asRequest(request), id),
    complete: (text, { k = usualHits, language } = {}) => index.complete({ text, k, language }),
    analyze: (text, language) => index.analyze(text, language),
    dictionary: () => index.dictionary(),
    get: id => index.get(id),
    ids: async () => index.ids(),
    count: () => index.count(),
    close,
  };
}

type Writing = Pick<WritableSearchIndex, Exclude<keyof WritableSearchIndex, keyof SearchIndex>>;

function writable(index: WritableIndex): Writing {
  return {
    write: changes => index.write(changes),
    writeEach: changes => index.writeEach(changes),
    put: documents => index.put(documents),
    patch: patches => index.write(patches.map(patch => ({ patch }))),
    delete: ids => index.delete(ids),
    setDictionary: words => index.setDictionary(words),
    save: () => index.save(),
  };
}
