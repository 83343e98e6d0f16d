import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { configSchema } from '../../src/config/schema.js';
import { createCorpus } from '../../training/corpus.js';
import { closedPlace } from '../../training/losses.js';
import { distillationShare } from '../../training/objective.js';
import { createTeacher } from '../../training/teacher.js';
import { loadTeacherModels } from '../../training/teacher-models.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { artefactBytes } from './artefact-bytes.js';
import { makeData, smallConfig, stage, textConfig } from './fixture.js';

const data = makeData({ documents: 60 });

/** Two models to learn from, of other widths, and a configuration that learns from both. */
async function taught() {
  const folder = await temporaryFolder();
  const models = [join(folder, 'bag'), join(folder, 'text')];
  const configs = [smallConfig({ towers: { embeddingWidth: 24 } }), textConfig()];
  for (const [i, config] of configs.entries()) await train({ data, config, out: models[i], tandem: '' });
  const config = smallConfig({
    training: {
      teacher: { model: models, scale: 5 },
      stages: [stage(2, 1), stage(2, 0.5, { distillation: 0.8 })],
    },
  });
  return { folder, models, config };
}

describe('createTeacher', () => {
  it('gives the softmax of the mean cosine of its models, over pairs and new pseudo-queries, and keeps what it knows', async () => {
    const { folder, models, config } = await taught();
    const corpus = await createCorpus(config, data);
    const told: string[] = [];
    const options = {
      path: join(folder, 'kept'),
      fingerprint: 'this run',
      onProgress: (done: number, total: number) => told.push(`${done}/${total}`),
    };
    const teacher = await createTeacher(await loadTeacherModels(models, 1), corpus, data.documents, options);
    const pair = { query: data.pairs[0].query, document: data.pairs[0].document };
    const examples = [pair, { query: 'no such ladder', document: 7 }, pair];
    const documents = [pair.document, 7, pair.document];
    const blocked = new Float32Array(9);
    blocked[2] = closedPlace;
    const found = await teacher.softmax(examples, documents, blocked);

    const loaded = await Promise.all(models.map(model => loadModel(model)));
    for (const [row, { query }] of examples.entries()) {
      const powers: number[] = [];
      for (const [column, document] of documents.entries()) {
        let cosines = 0;
        for (const model of loaded) {
          const q = await model.embedQueries([{ text: query }]);
          const d = await model.embedDocuments([data.documents[document]]);
          cosines += q.reduce((sum, x, i) => sum + x * d[i], 0);
        }
        powers.push(blocked[row * 3 + column] === 0 ? Math.exp((5 * cosines) / 2) : 0);
      }
      const sum = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, j) => {
        expect(found[row * 3 + j]).toBeCloseTo(power / sum, 5);
      });
    }
    for (const model of loaded) await model.close();
    await teacher.close();
    expect(told.at(-1)).toMatch(/^(\d+)\/\1$/);

    // the same run goes on with what is kept, another one embeds anew
    for (const [fingerprint, embeds] of [
      ['this run', false],
      ['another', true],
    ] as const) {
      told.length = 0;
      const again = await createTeacher(await loadTeacherModels(models, 1), corpus, data.documents, {
        ...options,
        fingerprint,
      });
      expect(told.length > 0).toBe(embeds);
      expect(await again.softmax(examples, documents, blocked)).toEqual(found);
      await again.close();
    }
  });
});

describe('the share of a stage', () => {
  const shares = (training: Record<string, unknown>, stages: ReturnType<typeof stage>[]): number[] => {
    const config = smallConfig({ training: { ...training, stages } }).training;
    return config.stages.map(each => distillationShare(config, each));
  };
  const stages = [stage(1, 1), stage(1, 0.5, { distillation: 0.8 }), stage(1, 0.5, { distillation: 0 })];

  it('is its own, or that of all stages where a teacher is named', () => {
    expect(shares({ teacher: { model: 'out/other', share: 0.3 } }, stages)).toEqual([0.3, 0.8, 0]);
    expect(shares({ teacher: { share: 0.3 } }, [stage(1, 1)])).toEqual([0]);
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

  it.each(['', '/nowhere'])('refuses the model "%s"', async model => {
    const { stages } = smallConfig().training;
    const config = smallConfig({
      training: { teacher: { model }, stages: stages.map(each => ({ ...each, distillation: 0.5 })) },
    });
    const code = model === '' ? 'config/bad-value' : 'data/not-found';
    const out = join(await temporaryFolder(), 'model');
    await expect(train({ data, config, out, tandem: '' })).rejects.toMatchObject({ code });
  });
});
