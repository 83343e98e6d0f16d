import { z } from 'zod';
import { defineCommand } from '../command.js';
import { path, wholeNumber } from '../flags.js';

const three = z
  .string()
  .transform(text => text.split(',').map(Number))
  .refine(parts => parts.length === 3 && parts.every(Number.isFinite), {
    error: 'expected three numbers, such as .485,.456,.406',
  })
  .transform(([r, g, b]): [number, number, number] => [r, g, b]);

const above0 = three.refine(values => values.every(value => value > 0), { error: 'expected three numbers above 0' });

export const importImageEncoderCommand = defineCommand({
  name: 'import-image-encoder',
  summary: 'Import an image encoder: an ONNX file, or a Hugging Face folder with onnx/model.onnx.',
  example: 'tandem import-image-encoder dinov2-small --out out/image-encoder',
  operands: ['<file|folder>'],
  flags: {
    out: { value: 'ENCODER', help: 'folder that is written', writes: 'imageEncoder', schema: path },
    size: {
      value: 'N',
      help: 'width and height of a picture in pixels, where the model does not fix it',
      schema: wholeNumber(8, 1024).optional(),
    },
    mean: {
      value: 'R,G,B',
      help: 'subtracted from a colour in 0..1 (default: of preprocessor_config.json, else .485,.456,.406)',
      schema: three.optional(),
    },
    std: {
      value: 'R,G,B',
      help: 'what it is then divided by (default: of preprocessor_config.json, else .229,.224,.225)',
      schema: above0.optional(),
    },
    layout: {
      value: 'LAYOUT',
      help: 'NCHW or NHWC, where the model does not say',
      schema: z.enum(['NCHW', 'NHWC'], { error: 'expected NCHW or NHWC' }).optional(),
    },
    channels: {
      value: 'ORDER',
      help: 'RGB or BGR (default RGB)',
      schema: z.enum(['RGB', 'BGR'], { error: 'expected RGB or BGR' }).optional(),
    },
    fit: {
      value: 'FIT',
      help: 'contain: the whole picture on white; cover: its middle square; fill: stretched (default contain)',
      schema: z.enum(['contain', 'cover', 'fill'], { error: 'expected contain, cover or fill' }).optional(),
    },
    output: { value: 'NAME', help: 'output that is read, where the model has several', schema: z.string().optional() },
    pooling: {
      value: 'HOW',
      help: 'of an output of tokens: first or mean (default first)',
      schema: z.enum(['first', 'mean'], { error: 'expected first or mean' }).optional(),
    },
    source: { value: 'TEXT', help: 'where it comes from and its licence, kept with it', schema: z.string().optional() },
  },
  run: async ({ out, ...options }, _context, [from]) => {
    const { importImages } = await import('../../api/training/import-image-encoder.js');
    const { input, output, source, sha256 } = await importImages(from, options, out);
    return {
      json: { encoder: out, input, output, source, sha256 },
      text: `${out}: image encoder, ${input.size} x ${input.size} pixels (${input.layout}, ${input.fit}), vectors of ${output.width} from ${output.name}`,
    };
  },
});
