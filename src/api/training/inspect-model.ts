import { join } from 'node:path';
import { preparedFiles } from '../../../data/manifest.js';
import { readPrepared } from '../../../data/prepared.js';
import { loadModel } from '../../../models/runtime/load-model.js';
import { inspectModel } from '../../../training/inspect-model.js';
import { type Inspection, inspectionSections } from '../../../training/report/inspection-sections.js';
import { readTrainingLog } from '../../../training/report/training-files.js';
import { trainingSections } from '../../../training/report/training-sections.js';
import { TandemError } from '../../errors/tandem-error.js';
import { writeReportFiles } from '../../evaluation/report/report-files.js';
import { openDocumentImages } from '../embedding/document-images.js';
import type { Watch } from '../watch.js';

export {
  byImportance,
  type ChannelImportance,
  type FusionWeights,
  type Inspection,
} from '../../../training/report/inspection-sections.js';

export interface InspectModelOptions {
  /** folder of the model artefact */
  readonly model: string;
  /** folder of prepared data */
  readonly data: string;
  /** HTML report */
  readonly out: string;
  readonly split: 'validation' | 'test';
  readonly seed: number;
  readonly threads: number;
  /** folder of the documents' pictures */
  readonly pictures?: string;
  readonly imageCache?: string;
}

/** What was found in a model, and the files of the report. */
export interface Inspected {
  readonly found: Inspection;
  readonly files: readonly string[];
}

/**
 * Looks into a model and writes the report.
 * @throws TandemError 'evaluation/no-queries', 'data/*', 'model/*', 'files/*'; then nothing is written
 */
export async function inspectAndReport(options: InspectModelOptions, watch: Watch): Promise<Inspected> {
  const { model: folder, out, split } = options;
  const log = await readTrainingLog(folder);
  const found = await inspect(options, watch);
  const sections = [...inspectionSections(found), ...(log === undefined ? [] : trainingSections(log))];
  const json = { model: folder, split, ...found };
  const files = await writeReportFiles(out, { title: 'Inside the model', sections }, { ...json, training: log ?? [] });
  return { found, files };
}

async function inspect(
  { model: folder, data: from, split, seed, threads, ...options }: InspectModelOptions,
  watch: Watch,
): Promise<Inspection> {
  const documents = join(from, preparedFiles.documents);
  const images = await openDocumentImages({ ...options, documents, model: folder }, watch);
  const model = await loadModel(folder, { threads });
  const progress = watch.progress('embedding', 'rows');
  try {
    const data = await readPrepared(from);
    const judged = data[split];
    if (judged === undefined) throw new TandemError('evaluation/no-queries', `${from}: has no ${split} queries`);
    return await inspectModel(model.towers, data.documents, judged, {
      seed,
      threads,
      images: await images?.source.vectorsOf([]),
      imageLimit: model.config.towers.image.limit,
      onProgress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.finish();
    await model.close();
    images?.close();
  }
}
