import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExampleSource } from '../data/examples.js';
import { type PreparedData, readPrepared } from '../data/prepared.js';
import { createModelState } from '../models/model-state.js';
import { type Config, configSchema } from '../src/config/schema.js';
import { writeWhole } from '../src/files/atomic.js';
import { type Corpus, createCorpus, stepSeed } from '../training/corpus.js';
import { createLearner } from '../training/learner.js';
import { createOptimiserState } from '../training/optimiser.js';
import { queryLengths } from '../training/trainer.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine, type Entry, roster } from './frame.js';
import { type Contestant, interleave, pairedRatio, summarise, timed } from './measure.js';
import { numberOf, pythonCommand, startPeer } from './peers/process.js';
import { peerScript } from './peers/scripts.js';

const batch = 256;
/** steps of one sample */
const steps = 5;
const warmUp = 2;
const rounds = 7;
const layers = 2;

/** A text channel alone in each tower: mean-pooled, 2 layers, 128 wide, 4 heads, feed-forward 384. */
const config: Config = configSchema.parse({
  towers: { query: ['text'], document: ['title'], embeddingWidth: 128, featureDropout: 0 },
  textEncoder: { queryLayers: layers, documentLayers: layers },
  training: { batchSize: batch, learningRate: 7e-4, stages: [{ name: 'labelled', epochs: 1, pseudoShare: 0 }] },
});

/** Our loop: features, length-sorted chunks, the recorded step, sparse and dense Adam; labelled pairs of the data in shuffled order. */
function ourEntry(data: PreparedData, corpus: Corpus): { entry: Entry; losses: number[] } {
  const model = createModelState(config, corpus.vocabulary);
  const source = createExampleSource({ ...data, pseudoQuery: corpus.pseudoQuery, seed: 1 });
  const learner = createLearner(model, createOptimiserState(model), corpus, queryLengths(corpus, source));
  const [stage] = config.training.stages;
  const losses: number[] = [];
  let step = 0;
  const run = async (): Promise<number[]> => {
    for (let i = 0; i < steps; i++, step++) {
      const { loss } = await learner.step(
        0,
        { examples: source(0, stage, step, batch), negatives: [] },
        config.training.learningRate,
        stepSeed(1, 0, step),
      );
      losses.push(loss);
    }
    return [losses[losses.length - 1]];
  };
  const contestant: Contestant = { name: 'tandem', sample: () => timed(run), close: learner.close };
  return { entry: { contestant, version: 'recorded' }, losses };
}

async function peerEntry(folder: string, data: PreparedData, tokenizer: string): Promise<Entry> {
  const name = 'sentence-transformers';
  const pairs = data.pairs.map(({ query, document }) =>
    JSON.stringify({ query, title: data.documents[document].title }),
  );
  await writeWhole(join(folder, 'pairs.jsonl'), `${pairs.join('\n')}\n`);
  await writeWhole(join(folder, 'tokenizer.json'), tokenizer);
  const files = [join(folder, 'pairs.jsonl'), join(folder, 'tokenizer.json')];
  const options = ['--serve', '--layers', `${layers}`, '--batch', `${batch}`, '--steps', `${steps}`];
  const peer = await startPeer(pythonCommand(), [peerScript('sentence_transformers_loop.py'), ...files, ...options]);
  if ('missing' in peer) return { name, missing: peer.missing };
  const sample = async () => {
    const answer = await peer.ask({ cmd: 'run' });
    return { seconds: numberOf(answer, 'seconds'), answer: [numberOf(answer, 'loss')] };
  };
  return { contestant: { name, sample, close: peer.close }, version: String(peer.ready.version) };
}

/**
 * Examples a second on real queries and titles, where lengths vary: our loop beside a plain sentence-transformers loop of the same layer
 * sizes, vocabulary and batch. Both start from random weights of their own, so the losses are shown, not compared.
 * @throws TandemError 'usage/missing-option' | 'bench/peer-failed'
 */
export async function trainingThroughput({ without }: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    const data = await readPrepared(preparedFolder('training-throughput'));
    const corpus = await createCorpus(config, data);
    const { entry, losses } = ourEntry(data, corpus);
    const left = { name: 'sentence-transformers', missing: 'left out by --without' };
    const peer = without.has(left.name) ? left : await peerEntry(folder, data, corpus.tokenizer!);
    const { present, versions, missing } = roster([entry, peer]);
    const measured = await interleave(present, warmUp, rounds);
    for (const contestant of present) await contestant.close();
    const [ours, ...peers] = measured;
    const summaries = measured.map(summarise);
    return {
      bench: 'training-throughput',
      header: describeMachine(versions, {
        batch,
        layers,
        width: 128,
        'steps a sample': steps,
        pairs: data.pairs.length,
      }),
      results: summaries,
      ratio: Object.fromEntries(peers.map(each => [each.name, pairedRatio(ours, each)])),
      quality: {
        ...Object.fromEntries(
          summaries.map(({ name, p50Ms }) => [`${name} examples/s`, (1000 * batch * steps) / p50Ms]),
        ),
        ...Object.fromEntries(
          measured.map(({ name, samples }) => [`${name} loss`, samples[samples.length - 1].answer[0]]),
        ),
        'tandem first loss': losses[0],
      },
      missing,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
