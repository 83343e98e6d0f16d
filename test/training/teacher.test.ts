import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { configSchema } from '../../src/config/schema.js';
import { createCorpus } from '../../training/corpus.js';
import { createTeacher } from '../../training/teacher.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { artefactBytes } from './artefact-bytes.js';
import { makeData, smallConfig, stage } from './fixture.js';

const data = makeData({ documents: 60 });

/** A model to learn from, and a configuration that learns from it. */
async function taught(pool = 3) {
  const folder = await temporaryFolder();
  const model = join(folder, 'teacher');
  await train({ data, config: smallConfig(), out: model, tandem: '' });
  const config = smallConfig({
    training: { teacher: { model, scale: 5 }, stages: [stage(2, 1), stage(2, 0.5, { distillation: 0.5 })] },
  });
  return { folder, model, config: configSchema.parse({ ...config, pseudoQueries: { pool } }) };
}

describe('createTeacher', () => {
  it('gives the softmax of the model that it was told, over pairs and pooled pseudo-queries, and keeps it in a file', async () => {
    const { folder, model, config } = await taught();
    const corpus = await createCorpus(config, data);
    const path = join(folder, 'kept');
    const told: string[] = [];
    const teacher = await createTeacher(path, corpus, data.documents, (done, total) => told.push(`${done}/${total}`));
    const examples = [
      { query: data.pairs[0].query, document: data.pairs[0].document },
      { query: corpus.pooledQuery(7, 2), document: 7 },
    ];
    const documents = [data.pairs[0].document, 7, 9];
    const found = teacher!(examples, documents, new Float32Array(6));
    const loaded = await loadModel(model);
    for (const [row, { query }] of examples.entries()) {
      const q = await loaded.embedQueries([{ text: query }]);
      const powers: number[] = [];
      for (const document of documents) {
        const d = await loaded.embedDocuments([data.documents[document]]);
        powers.push(Math.exp(5 * q.reduce((sum, x, i) => sum + x * d[i], 0)));
      }
      const sum = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, j) => {
        expect(found[row * 3 + j]).toBeCloseTo(power / sum, 5);
      });
    }
    await loaded.close();
    expect(told.at(-1)).toMatch(/^(\d+)\/\1$/);
    // from the file: the model itself is not needed any more
    const elsewhere = configSchema.parse({
      ...config,
      training: { ...config.training, teacher: { model: '/nowhere', scale: 5 } },
    });
    const kept = await createTeacher(path, await createCorpus(elsewhere, data), data.documents);
    expect(kept!(examples, documents, new Float32Array(6))).toEqual(found);
  });

  it('names what is missing', async () => {
    const { folder, config } = await taught(0);
    const path = join(folder, 'kept');
    const bad = { code: 'config/bad-value' };
    await expect(createTeacher(path, await createCorpus(config, data), data.documents)).rejects.toMatchObject(bad);
    const nameless = configSchema.parse({ ...config, training: { ...config.training, teacher: {} } });
    await expect(createTeacher(path, await createCorpus(nameless, data), data.documents)).rejects.toMatchObject(bad);
    expect(await createTeacher(path, await createCorpus(smallConfig(), data), data.documents)).toBeUndefined();
  });
});

describe('a run with a teacher', () => {
  it('gives the same bytes twice, and others than without', async () => {
    const { folder, config } = await taught();
    for (const out of ['first', 'second']) await train({ data, config, out: join(folder, out), tandem: '' });
    expect(await artefactBytes(join(folder, 'first'))).toEqual(await artefactBytes(join(folder, 'second')));
    const stages = config.training.stages.map(each => ({ ...each, distillation: 0 }));
    const alone = configSchema.parse({ ...config, training: { ...config.training, stages } });
    await train({ data, config: alone, out: join(folder, 'alone'), tandem: '' });
    const tables = (name: string) => readFile(join(folder, name, 'tables.safetensors'));
    expect((await tables('alone')).equals(await tables('first'))).toBe(false);
  });
});
