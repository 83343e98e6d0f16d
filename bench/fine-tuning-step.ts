import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExampleSource, type Example } from '../data/examples.js';
import { type PreparedData, readPrepared } from '../data/prepared.js';
import { createModelState } from '../models/model-state.js';
import { readHuggingFaceFolder } from '../models/pretrained/hugging-face-folder.js';
import { pretrainedParts } from '../models/pretrained-parts.js';
import { withEncoder } from '../models/with-encoder.js';
import { presets } from '../src/config/presets.js';
import { type Config, configSchema } from '../src/config/schema.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { writeWhole } from '../src/files/atomic.js';
import { type Corpus, createCorpus } from '../training/corpus.js';
import { createLearner } from '../training/learner.js';
import { createOptimiserState } from '../training/optimiser.js';
import { queryLengths } from '../training/trainer.js';
import { type BenchOptions, type BenchReport, describeMachine, type Entry, roster } from './frame.js';
import { checkAgreement, interleave, pairedRatio, quantile, summarise, timed } from './measure.js';
import { numberOf, pythonCommand, startPeer } from './peers/process.js';
import { peerScript } from './peers/scripts.js';

const batch = 64;
/** steps of one sample */
const steps = 2;
const warmUp = 1;
const rounds = 7;
/** the first losses, before any update, agree to this, relative; later ones differ, since lazy Adam leaves the rows of absent tokens alone */
const tolerance = 1e-4;

function setting(name: string, given: string | undefined, what: string): string {
  const value = given ?? process.env[name];
  if (value !== undefined) return value;
  throw new TandemError('usage/missing-option', `bench: set ${name} to ${what}`);
}

/** The imported encoder alone in both towers, everything random switched off. */
const plainConfig: Config = configSchema.parse({
  towers: { ...presets.imported.towers, featureDropout: 0 },
  textEncoder: { ...presets.imported.textEncoder, dropout: 0 },
  training: {
    batchSize: batch,
    learningRate: 2e-5,
    pretrainedLearningRate: 2e-5,
    stages: [{ name: 'labelled', epochs: 1, pseudoShare: 0 }],
  },
});

interface Work {
  readonly config: Config;
  readonly data: PreparedData;
  readonly corpus: Corpus;
  readonly examples: (step: number) => readonly Example[];
  /** Hugging Face folder */
  readonly encoder: string;
}

/** What the steps of a contestant cost beside time. */
interface Cost {
  /** seconds of all threads together, one for each sample; unlike time it hardly depends on what else the machine does */
  readonly cpuSeconds: number[];
  /** largest resident memory so far */
  peakMiB: number;
}

interface CostedEntry {
  readonly entry: Entry;
  readonly cost: Cost;
}

/** Our training loop: features, length-sorted chunks, the recorded step, clipping, sparse and dense Adam. */
async function ourEntry({ config, corpus, encoder, examples, data }: Work): Promise<CostedEntry> {
  const model = createModelState(
    config,
    corpus.vocabulary,
    pretrainedParts(config, await readHuggingFaceFolder(encoder)),
  );
  const source = createExampleSource({ ...data, pseudoQuery: corpus.pseudoQuery, seed: 1 });
  const learner = createLearner(model, createOptimiserState(model), corpus, queryLengths(corpus, source));
  const cost: Cost = { cpuSeconds: [], peakMiB: 0 };
  let step = 0;
  const run = async (): Promise<number[]> => {
    const losses: number[] = [];
    const before = process.cpuUsage();
    for (let i = 0; i < steps; i++, step++) {
      losses.push(
        (await learner.step(0, { examples: examples(step), negatives: [] }, config.training.learningRate, step)).loss,
      );
    }
    const { user, system } = process.cpuUsage(before);
    cost.cpuSeconds.push((user + system) / 1e6);
    cost.peakMiB = process.resourceUsage().maxRSS / 1024;
    return [losses[0]];
  };
  const contestant = { name: 'tandem', sample: () => timed(run), close: learner.close };
  return { entry: { contestant, version: 'recorded' }, cost };
}

