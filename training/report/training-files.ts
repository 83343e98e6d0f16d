import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { chartFile } from '../../src/evaluation/report/chart.js';
import { renderReport } from '../../src/evaluation/report/render-report.js';
import { writeWhole } from '../../src/files/atomic.js';
import { type TrainingLogRow, trainingCharts, trainingSections } from './training-sections.js';

/** What a training run leaves beside the files of its model; loading the model does not need them. */
const files = { report: 'training.html', rows: 'training.json', curves: 'training.svg' } as const;

const figure = z.number();
const trainingSchema = z.strictObject({
  rows: z.array(
    z.strictObject({
      step: z.int().min(0),
      stage: z.string(),
      loss: figure.optional(),
      examplesPerSecond: figure.optional(),
      validation: z.record(z.string(), figure).optional(),
    }),
  ),
});

/** The report of a training run. @param model  folder of the model artefact */
export const trainingReport = (model: string): string => join(model, files.report);

/**
 * Writes the log of a run into the model's folder: for machines, as curves, and as a report. Each file is written whole or not at all.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function writeTrainingFiles(model: string, rows: readonly TrainingLogRow[]): Promise<void> {
  await writeWhole(join(model, files.rows), `${JSON.stringify({ rows })}\n`);
  const curves = chartFile(trainingCharts(rows));
  if (curves !== undefined) await writeWhole(join(model, files.curves), curves);
  await writeWhole(trainingReport(model), renderReport({ title: 'Training', sections: trainingSections(rows) }));
}

/**
 * The log of the run that made a model; undefined where its folder has none, as with an imported model.
 * @throws TandemError 'model/damaged'
 */
export async function readTrainingLog(model: string): Promise<TrainingLogRow[] | undefined> {
  const path = join(model, files.rows);
  try {
    return trainingSchema.parse(JSON.parse(await readFile(path, 'utf8'))).rows;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TandemError('model/damaged', `${path}: is not the log of a training run`, { path }, { cause: error });
  }
}
