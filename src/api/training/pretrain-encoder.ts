import { join } from 'node:path';
import { readPrepared } from '../../../data/prepared.js';
import { readTexts, readTranslations } from '../../../data/unlabelled-texts.js';
import { corpusTexts } from '../../../training/corpus.js';
import { type PretrainSummary, pretrain } from '../../../training/pretraining/pretrainer.js';
import { pretrainingSections } from '../../../training/report/pretraining-sections.js';
import type { Config } from '../../config/schema.js';
import { tandemVersion } from '../../config/version.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { writeWhole } from '../../files/atomic.js';
import { tellStart } from '../demo/tell-start.js';
import type { Watch } from '../watch.js';

export type { PretrainSummary };

export interface PretrainEncoderOptions {
  /** files of texts */
  readonly texts: readonly string[];
  /** folder that `prepare` wrote */
  readonly data?: string;
  /** file of translations */
  readonly translations?: string;
  readonly config: Config;
  readonly out: string;
  readonly resume: boolean;
}

/** The report of a run, beside the encoder's own files. */
export const pretrainingReport = (encoder: string): string => join(encoder, 'pretraining.html');

/** Pretrains with a live line, and writes the report of the run into the encoder's folder. */
export async function pretrainEncoder(
  { texts, data, translations, ...options }: PretrainEncoderOptions,
  watch: Watch,
): Promise<PretrainSummary> {
  const given: string[] = [];
  if (data !== undefined) for (const text of corpusTexts(await readPrepared(data))) given.push(text);
  for await (const text of readTexts(texts)) given.push(text);
  const translated = translations === undefined ? [] : await readTranslations(translations);
  const progress = watch.progress('pretraining', 'steps');
  try {
    const summary = await pretrain({
      ...options,
      texts: given,
      translations: translated,
      tandem: tandemVersion(),
      onStart: start => tellStart(`${options.out}.training`, options.resume, start, watch),
      onProgress: ({ done, total, loss, textsPerSecond, validation }) => {
        const held =
          validation === undefined
            ? ''
            : `, held out: loss ${validation.texts.loss.toFixed(4)}, accuracy ${validation.texts.accuracy.toFixed(4)}`;
        progress.note(`loss ${loss.toFixed(4)}, ${Math.round(textsPerSecond)} texts/s${held}`);
        progress.update(done, total);
      },
    });
    const { log, counts, unigram } = summary;
    const sections = pretrainingSections(log, counts, unigram);
    await writeWhole(pretrainingReport(options.out), renderReport({ title: 'Pretraining', sections }));
    return summary;
  } finally {
    progress.finish();
  }
}
