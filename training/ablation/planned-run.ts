import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { readEncoder } from '../../models/pretrained/encoder-folder.js';
import { readModelManifest } from '../../models/runtime/artefact.js';
import type { Config } from '../../src/config/schema.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { usableChannels } from '../corpus.js';
import { teacherFolders } from '../teacher.js';
import type { AblationOptions } from './options.js';
import { fileName, fingerprintOf, type RunFiles, runFiles } from './results.js';
import type { Variant } from './variants.js';

/** One model that is to be trained and measured. */
export interface PlannedRun {
  readonly variant: Variant;
  readonly config: Config;
  /** names of what its first, its first two, ... and all its stages come to; see fingerprintOf */
  readonly stageIds: readonly string[];
  /** the last of them: two runs of one fingerprint come to the same model */
  readonly fingerprint: string;
  readonly files: RunFiles;
}

/** @throws TandemError 'config/bad-value' when two rows would write the same files */
export function checkNames(variants: readonly Variant[]): void {
  const seen = new Map<string, string>();
  for (const { name } of variants) {
    const file = fileName(name).toLowerCase();
    const before = seen.get(file);
    if (before !== undefined) {
      throw new TandemError('config/bad-value', `variants: "${before}" and "${name}" are one name; give each its own`);
    }
    seen.set(file, name);
  }
}

/**
 * Every variant with every seed.
 * @throws TandemError, naming the variant, when a tower of it has no channel left or its encoder cannot be read
 */
export async function planRuns(variants: readonly Variant[], options: AblationOptions): Promise<PlannedRun[]> {
  const { plan, shared, out } = options;
  const images = imagesId(shared);
  const encoders = new Map<string, string>();
  const [base] = variants;
  const planned: PlannedRun[] = [];
  for (const variant of variants) {
    try {
      usableChannels(variant.config, shared.data, shared.images);
      const folder = variant.config.textEncoder.import;
      if (folder !== undefined && !encoders.has(folder)) encoders.set(folder, (await readEncoder(folder)).id);
      const { from } = variant.config.training;
      if (from !== '') refuseOtherTowers(variant.config, base.config);
      const models = [...(from === '' ? [] : [from]), ...teacherFolders(variant.config.training)];
      const ids = await Promise.all(models.map(async model => (await readModelManifest(model)).modelId));
      const about = [encoders.get(folder ?? ''), ...ids, images, shared.tandem];
      for (const seed of plan.seeds) {
        const config = { ...variant.config, seed };
        const { stages } = config.training;
        const stageIds = stages.map((_, s) => fingerprintOf(firstStages(config, s + 1), shared.data, about));
        planned.push({
          variant,
          config,
          stageIds,
          fingerprint: stageIds.at(-1)!,
          files: runFiles(out, variant.name, seed),
        });
      }
    } catch (error) {
      throw named(variant, error);
    }
  }
  return planned;
}

/** A row that goes on from a trained model has the towers of that model: it cannot try others. */
function refuseOtherTowers({ towers, textEncoder }: Config, base: Config): void {
  if (isDeepStrictEqual([towers, textEncoder], [base.towers, base.textEncoder])) return;
  throw new TandemError('config/bad-value', 'training.from: what goes on from a trained model keeps its towers', {
    key: 'training.from',
  });
}

/** Names the vectors of the images, which are no part of the prepared data. */
function imagesId({ data, images }: AblationOptions['shared']): string {
  const hash = createHash('sha256');
  if (images === undefined) return '';
  for (const { images: references = [] } of data.documents)
    for (const vector of images.of(references)) hash.update(vector);
  return hash.digest('hex');
}

const firstStages = (config: Config, count: number): Config => ({
  ...config,
  training: { ...config.training, stages: config.training.stages.slice(0, count) },
});

/** The same error, with the name of the variant before its message. */
export function named({ name }: Pick<Variant, 'name'>, error: unknown): unknown {
  if (!(error instanceof TandemError)) return error;
  return new TandemError(error.code, `variant "${name}": ${error.message}`, error.details, { cause: error });
}
