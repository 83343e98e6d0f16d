import { type GoldenIndex, goldenFolder } from '../../evaluation/golden/golden-index.js';
import type { QueryEmbedder } from '../../search/backend.js';
import { readManifest } from '../../search/manifest.js';
import { type SearchSettings, settingsOf, storeSettings, type TunedSettings } from '../../search/search-settings.js';
import { whileClaimed } from '../../search/tuned-fusion.js';
import { type BackendChoice, type ClusterPlace, clusterPlace } from '../indexes/cluster-place.js';
import { withSearch } from '../indexes/open-search.js';

/** An index that golden queries are asked of, opened. */
export interface OpenGolden {
  readonly index: GoldenIndex;
  /** absent where it has no model, or none was given */
  readonly embedder?: Pick<QueryEmbedder, 'embedQuery'>;
  /** Writes settings, for searches that begin from now on, wherever the index is served. */
  store(settings: SearchSettings, golden: TunedSettings): Promise<void>;
}

/** Opens an index for golden queries, uses it and closes it. @throws TandemError 'index/*' | 'model/*' | 'cluster/*', and what `use` throws */
export function withGoldenIndex<T>(
  name: string,
  choice: BackendChoice,
  use: (opened: OpenGolden) => Promise<T>,
): Promise<T> {
  const place = clusterPlace(name, choice);
  if (place !== undefined) return withGoldenCluster(place, use);
  const store: OpenGolden['store'] = async (settings, golden) => void (await storeSettings(name, settings, golden));
  return withSearch(name, ({ index, embedder }) =>
    use({ index: goldenFolder(index), ...(embedder && { embedder }), store }),
  );
}

/** The same for who writes settings: nobody else writes to a folder meanwhile. @throws TandemError 'index/locked' too */
export const whileTuned = <T>(name: string, choice: BackendChoice, work: () => Promise<T>): Promise<T> =>
  clusterPlace(name, choice) === undefined ? whileClaimed(name, work) : work();

/** sha256 of the model of an index; null where it has none. @throws TandemError 'index/*' | 'cluster/*' */
export async function modelOf(name: string, choice: BackendChoice): Promise<string | null> {
  const place = clusterPlace(name, choice);
  if (place === undefined) return (await readManifest(name)).modelId;
  const { withActiveGeneration } = await import('../../../serving/backends/opensearch/generations.js');
  return withActiveGeneration(place, async ({ meta }) => meta.modelId);
}

async function withGoldenCluster<T>(place: ClusterPlace, use: (opened: OpenGolden) => Promise<T>): Promise<T> {
  const [{ openClusterSearch }, { withActiveGeneration }, { changeChoices }] = await Promise.all([
    import('../indexes/open-cluster.js'),
    import('../../../serving/backends/opensearch/generations.js'),
    import('../../../serving/backends/opensearch/choices.js'),
  ]);
  const { index, embedder, close } = await openClusterSearch(place);
  try {
    const { manifest, golden, rankerDepth } = await index.searchedBy();
    const { search, retrieve, retuned } = index;
    const nearest: GoldenIndex['nearest'] = (embedding, ef) => index.nearest(embedding, ef);
    return await use({
      index: {
        ...{ search, retrieve, retuned, nearest, rankerDepth },
        settings: settingsOf(manifest),
        ...(golden && { wanted: golden.wanted }),
        graph: index.meta.width !== null,
        setsDepth: false,
        walk: async (embedding, ef) => ({ found: await nearest(embedding, ef) }),
        exact: (embedding, k) => index.nearest(embedding, k, { exact: true }),
      },
      ...(embedder && { embedder }),
      store: (settings, tuned) =>
        withActiveGeneration(place, async ({ cluster, names, meta }) => {
          await changeChoices(cluster, names, meta, choices => ({ ...choices, settings, golden: tuned }));
        }),
    });
  } finally {
    await close();
  }
}
