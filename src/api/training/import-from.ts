import { z } from 'zod';
import { requireFrom } from '../../config/optional-packages.js';
import { checkOptions, maybe, type OptionSchemas, object, path, whole } from '../check-options.js';
import { withDestinations } from '../destination.js';
import { layConfig } from '../project/read-config.js';
import type { ImportEncoderOptions, ImportedEncoder } from '../training-options.js';
import { importEncoder, importModel } from './import-encoder.js';

const importEncoderSchemas: OptionSchemas<ImportEncoderOptions> = {
  from: path,
  out: path,
  layers: whole(1, 24).optional(),
  queryPrefix: z.string().optional(),
  documentPrefix: z.string().optional(),
  asModel: maybe,
  preset: z.string().optional(),
  config: object.optional(),
  replace: maybe,
};

/** What `importEncoder` of the library does. */
export async function importFrom(options: ImportEncoderOptions): Promise<ImportedEncoder> {
  checkOptions('importEncoder', options, importEncoderSchemas);
  requireFrom('@tensorflow/tfjs'); // told before anything is done
  const { from, out, preset = 'importedAsIs', config = {}, asModel = false, replace = false, ...taken } = options;
  const configured = layConfig({ preset }, config);
  const kind = asModel ? 'model' : 'encoder';
  const { shape, tokens, positions, check } = await withDestinations([{ path: out, kind, force: replace }], () =>
    asModel ? importModel(from, taken, configured, out) : importEncoder(from, taken, out),
  );
  return { layers: shape.layers, width: shape.width, tokens, positions, leastCosine: check.leastCosine };
}
