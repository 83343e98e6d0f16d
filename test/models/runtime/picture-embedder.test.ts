import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel, type Model } from '../../../models/runtime/load-model.js';
import { openPictureEmbedder } from '../../../models/runtime/picture-embedder.js';
import { writeModel } from '../../../models/write-model.js';
import { meanEncoder, plainPicture } from '../images/fixture.js';
import { smallConfig, trainedState } from '../small-towers.js';
import { smallTokenizer, withArtefact } from './artefact.js';

let parent: string;
let folder: string;
let model: Model;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tandem-pictures-'));
  folder = join(parent, 'model');
  const config = smallConfig({ document: ['image', 'titleWord'] });
  const small = await smallTokenizer();
  const vocabulary = { ...small.vocabulary, imageWidth: 3 };
  await writeModel(folder, {
    ...{ state: trainedState(config, vocabulary), config, vocabulary, tokenizer: small.json, metrics: {} },
    ...{ learntFrom: 'pairs', tandem: '0.0.0', imageEncoder: meanEncoder() },
  });
  model = await loadModel(folder);
});
afterAll(async () => {
  await model.close();
  await rm(parent, { recursive: true });
});

const uriOf = async (colour: string): Promise<string> =>
  `data:image/png;base64,${Buffer.from(await plainPicture(colour)).toString('base64')}`;

describe('pictures by themselves', () => {
  it('have the embeddings of documents that have them and nothing else', async () => {
    const embedder = await openPictureEmbedder(folder, model);
    const pictures = [await uriOf('red'), await uriOf('blue'), await uriOf('red')];
    const [red, blue, again] = (await embedder?.embedPictures(pictures)) ?? [];
    expect(red).toHaveLength(model.width);
    expect(Math.hypot(...red)).toBeCloseTo(1, 5);
    expect(again).toEqual(red);
    expect(blue).not.toEqual(red);
    await embedder?.close();
  });

  it('are refused where one cannot be read', async () => {
    const embedder = await openPictureEmbedder(folder, model);
    const pictures = [await uriOf('red'), 'data:image/png;base64,aGk='];
    await expect(embedder?.embedPictures(pictures)).rejects.toMatchObject({ code: expect.stringMatching(/^image\//) });
    await embedder?.close();
  });

  it('are read again after an encoder that could not be opened once', async () => {
    const embedder = await openPictureEmbedder(folder, model);
    const encoder = join(folder, 'image.onnx');
    await rename(encoder, `${encoder}.away`);
    await expect(embedder?.embedPictures([await uriOf('red')])).rejects.toMatchObject({ code: 'model/damaged' });
    await rename(`${encoder}.away`, encoder);
    expect(await embedder?.embedPictures([await uriOf('red')])).toHaveLength(1);
    await embedder?.close();
  });

  it('are none for a model without an image encoder of its own', async () => {
    await withArtefact(smallConfig(), async artefact => {
      const plain = await loadModel(artefact.folder);
      expect(await openPictureEmbedder(artefact.folder, plain)).toBeUndefined();
      await plain.close();
    });
  });
});
