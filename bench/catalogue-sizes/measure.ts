import { join } from 'node:path';
import { preparedFiles } from '../../data/manifest.js';
import { readPrepared } from '../../data/prepared.js';
import { writePreparedFiles } from '../../data/prepared-files.js';
import { evaluateModes } from '../../src/api/evaluation/evaluate-files.js';
import { makeIndex } from '../../src/api/indexes/make-index.js';
import { withSearch } from '../../src/api/indexes/open-search.js';
import { watchOf } from '../../src/api/watch.js';
import type { Config } from '../../src/config/schema.js';
import { tandemVersion } from '../../src/config/version.js';
import { writeFolderAtomically } from '../../src/files/atomic.js';
import type { SearchMode } from '../../src/search/request.js';
import { train } from '../../training/trainer.js';
import type { Catalogue } from './catalogue.js';

/** What one catalogue came to. */
export interface CatalogueFigures {
  readonly catalogue: string;
  readonly documents: number;
  readonly pairs: number;
  /** test queries */
  readonly queries: number;
  readonly steps: number;
  /** of the steps */
  readonly seconds: number;
  /** on validation queries, or on queries drawn from the documents where there are none */
  readonly auc?: number;
  /** weight that `tandem index` chose */
  readonly weight: number;
  /** nDCG@10 on the test queries; `fixed` = hybrid with `fixedWeight` */
  readonly ndcg: Readonly<Record<'token' | 'vector' | 'hybrid' | 'fixed', number>>;
  readonly warnings: readonly string[];
}

export const fixedWeight = 0.3;

/** Works without a word; the bench has a table. */
const quiet = watchOf();

/**
 * The path of `prepare`, `train`, `index` and `evaluate` with one configuration, on the test queries of a catalogue.
 * @param folder  empty; everything is written below it
 */
export async function measureCatalogue(
  catalogue: Catalogue,
  config: Config,
  folder: string,
): Promise<CatalogueFigures> {
  const { documents, pairs, validation, test } = catalogue;
  const at = { data: join(folder, 'data'), model: join(folder, 'model') };
  const about = { seed: config.seed, shares: { train: 1, validation: 0, test: 0 }, sources: [] };
  const leftOut = { unknownDocuments: 0, unknownJudged: 0, unknownQueries: 0, blankQueries: 0 };
  const after = { trainQueries: [], validation, test, ...leftOut };
  await writeFolderAtomically(at.data, async data => {
    await writePreparedFiles(data, { documents, pairs, afterPairs: () => after }, about);
  });
  const data = await readPrepared(at.data);
  const trained = await train({ data, config, out: at.model, tandem: tandemVersion() });
  const ndcgOf = async (out: string, fusionWeight: number | 'auto', modes: readonly SearchMode[]) => {
    const indexing = { ...config.indexing, fusionWeight };
    const tuneOn = fusionWeight === 'auto' ? validation : undefined;
    const path = join(at.data, preparedFiles.documents);
    const { manifest } = await makeIndex({ documents: path, model: at.model, indexing, out, tuneOn }, quiet);
    const runs = await withSearch(out, search => evaluateModes(search, modes, test.queries, test.qrels, {}, quiet));
    const found = new Map(runs.map(({ name, evaluation }) => [name, evaluation.means['nDCG@10']]));
    return { weight: Number(manifest.indexing.fusionWeight), of: (mode: SearchMode) => found.get(mode) ?? Number.NaN };
  };
  const tuned = await ndcgOf(join(folder, 'index'), 'auto', ['token', 'vector', 'hybrid']);
  const fixed = await ndcgOf(join(folder, 'fixed'), fixedWeight, ['hybrid']);
  return {
    catalogue: catalogue.name,
    documents: documents.length,
    pairs: pairs.length,
    queries: test.qrels.size,
    steps: trained.steps,
    seconds: trained.seconds,
    auc: trained.metrics['ROC AUC'] ?? trained.knownItems?.['ROC AUC'],
    weight: tuned.weight,
    ndcg: {
      token: tuned.of('token'),
      vector: tuned.of('vector'),
      hybrid: tuned.of('hybrid'),
      fixed: fixed.of('hybrid'),
    },
    warnings: trained.warnings,
  };
}
