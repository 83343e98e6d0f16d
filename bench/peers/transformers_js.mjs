// transformers.js as a batch embedder and for single queries, on the CPU.
//
// Usage: node transformers_js.mjs FOLDER THREADS; FOLDER holds tokenizer.json, config.json and onnx/model.onnx (export_onnx.py).
// Speaks JSON lines as sentence_transformers_embed.py does. It does not sort texts itself, so they are sorted by length here.
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, threads] = [resolve(process.argv[2]), Number(process.argv[3])];
const say = message => console.log(JSON.stringify(message));
if (!existsSync(join(folder, 'onnx', 'model.onnx'))) {
  say({ missing: `${folder} has no onnx/model.onnx; bench/peers/export_onnx.py writes it` });
  process.exit(0);
}
const { env, pipeline } = await import('@huggingface/transformers');
Object.assign(env, { allowRemoteModels: false, localModelPath: dirname(folder) });
const batches = [16, 32, 64];

const load = intraOpNumThreads =>
  pipeline('feature-extraction', basename(folder), { dtype: 'fp32', session_options: { intraOpNumThreads } });
const extractors = new Map();
for (const count of new Set([1, threads])) extractors.set(count, await load(count));
const options = { pooling: 'mean', normalize: true };

async function batch(texts, size, count) {
  const order = [...texts.keys()].sort((a, b) => texts[a].length - texts[b].length);
  const rows = new Array(texts.length);
  for (let from = 0; from < order.length; from += size) {
    const places = order.slice(from, from + size);
    const made = (
      await extractors.get(count)(
        places.map(place => texts[place]),
        options,
      )
    ).tolist();
    places.forEach((place, i) => {
      rows[place] = made[i];
    });
  }
  return rows;
}

async function queries(texts, count) {
  const rows = [];
  for (const text of texts) rows.push((await extractors.get(count)(text, options)).tolist()[0]);
  return rows;
}

async function fastest(choices, work) {
  const tried = [];
  for (const choice of choices) {
    const started = performance.now();
    await work(choice);
    tried.push({ choice, took: performance.now() - started });
  }
  return tried.sort((a, b) => a.took - b.took)[0].choice;
}

const best = { batch: [batches[0], threads], queries: 1 };
say({ ready: true, version: `transformers.js ${env.version}` });
for await (const line of createInterface({ input: process.stdin })) {
  const { cmd, texts } = JSON.parse(line);
  if (cmd === 'settle') {
    await batch(texts, ...best.batch);
    const choices = batches.flatMap(size => [...extractors.keys()].map(count => [size, count]));
    best.batch = await fastest(choices, choice => batch(texts, ...choice));
    best.queries = await fastest([...extractors.keys()], count => queries(texts.slice(0, 10), count));
    say({ chosen: `batches of ${best.batch[0]} on ${best.batch[1]} threads, queries on ${best.queries}` });
    continue;
  }
  const [started, before] = [performance.now(), process.cpuUsage()];
  const made = cmd === 'batch' ? await batch(texts, ...best.batch) : await queries(texts, best.queries);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  say({ seconds, cpuSeconds: (user + system) / 1e6, answer: made.slice(0, 8).flat() });
}
