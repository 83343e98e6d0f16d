import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../src/config/schema.js';
import { tandemVersion } from '../src/config/version.js';
import { type Catalogue, takeDocuments, takePairs } from './catalogue-sizes/catalogue.js';
import { type CatalogueFigures, fixedWeight, measureCatalogue } from './catalogue-sizes/measure.js';
import { clothes, emoji, searchLog, taxonomy } from './catalogue-sizes/sources.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';

const seed = 1;
const every = Number.POSITIVE_INFINITY;
const defaultSizes = [300, 1000, 5000, 20_000];

/** A kind of data: how it is read, and which pairs a document are tried at which sizes. */
interface Source {
  readonly name: string;
  /** folder below `--data`; without one the data comes along */
  readonly folder?: string;
  readonly read: (folder: string) => Promise<Catalogue>;
  /** pairs of a document, at most */
  readonly pairs: readonly number[];
}

const sources: readonly Source[] = [
  { name: 'emoji-en', read: () => emoji('emoji-en', ['en']), pairs: [0, 1, every] },
  {
    name: 'emoji-6',
    read: () => emoji('emoji-6', ['en', 'de', 'fr', 'es', 'ru', 'ja']),
    pairs: [every],
  },
  { name: 'homedepot', folder: 'homedepot', read: folder => searchLog('homedepot', folder), pairs: [0, every] },
  {
    name: 'taxonomy',
    folder: 'google-taxonomy-15lang',
    read: folder => taxonomy('taxonomy', folder, ['de-DE', 'fr-FR', 'ja-JP']),
    pairs: [1, every],
  },
  { name: 'fashion', folder: 'fashion', read: folder => clothes('fashion', folder), pairs: [0] },
];

/**
 * The default preset over catalogues of all sizes, with and without pairs: steps, time and what is found on queries that were not trained on.
 * `--data DIR` names a folder with the public sets that are not shipped; docs/results.md says what each holds. `--sizes` are the numbers
 * of documents, beside all that a set has.
 */
export async function catalogueSizes({ without, data, sizes = defaultSizes }: BenchOptions): Promise<BenchReport> {
  const missing: string[] = [];
  const measured: CatalogueFigures[] = [];
  for (const source of sources) {
    if (without.has(source.name)) {
      missing.push(`${source.name}: left out by --without`);
      continue;
    }
    const folder = source.folder === undefined ? '' : join(data ?? '', source.folder);
    if (source.folder !== undefined && !(await isThere(data === undefined ? undefined : folder))) {
      missing.push(`${source.name}: no folder ${source.folder} in --data`);
      continue;
    }
    const whole = await source.read(folder);
    for (const size of [...sizes.filter(size => size < whole.documents.length), every]) {
      for (const perDocument of source.pairs) {
        const figures = await measure(takePairs(takeDocuments(whole, size, seed), perDocument, seed));
        measured.push(figures);
        process.stderr.write(`${cells(figures).join('  ')}\n`);
      }
    }
  }
  return {
    bench: 'catalogue-sizes',
    header: describeMachine({ tandem: tandemVersion() }, { preset: 'default', seed }),
    results: [],
    ratio: {},
    quality: Object.fromEntries(
      measured.map(each => [`${each.documents} ${each.catalogue}, ${each.pairs} pairs`, each.ndcg.vector]),
    ),
    missing: [
      ...missing,
      ...measured.flatMap(({ catalogue, warnings }) => warnings.map(text => `${catalogue}: ${text}`)),
    ],
    table: { columns, rows: measured.map(cells) },
  };
}

const columns = [
  'set',
  'documents',
  'pairs',
  'steps',
  'seconds',
  'queries',
  'ROC AUC',
  'token',
  'vector',
  'hybrid',
  'weight',
  `hybrid at ${fixedWeight}`,
].map((name, c) => ({ name, numeric: c > 0 }));

const cells = ({
  catalogue,
  documents,
  pairs,
  steps,
  seconds,
  queries,
  auc,
  ndcg,
  weight,
}: CatalogueFigures): string[] => [
  catalogue,
  `${documents}`,
  `${pairs}`,
  `${steps}`,
  seconds.toFixed(0),
  `${queries}`,
  auc?.toFixed(3) ?? '-',
  ndcg.token.toFixed(4),
  ndcg.vector.toFixed(4),
  ndcg.hybrid.toFixed(4),
  weight.toFixed(2),
  ndcg.fixed.toFixed(4),
];

async function measure(catalogue: Catalogue): Promise<CatalogueFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    return await measureCatalogue(catalogue, configSchema.parse({ seed }), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isThere = async (path: string | undefined): Promise<boolean> =>
  path !== undefined &&
  access(path).then(
    () => true,
    () => false,
  );
