import { join } from 'node:path';
import tokenizers from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../models/runtime/load-model.js';
import { addCounts, noTexts } from '../../../models/runtime/text-counts.js';
import { embedInWorkers } from '../../../serving/jobs/embed-rows.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { tokenizerOf, writeHuggingFaceFolder } from '../pretrained/hugging-face-folder.js';
import { writeImportedModel } from '../pretrained/imported-model.js';

const maxTokens = 9;
const rows = [
  { id: '1', title: 'garden hose' },
  { id: '2', title: 'red hose', description: 'of brass, of steel, a fit of a garden hose' },
  { id: '3', title: '', description: 'garden hoses '.repeat(400) },
  { id: '4', title: ' \u200b ' },
  { id: '5', title: 'a a a a a a a' },
];

/** What the library makes of the texts that have something to read. */
async function wholeLengths(): Promise<number[]> {
  const reference = tokenizers.Tokenizer.fromString(tokenizerOf('bert'));
  const texts = [rows[0].title, `${rows[1].title} ${rows[1].description}`, rows[2].description!.trim(), rows[4].title];
  return Promise.all(texts.map(async text => (await reference.encode(text)).getIds().length));
}

describe('the texts of documents', () => {
  it('are counted, and what is behind the end of what is read', async () => {
    const folder = await temporaryFolder();
    await writeHuggingFaceFolder(join(folder, 'source'));
    const model = join(folder, 'model');
    await writeImportedModel(join(folder, 'source'), model, { maxDocumentTokens: maxTokens });
    const lengths = await wholeLengths();
    expect(lengths[3]).toBe(maxTokens); // as long as is read is not longer
    const loaded = await loadModel(model, { threads: 1 });
    await loaded.embedQueries([{ text: 'garden hose '.repeat(40) }]);
    expect(loaded.textCounts()).toEqual(noTexts);
    const embeddings = await loaded.embedDocuments(rows);
    const cut = lengths.map(length => Math.max(0, length - maxTokens));
    const counts = {
      texts: 4,
      longer: cut.filter(tokens => tokens > 0).length,
      tokens: lengths.reduce((a, b) => a + b),
      cut: cut.reduce((a, b) => a + b),
    };
    expect(counts.longer).toBe(2);
    expect(loaded.textCounts()).toEqual(counts);
    // nothing to read, nothing to embed
    const lengthOf = (i: number): number =>
      Math.hypot(...embeddings.subarray(i * loaded.width, (i + 1) * loaded.width));
    expect(rows.map((_, i) => Math.round(lengthOf(i) * 1e4) / 1e4)).toEqual([1, 1, 1, 0, 1]);
    await loaded.close();

    const workers = embedInWorkers(model, 2);
    const parts = [rows.slice(0, 2), rows.slice(2)];
    const results = await Promise.all(parts.map(part => workers.embed({ kind: 'documents', rows: part })));
    expect(addCounts(results[0].texts, results[1].texts)).toEqual(counts);
    await workers.close();
  });

  it('add up and take away', () => {
    const some = { texts: 3, longer: 1, tokens: 40, cut: 9 };
    expect(addCounts(some, some)).toEqual({ texts: 6, longer: 2, tokens: 80, cut: 18 });
    expect(addCounts(some, some, -1)).toEqual(noTexts);
  });
});
