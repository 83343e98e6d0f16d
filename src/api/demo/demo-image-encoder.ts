import { dirname, join } from 'node:path';
import type { ImageEncoder } from '../../../models/images/image-encoder.js';
import { provenEncoder } from '../../../models/pretrained/import-image-encoder.js';
import { convertTrunk } from '../../../models/pretrained/tensorflow-graph.js';
import { requireFrom } from '../../config/optional-packages.js';
import { tandemVersion } from '../../config/version.js';

/** The package that brings a MobileNetV2 along (docs/NOTICE-demo.md has its licence), and where in it. */
const packageName = 'nsfwjs';
const entry = `${packageName}/models/mobilenet_v2_mid`;
const model = { folder: '../../models/mobilenet_v2_mid', topology: 'model.min.js' } as const;
const weightFiles = ['group1-shard1of2.min.js', 'group1-shard2of2.min.js'] as const;

/**
 * Which part of the network tells pictures apart best, measured with the same emoji by another vendor (docs/results.md): the twelfth
 * block, at 96 pixels, averaged over four squares of 3 by 3 places.
 */
const trunk = { size: 96, until: '/expanded_conv_12/add', pool: 3 } as const;

/**
 * The image encoder of the demo, made from the package that brings its weights along.
 * @throws TandemError 'package/unavailable' where it is not installed | 'model/unsupported-image-encoder' where it holds something else than expected
 */
export async function demoImageEncoder(): Promise<ImageEncoder> {
  const require = requireFrom('tandem-search-demo-data');
  const folder = join(dirname(require.resolve(entry)), model.folder);
  const weights = weightFiles.map(name => Buffer.from(String(require(join(folder, name))), 'base64'));
  return provenEncoder({
    model: convertTrunk(require(join(folder, model.topology)), Buffer.concat(weights), trunk),
    input: {
      name: 'image',
      size: trunk.size,
      layout: 'NHWC',
      channels: 'RGB',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      fit: 'contain',
      kernel: 'cubic',
    },
    output: { name: 'vector', rank: 2, pooling: 'mean', width: 544 },
    source: `MobileNetV2 (1.4), blocks 1 to 12, of the npm package ${packageName}: MIT, Copyright (c) 2019 Infinite Red, Inc.`,
    tandem: tandemVersion(),
  });
}
