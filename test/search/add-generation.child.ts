import { writeSync } from 'node:fs';
import { addGeneration } from '../../src/search/add-generation.js';
import { halfModel } from './two-models.js';

/** Adds a generation, slowly, says how many documents it embeds, and is killed. */
const [folder] = process.argv.slice(2);
const model = halfModel('second', 40);
await addGeneration(folder, {
  embedder: {
    ...model,
    embedDocuments: async documents => {
      const embeddings = await model.embedDocuments(documents);
      writeSync(1, `embedded ${documents.length}\n`);
      return embeddings;
    },
  },
  fusionWeight: 0.5,
  addParts: async () => undefined,
  onProgress: stage => void writeSync(1, `${stage}\n`),
});
writeSync(1, 'ready\n');
