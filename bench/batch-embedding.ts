import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDocuments } from '../data/read-documents.js';
import { readQueryRows } from '../data/read-pairs.js';
import { quantizeArtefact } from '../models/pretrained/quantize-artefact.js';
import { loadModel, type Model } from '../models/runtime/load-model.js';
import { type BatchEmbedder, embedInWorkers } from '../serving/jobs/embed-rows.js';
import { documentRows, embedShards } from '../serving/jobs/embed-shards.js';
import { importEncoder } from '../src/api/training.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { interleave, type Measured, pairedRatio, quantile, type Sample, summarise } from './measure.js';
import { numberOf, type PeerProcess, pythonCommand, startPeer } from './peers/process.js';
import { peerScript } from './peers/scripts.js';

const warmUp = 1;
const rounds = 5;
/** texts of a round */
const batchTexts = 256;
const queryTexts = 20;
/** texts of which the embeddings are compared */
const compared = 8;
/** of embeddings of the same text by the same weights, and by those in 8 bits */
const leastCosine = 0.9999;
const leastRoundedCosine = 0.97;
const rounded = 'tandem, int8';

type Work = 'batch' | 'queries';

/** Somebody who embeds; both kinds of work are timed in turns with the others. */
interface Embedder {
  readonly name: string;
  readonly version: string;
  run(work: Work, texts: readonly string[]): Promise<Sample & { readonly cpuSeconds: number }>;
  close(): Promise<void>;
}

function setting(name: string, given: string | undefined, what: string): string {
  const value = given ?? process.env[name];
  if (value !== undefined) return value;
  throw new TandemError('usage/missing-option', `bench: set ${name} to ${what}`);
}

/** Embeds a list as a job does: sorted by length over the list, in threads. */
async function embedList(embedder: BatchEmbedder, width: number, texts: readonly string[]): Promise<Float32Array> {
  let made = new Float32Array(0);
  const folder = {
    rows: texts.length,
    done: new Map(),
    keep: async (_number: number, { embeddings }: { readonly embeddings: Float32Array }) => {
      made = Float32Array.from(embeddings);
    },
    join: async () => ({ embeddings: '' }),
    remove: async () => undefined,
  };
  const rows = texts.map((title, i) => ({ id: String(i), title }));
  async function* shards() {
    yield { number: 0, rows, deadLetters: [] };
  }
  const batch = Math.min(256, Math.ceil(texts.length / (2 * embedder.workers)));
  await embedShards(shards(), embedder, folder, { kind: documentRows, width, batch, onRows: () => undefined });
  return made;
}

/** Ours, with the threads that a job has, and for queries the one that a service has. */
function tandem(name: string, folder: string, model: Model, workers: number): Embedder {
  const embedder = embedInWorkers(folder, workers);
  const embedQueries = async (texts: readonly string[]): Promise<Float32Array> => {
    const rows: number[] = [];
    for (const text of texts) rows.push(...(await model.embedQuery({ text })).embedding);
    return Float32Array.from(rows);
  };
  return {
    name,
    version: `${workers} threads, queries on 1`,
    async run(work, texts) {
      const [started, before] = [performance.now(), process.cpuUsage()];
      const made = work === 'batch' ? await embedList(embedder, model.width, texts) : await embedQueries(texts);
      const { user, system } = process.cpuUsage(before);
      const seconds = (performance.now() - started) / 1000;
      return {
        seconds,
        cpuSeconds: (user + system) / 1e6,
        answer: Array.from(made.subarray(0, compared * model.width)),
      };
    },
    close: async () => {
      await embedder.close();
      await model.close();
    },
  };
}

async function peer(
  name: string,
  command: string,
  args: readonly string[],
  texts: readonly string[],
): Promise<Embedder | { readonly missing: string }> {
  const started = await startPeer(command, args);
  if ('missing' in started) return { missing: `${name}: ${started.missing}` };
  const child: PeerProcess = started;
  const { chosen } = await child.ask({ cmd: 'settle', texts });
  return {
    name,
    version: `${String(child.ready.version)}: ${String(chosen)}`,
    async run(work, asked) {
      const told = await child.ask({ cmd: work, texts: asked });
      const answer = Array.isArray(told.answer) ? told.answer.map(Number) : [];
      return { seconds: numberOf(told, 'seconds'), cpuSeconds: numberOf(told, 'cpuSeconds'), answer };
    },
    close: () => child.close(),
  };
}

/** Each round has other texts, the same for all. */
async function measure(
  embedders: readonly Embedder[],
  work: Work,
  textsOf: (round: number) => readonly string[],
): Promise<{ measured: Measured[]; cpu: number[][] }> {
  const cpu = embedders.map((): number[] => []);
  const contestants = embedders.map(({ name, run }, i) => {
    let round = 0;
    return {
      name,
      sample: async () => {
        const { cpuSeconds, ...sample } = await run(work, textsOf(round++));
        cpu[i].push(cpuSeconds);
        return sample;
      },
      close: async () => undefined,
    };
  });
  return { measured: await interleave(contestants, warmUp, rounds), cpu: cpu.map(all => all.slice(warmUp)) };
}

