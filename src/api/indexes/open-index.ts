import type { DocumentRow } from '../../config/rows.js';
import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import { usualHits } from '../../search/request.js';
import type { WritableIndex } from '../../search/writable-index.js';
import { withoutBigInts } from '../../text/exact-number.js';
import { checkOptions, maybe, path } from '../check-options.js';
import { createLifetime, type Lifetime } from '../lifetime.js';
import type { OpenIndexOptions } from '../options.js';
import type { SearchIndex, SearchRequest, WritableSearchIndex } from '../types.js';
import { type OpenSearch, openFollowingSearch, openWritableSearch } from './open-search.js';

/** What `openIndex` of the library does. */
export async function openIndexFolder(
  folder: string,
  options: OpenIndexOptions,
): Promise<SearchIndex | WritableSearchIndex> {
  checkOptions('openIndex', { folder, ...options }, { folder: path, writable: maybe });
  const search = options.writable ? await openWritableSearch(folder, {}) : await openFollowingSearch(folder, {});
  const lifetime = createLifetime('index/closed', folder, () => search.close());
  const index = searchable(folder, search, lifetime);
  return 'put' in search.index ? Object.assign(index, writable(search.index, lifetime)) : index;
}

function searchable(folder: string, search: OpenSearch<EmbeddedIndex>, { run, close }: Lifetime): SearchIndex {
  const { index } = search;
  const asRequest = (request: string | SearchRequest): SearchRequest =>
    typeof request === 'string' ? { text: request } : (withoutBigInts(request) as SearchRequest);
  return {
    folder,
    get modes() {
      return search.modes;
    },
    get modelId() {
      return index.manifest.modelId;
    },
    search: request => run(() => index.search(asRequest(request))),
    next: (cursor, k = usualHits) => run(() => index.next(cursor, k)),
    explain: (request, id) => run(() => index.explain(asRequest(request), id)),
    complete: (text, { k = usualHits, language } = {}) => run(() => index.complete({ text, k, language })),
    analyze: (text, language) => run(() => index.analyze(text, language)),
    dictionary: () => run(() => index.dictionary()),
    synonyms: () => run(() => index.synonyms()),
    rules: () => run(() => index.rules()),
    get: id => run(() => index.get(id)),
    ids: () => run(() => index.ids()),
    count: () => run(() => index.count()),
    close,
  };
}

type Writing = Pick<WritableSearchIndex, Exclude<keyof WritableSearchIndex, keyof SearchIndex>>;

function writable(index: WritableIndex, { run }: Lifetime): Writing {
  return {
    write: changes => run(() => index.write(changes)),
    writeEach: changes => run(() => index.writeEach(changes)),
    // what is no document is told by the check of each
    put: documents => run(() => index.put(documents as readonly DocumentRow[])),
    patch: patches => run(() => index.write(patches.map(patch => ({ patch })))),
    delete: ids => run(() => index.delete(ids)),
    deleteMatching: (filter, options) => run(() => index.deleteMatching(filter, options)),
    setRules: rules => run(() => index.setRules(rules)),
    setSynonyms: rules => run(() => index.setSynonyms(rules)),
    setDictionary: words => run(() => index.setDictionary(words)),
    switchGeneration: generation => run(async () => void (await index.switchTo(generation))),
    save: () => run(() => index.save()),
  };
}