async function pytorchEntry(folder: string, { config, data, examples, encoder }: Work): Promise<CostedEntry> {
  const name = 'pytorch';
  const rows = Array.from({ length: (warmUp + rounds) * steps }, (_, step) => examples(step)).flat();
  const lines = rows.map(({ query, document }) =>
    JSON.stringify({ query, document, title: data.documents[document].title }),
  );
  const [pairs, settings] = [join(folder, 'pairs.jsonl'), join(folder, 'settings.json')];
  await writeWhole(pairs, `${lines.join('\n')}\n`);
  const { scale, learningRate, clipNorm } = config.training;
  const maxTokens = config.textEncoder.maxDocumentTokens;
  await writeWhole(settings, JSON.stringify({ batch, steps, scale, learningRate, clipNorm, maxTokens }));
  const peer = await startPeer(pythonCommand(), [peerScript('fine_tuning_step.py'), encoder, pairs, settings]);
  const cost: Cost = { cpuSeconds: [], peakMiB: 0 };
  if ('missing' in peer) return { entry: { name, missing: peer.missing }, cost };
  const sample = async () => {
    const answer = await peer.ask({ cmd: 'run' });
    cost.cpuSeconds.push(numberOf(answer, 'cpuSeconds'));
    cost.peakMiB = numberOf(answer, 'peakMiB');
    return { seconds: numberOf(answer, 'seconds'), answer: [numberOf(answer, 'loss')] };
  };
  const contestant = { name, sample, close: peer.close };
  return { entry: { contestant, version: String(peer.ready.version) }, cost };
}

async function makeWork({ data: folder }: BenchOptions): Promise<Work> {
  const encoder = setting('TANDEM_BENCH_ENCODER', undefined, 'a Hugging Face folder of a text encoder');
  const data = await readPrepared(
    setting('TANDEM_BENCH_DATA', folder, 'a folder that `tandem prepare` wrote: its titles are trained on'),
  );
  const pretrained = await readHuggingFaceFolder(encoder);
  const config = withEncoder(plainConfig, pretrained);
  const corpus = await createCorpus(config, data, pretrained);
  const source = createExampleSource({ ...data, pseudoQuery: corpus.pseudoQuery, seed: 1 });
  const [stage] = config.training.stages;
  return { config, data, corpus, encoder, examples: step => source(0, stage, step, batch) };
}

async function measureAll(folder: string, options: BenchOptions): Promise<BenchReport> {
  const work = await makeWork(options);
  const ourOwn = await ourEntry(work);
  const left: CostedEntry = {
    entry: { name: 'pytorch', missing: 'left out by --without' },
    cost: { cpuSeconds: [], peakMiB: 0 },
  };
  const peer = options.without.has('pytorch') ? left : await pytorchEntry(folder, work);
  const { present, versions, missing } = roster([ourOwn.entry, peer.entry]);
  const measured = await interleave(present, warmUp, rounds);
  for (const contestant of present) await contestant.close();
  const differences = checkAgreement(measured, tolerance);
  const [ours, ...peers] = measured;
  const { queryLayers: layers, width } = work.config.textEncoder;
  const summaries = measured.map(summarise);
  const figures = summaries.flatMap(({ name, p50Ms }, i) => {
    const { cpuSeconds, peakMiB } = [ourOwn.cost, peer.cost][i];
    return [
      [`${name} examples/s`, (1000 * batch * steps) / p50Ms],
      [`${name} CPU s a step`, quantile(cpuSeconds.slice(warmUp), 0.5) / steps],
      [`${name} peak MiB`, peakMiB],
    ] as const;
  });
  return {
    bench: 'fine-tuning-step',
    header: describeMachine(versions, { batch, layers, width, 'steps a sample': steps, pairs: work.data.pairs.length }),
    results: summaries,
    ratio: Object.fromEntries(peers.map(peer => [peer.name, pairedRatio(ours, peer)])),
    quality: {
      loss: ours.samples[0].answer[0],
      largestLossDifference: Math.max(0, ...Object.values(differences)),
      ...Object.fromEntries(figures),
    },
    missing,
  };
}

/**
 * Fine-tuning of an imported encoder on real queries and titles: forward, backward, clipping and Adam, tokenising included. Everybody starts
 * from the same weights and sees the same batches.
 * @throws TandemError 'usage/missing-option' | 'bench/wrong-answer' | 'bench/peer-failed'
 */
export async function fineTuningStep(options: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    return await measureAll(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
