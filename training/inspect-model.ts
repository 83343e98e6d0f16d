import type { JudgedQueries } from '../data/prepared-files.js';
import type { ImageVectors } from '../models/images/image-vectors.js';
import { documentTowerRow, queryTowerRow, type RunnableTowers } from '../models/runtime/embedder.js';
import type { DocumentRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { lengthSlice } from '../src/evaluation/slices.js';
import { featureImportance } from './feature-importance.js';
import { type Cut, meanFusionWeights } from './fusion-weights.js';
import type { FusionWeights, Inspection } from './report/inspection-sections.js';
import { createValidationSet } from './validation.js';

export interface InspectOptions {
  /** of the bootstrap intervals */
  readonly seed: number;
  /** of the matrix products; 0 = all cores */
  readonly threads: number;
  /** vectors of the documents' images; without them no document has any */
  readonly images?: ImageVectors;
  /** images of a document that the model looks at */
  readonly imageLimit?: number;
  /** told how many of how many rows have been embedded */
  readonly onProgress?: (done: number, total: number) => void;
}

const unknownCountry = '(none)';

/**
 * Looks into a trained model: what each channel is worth on judged queries, and how much each counts in the fusion.
 * At most the first 1,500 judged queries are looked at, as in training.
 * @throws TandemError 'evaluation/no-queries' where the judgements tell no document from another, 'evaluation/one-class'
 */
export async function inspectModel(
  towers: RunnableTowers,
  documents: readonly DocumentRow[],
  judged: JudgedQueries,
  options: InspectOptions,
): Promise<Inspection> {
  const set = createValidationSet(judged, documents);
  if (set === undefined)
    throw new TandemError(
      'evaluation/no-queries',
      'no judged query has a relevant document that others can stand against',
    );
  const { queries } = set;
  const features = {
    query: queries.map(row => towers.query.extract(queryTowerRow(row))),
    document: documents.map(row => towers.document.extract(documentTowerRow(row, options.images, options.imageLimit))),
  };
  const { figures, importance, weights } = await featureImportance({ ...options, towers, features, documents, set });
  const cutsOf = { query: queryCuts(queries), document: documentCuts(documents) };
  const tables = (['query', 'document'] as const).flatMap((name): FusionWeights[] => {
    const channels = towers[name].tower.channels.map(channel => channel.name);
    return cutsOf[name].map(cut => meanFusionWeights(name, channels, weights[name], cut));
  });
  return { queries: queries.length, documents: documents.length, figures, importance, weights: tables };
}

const whole = (rows: readonly unknown[]): Cut => ({ by: 'all', labels: rows.map(() => 'all') });

const queryCuts = (queries: readonly { readonly text: string; readonly country?: string }[]): Cut[] => [
  whole(queries),
  { by: 'words', labels: queries.map(({ text }) => lengthSlice(text)), ordered: true },
  ...countryCut(queries),
];

const documentCuts = (documents: readonly DocumentRow[]): Cut[] => [
  whole(documents),
  {
    by: 'description',
    labels: documents.map(({ description = '' }) => (description === '' ? 'without' : 'with')),
    ordered: true,
  },
  ...countryCut(documents),
];

/** None where no row names a country. */
function countryCut(rows: readonly { readonly country?: string }[]): Cut[] {
  if (rows.every(({ country }) => country === undefined)) return [];
  return [{ by: 'country', labels: rows.map(({ country = unknownCountry }) => country) }];
}
