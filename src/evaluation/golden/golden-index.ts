import type { Candidate } from '../../ranking/candidate.js';
import type { SearchResponse } from '../../search/backend.js';
import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import type { SearchRequest } from '../../search/request.js';
import type { Retrieved } from '../../search/retrieve.js';
import { type SearchSettings, settingsOf } from '../../search/search-settings.js';
import { isGraph } from '../../vector/vector-index.js';

/** Searches by some settings. */
export interface SearchedBy {
  /** @throws TandemError as every search */
  search(request: SearchRequest): Promise<SearchResponse>;
  retrieve(request: SearchRequest): Promise<Pick<Retrieved, 'vector' | 'took'>>;
}

/** What a walk of the graph found. */
export interface Walked {
  /** best first */
  readonly found: readonly Candidate[];
  /** documents that it took up as it went; absent where that is not told */
  readonly walked?: number;
}

/** An index that golden queries are asked of, wherever it lies. */
export interface GoldenIndex extends SearchedBy {
  /** by which it is searched at present */
  readonly settings: SearchSettings;
  /** recall that was wanted when they were tuned; absent where they were not */
  readonly wanted?: number;
  /** whether vectors are searched by a graph, so that its breadth matters */
  readonly graph: boolean;
  /** whether deeper pages go as deep as is set; else they always go as deep as anybody may */
  readonly setsDepth: boolean;
  /** hits that its ranker was trained to order anew; null where it has none */
  readonly rankerDepth: number | null;
  /** The same index searched by other settings, for this process alone. */
  retuned(settings: SearchSettings): SearchedBy;
  /** The `ef` documents nearest to an embedding that a walk of this breadth finds. */
  nearest(embedding: Float32Array, ef: number): Promise<readonly Candidate[]>;
  /** The same, and what the walk took up; it may take longer. */
  walk(embedding: Float32Array, ef: number): Promise<Walked>;
  /** The k nearest by a scan of all vectors: the oracle of the graph. */
  exact(embedding: Float32Array, k: number): Promise<readonly Candidate[]>;
}

/** An index of this process. */
export function goldenFolder(index: EmbeddedIndex): GoldenIndex {
  const { manifest } = index;
  return {
    settings: settingsOf(manifest),
    ...(manifest.golden && { wanted: manifest.golden.wanted }),
    graph: isGraph(index.vectorKind),
    setsDepth: true,
    rankerDepth: index.rankerDepth,
    search: index.search,
    retrieve: index.retrieve,
    retuned: index.retuned,
    nearest: async (embedding, ef) => index.nearest(embedding, ef, { ef }),
    walk: async (embedding, ef) => {
      const taken = new Set<string>();
      const accept = (id: string): boolean => {
        taken.add(id);
        return true;
      };
      return { found: index.nearest(embedding, ef, { ef, accept }), walked: taken.size };
    },
    exact: async (embedding, k) => index.nearest(embedding, k, { exact: true }),
  };
}