/** Least cosine between what two made of the same texts. @throws TandemError 'bench/wrong-answer' */
function agreement([ours, ...others]: readonly Measured[], width: number): Record<string, number> {
  const cosine = (a: readonly number[], b: readonly number[]): number => {
    let [sum, aa, bb] = [0, 0, 0];
    for (const [i, x] of a.entries()) {
      sum += x * b[i];
      aa += x * x;
      bb += b[i] * b[i];
    }
    return sum / Math.sqrt(aa * bb);
  };
  return Object.fromEntries(
    others.map(({ name, samples }) => {
      const [a, b] = [ours.samples[0].answer, samples[0].answer];
      const least = Math.min(
        ...Array.from({ length: compared }, (_, i) =>
          cosine(a.slice(i * width, (i + 1) * width), b.slice(i * width, (i + 1) * width)),
        ),
      );
      if (!(least >= (name === rounded ? leastRoundedCosine : leastCosine)))
        throw new TandemError('bench/wrong-answer', `${name} and tandem: cosine ${least} of one text`, { name, least });
      return [name, least];
    }),
  );
}

/**
 * Many titles, and queries one at a time, through one imported encoder, beside sentence-transformers and transformers.js with the same weights.
 * @throws TandemError 'bench/wrong-answer' | 'usage/missing-option'
 */
export async function batchEmbedding({ data, without }: BenchOptions): Promise<BenchReport> {
  const encoder = setting('TANDEM_BENCH_ENCODER', undefined, 'a Hugging Face folder such as all-MiniLM-L6-v2');
  const from = setting('TANDEM_BENCH_DATA', data, 'a folder that tandem prepare wrote');
  const titles: string[] = [];
  for await (const { row } of readDocuments({ files: [join(from, 'documents.jsonl')] })) titles.push(row.title);
  const asked: string[] = [];
  for await (const { row } of readQueryRows({ files: [join(from, 'queries.test.jsonl')] })) asked.push(row.text);
  const slice = (texts: readonly string[], count: number) => (round: number) =>
    Array.from({ length: count }, (_, i) => texts[(round * count + i) % texts.length]);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const threads = availableParallelism();
  const embedders: Embedder[] = [];
  const missing: string[] = [];
  try {
    await importEncoder({ from: encoder, out: join(folder, 'model'), asModel: true });
    const model = await loadModel(join(folder, 'model'), { threads: 1 });
    embedders.push(tandem('tandem', join(folder, 'model'), model, threads));
    await quantizeArtefact(join(folder, 'model'), join(folder, 'int8'));
    const small = await loadModel(join(folder, 'int8'), { threads: 1 });
    embedders.push(tandem(rounded, join(folder, 'int8'), small, threads));
    const settleBy = titles.slice(-64);
    const peers = {
      'sentence-transformers': [pythonCommand(), peerScript('sentence_transformers_embed.py')],
      'transformers.js': [process.execPath, peerScript('transformers_js.mjs')],
    };
    for (const [name, [command, script]] of Object.entries(peers)) {
      if (without.has(name)) {
        missing.push(`${name}: left out`);
        continue;
      }
      const found = await peer(name, command, [script, encoder, String(threads)], settleBy);
      if ('missing' in found) missing.push(found.missing);
      else embedders.push(found);
    }
    const batch = await measure(embedders, 'batch', slice(titles, batchTexts));
    const queries = await measure(embedders, 'queries', slice(asked, queryTexts));
    const cosines = [agreement(batch.measured, model.width), agreement(queries.measured, model.width)];
    const ratios = (of: typeof batch, suffix: string) =>
      of.measured.slice(1).flatMap((each, i) => [
        [`${each.name}${suffix}`, pairedRatio(of.measured[0], each)],
        [`${each.name}${suffix}, CPU`, quantile(of.cpu[i + 1], 0.5) / quantile(of.cpu[0], 0.5)],
      ]);
    return {
      bench: 'batch-embedding',
      header: describeMachine(Object.fromEntries(embedders.map(({ name, version }) => [name, version])), {
        texts: batchTexts,
        queries: queryTexts,
        rounds,
      }),
      results: [...batch.measured, ...queries.measured].map(summarise),
      ratio: Object.fromEntries([...ratios(batch, ''), ...ratios(queries, ', one query')]),
      quality: Object.fromEntries(Object.entries(cosines[0]).map(([name, least]) => [`cosine with ${name}`, least])),
      missing,
      table: {
        columns: [
          { name: '' },
          ...['texts/s', 'CPU ms a text', 'ms a query', 'CPU ms a query'].map(name => ({ name, numeric: true })),
        ],
        rows: embedders.map(({ name }, i) => [
          name,
          (batchTexts / (summarise(batch.measured[i]).p50Ms / 1000)).toFixed(0),
          ((1000 * quantile(batch.cpu[i], 0.5)) / batchTexts).toFixed(2),
          (summarise(queries.measured[i]).p50Ms / queryTexts).toFixed(2),
          ((1000 * quantile(queries.cpu[i], 0.5)) / queryTexts).toFixed(2),
        ]),
      },
    };
  } finally {
    for (const embedder of embedders) await embedder.close();
    await rm(folder, { recursive: true, force: true });
  }
}
