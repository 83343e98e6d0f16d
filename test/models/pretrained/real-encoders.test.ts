import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { AutoTokenizer, env } from '@huggingface/transformers';
import tokenizers from 'tokenizers';
import { describe, expect, it, type TestContext } from 'vitest';
import { loadModel } from '../../../models/runtime/load-model.js';
import { loadTokenizer } from '../../../models/tokenizer/tokenizer.js';
import { runTandem } from '../../cli/run-tandem.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { oddTexts, sentences } from '../tokenizer/texts.js';

/** Folder of all-MiniLM-L6-v2 and multilingual-e5-small as Hugging Face ships them. */
const folders = process.env.TANDEM_HF;
/** A Python with numpy and tokenizers. */
const python = process.env.TANDEM_PYTHON;

const encoders = [
  { name: 'all-MiniLM-L6-v2', maxTokens: 256, prefix: '' },
  { name: 'multilingual-e5-small', maxTokens: 512, prefix: 'query: ' },
] as const;

/** Of all lengths, from nothing to longer than any encoder reads, in twenty languages. */
const texts: readonly string[] = [
  ...sentences,
  ...sentences.map(sentence => sentence.toUpperCase()),
  ...sentences.flatMap(sentence => [1, 2, 3, 5, 8].map(n => sentence.split(' ').slice(0, n).join(' '))),
  ...oddTexts,
  ...['🎉', '👩‍👩‍👧‍👦 party', '12-gauge 3/4 in. $19.99', 'a', '!!!', 'x²', 'C++', 'don’t', 'hello_world', 'ΟΔΟΣ'],
  ...sentences.map((sentence, i) => `${sentence} ${sentences[(i + 7) % sentences.length]}`),
  ...sentences.map((sentence, i) =>
    Array(i < 4 ? 30 : 2 + (i % 9))
      .fill(sentence)
      .join(' '),
  ),
  ...sentences.map((sentence, i) => sentence.slice(i, 3 * i + 1)),
].map(text => text.toWellFormed());

function needed(value: string | undefined, name: string, context: TestContext): string {
  if (value !== undefined && existsSync(value)) return value;
  console.log(`skipped: ${name} names no such path: ${value}`);
  return context.skip();
}

async function reference(command: string, folder: string, maxTokens: number, asked: readonly string[]) {
  const script = fileURLToPath(new URL('./numpy_bert.py', import.meta.url));
  const child = spawn(command, [script, folder, `${maxTokens}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(asked));
  return JSON.parse(await readText(child.stdout)) as { ids: number[]; vector: number[] }[];
}

/** Texts of more than marks. */
const legible = texts.filter(text => /[^\p{P}\p{Z}\p{C}]/u.test(text));

it('has texts of all lengths', () => {
  expect(legible.length).toBeGreaterThanOrEqual(200);
});

describe.each(encoders)('$name as it is shipped', ({ name, maxTokens, prefix }) => {
  it('gives the ids of the Hugging Face library in Rust, and of transformers.js where the two agree', async context => {
    const root = needed(folders, 'TANDEM_HF', context);
    Object.assign(env, { allowRemoteModels: false, localModelPath: root });
    const library = await AutoTokenizer.from_pretrained(name);
    const json = await readFile(join(root, name, 'tokenizer.json'), 'utf8');
    const content = { ...(JSON.parse(json) as object), padding: null, truncation: null };
    const rust = tokenizers.Tokenizer.fromString(JSON.stringify(content));
    const own = await loadTokenizer(json);
    const apart: string[] = [];
    for (const text of texts) {
      const ids = [...own.encode(text, 1_000_000)];
      const expected = (await rust.encode(text)).getIds();
      expect(ids, JSON.stringify(text.slice(0, 60))).toEqual(expected);
      // encoders are trained with the one in Rust; the other lower-cases a sigma by context and composes some marks
      if (!isDeepStrictEqual(library.encode(text), expected)) apart.push(text.slice(0, 40));
    }
    console.log(
      `${name}: transformers.js differs from the library in Rust on ${apart.length} of ${texts.length}`,
      apart,
    );
    expect(apart.length).toBeLessThan(texts.length / 20);
  }, 120_000);

  it('gives the vectors of BERT in numpy, cosine at least .9999', async context => {
    const root = needed(folders, 'TANDEM_HF', context);
    const command = needed(python, 'TANDEM_PYTHON', context);
    const out = join(await temporaryFolder(), 'model');
    // the README's example
    const imported = await runTandem(['import-encoder', join(root, name), '--out', out, '--as-model', '--json']);
    expect(imported.error).toBe('');
    expect(JSON.parse(imported.out)).toMatchObject({ maxTokens, queryPrefix: prefix });
    const expected = await reference(
      command,
      join(root, name),
      maxTokens,
      legible.map(text => prefix + text),
    );
    expect(expected.filter(({ ids }) => ids.length === maxTokens).length).toBeGreaterThan(3);
    const model = await loadModel(out);
    const embeddings = await model.embedQueries(legible.map(text => ({ text })));
    await model.close();
    const cosines = expected.map(({ vector }, i) =>
      vector.reduce((sum, value, j) => sum + value * embeddings[i * model.width + j], 0),
    );
    // a text of unknown signs alone has no embedding
    const { encode, specialIds } = await loadTokenizer(await readFile(join(root, name, 'tokenizer.json')));
    const says = (text: string): boolean =>
      encode(text, maxTokens).some(id => !specialIds.has(id) && !encode(' ', 9).includes(id));
    const read = Array.from(cosines.keys()).filter(i => says(legible[i]));
    expect(read.length).toBeGreaterThanOrEqual(200);
    expect(cosines.filter((_, i) => !read.includes(i)).filter(value => value !== 0)).toEqual([]);
    console.log(`${name}: ${read.length} texts, least cosine ${Math.min(...read.map(i => cosines[i]))}`);
    expect(read.filter(i => !(cosines[i] >= 0.9999)).map(i => legible[i])).toEqual([]);
  }, 900_000);
});
