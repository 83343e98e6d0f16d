import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PreparedData } from '../../data/prepared.js';
import type { ImageVectors } from '../../models/images/image-vectors.js';
import { loadModel } from '../../models/runtime/load-model.js';
import { embedInWorkers } from '../../serving/jobs/embed-rows.js';
import { seededRandom } from '../../src/math/random.js';
import { createCorpus } from '../../training/corpus.js';
import { createTeacher } from '../../training/teacher.js';
import { loadTeacherModels } from '../../training/teacher-models.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { fieldChannels, fixtureImages, makeData, smallConfig, stage } from './fixture.js';

const colours = ['red', 'green', 'blue', 'amber', 'violet', 'ivory', 'teal', 'coral'];

/** A vector for each colour, and something of its own for each picture. */
const colourImages: ImageVectors = {
  width: 24,
  of: references =>
    references.map(reference => {
      const [colour, number] = reference.split(' ');
      const [own, noise] = [seededRandom(colours.indexOf(colour)), seededRandom(100 + Number(number))];
      return Float32Array.from({ length: 24 }, () => own.normal() + 0.3 * noise.normal());
    }),
};

/** Documents whose colour only their pictures and their field `colour` tell, and queries for a colour; one document in five is held out. */
function colourless(): PreparedData {
  const data = makeData();
  const documents = data.documents.map((row, i) => {
    const [maker, colour, kind] = row.title.split(' ');
    const images = Array.from({ length: 1 + (i % 3) }, (_, n) => `${colour} ${10 * i + n}`);
    return { ...row, title: `${maker} ${kind}`, images, colour };
  });
  const pairs = documents.flatMap(({ colour }, document) =>
    document % 5 === 0 ? [] : [{ query: colour, document, weight: 1 }],
  );
  const ofColour = (colour: string): Map<string, number> =>
    new Map(documents.filter(row => row.colour === colour).map(({ id }) => [id, 1]));
  const queries = colours.map(text => ({ id: text, text }));
  return { ...data, documents, pairs, validation: { queries, qrels: new Map(colours.map(c => [c, ofColour(c)])) } };
}

async function aucOf(document: readonly string[]): Promise<number> {
  const config = smallConfig({
    towers: { document: ['titleWord', ...document], image: { hidden: 16 } },
    training: { stages: [stage(8, 0)] },
  });
  const out = join(await temporaryFolder(), 'model');
  const { metrics } = await train({ data: colourless(), images: colourImages, config, out, tandem: '' });
  return metrics['ROC AUC'];
}

// each test trains one model or a few: many seconds where the cores are busy
describe('channels beside the texts', { timeout: 120_000 }, () => {
  it('find documents by what no text says', async () => {
    // the titles tell nothing of the colour: chance is 0.5
    expect(await aucOf([])).toBeLessThan(0.75);
    expect(await aucOf(['image'])).toBeGreaterThan(0.95);
    expect(await aucOf(['attribute.colour'])).toBeGreaterThan(0.95);
  });

  it('teach, and are embedded in worker threads as on this one', async () => {
    const data = makeData({ documents: 40, fields: true });
    const towers = { document: fieldChannels, image: { limit: 3, hidden: 12 } };
    const folder = await temporaryFolder();
    const model = join(folder, 'model');
    await train({ data, images: fixtureImages, config: smallConfig({ towers }), out: model, tandem: '' });
    const source = { width: 6, vectorsOf: async () => fixtureImages };
    const served = await loadModel(model, { threads: 1, images: source });
    const embeddings = await served.embedDocuments(data.documents);

    const workers = embedInWorkers(model, 1, { source, limit: 3 });
    expect((await workers.embed({ kind: 'documents', rows: data.documents })).embeddings).toEqual(embeddings);
    await workers.close();

    const config = smallConfig({
      towers,
      training: { teacher: { model, scale: 5 }, stages: [stage(1, 0, { distillation: 0.5 })] },
    });
    const corpus = await createCorpus(config, data, undefined, fixtureImages);
    const models = await loadTeacherModels([model], 1);
    const kept = { path: join(folder, 'kept'), fingerprint: '', images: fixtureImages };
    const teacher = await createTeacher(models, corpus, data.documents, kept);
    const [{ query, document }] = data.pairs;
    const shown = [document, (document + 1) % 40];
    const found = await teacher.softmax([{ query, document }], shown, new Float32Array(2));
    const q = await served.embedQueries([{ text: query }]);
    const [first, second] = shown.map(d => q.reduce((sum, x, i) => sum + x * embeddings[d * 16 + i], 0));
    expect(found[0]).toBeCloseTo(1 / (1 + Math.exp(5 * (second - first))), 5);
    await teacher.close();
    await served.close();
  });
});
