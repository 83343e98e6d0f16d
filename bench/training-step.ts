import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NamedArray, writeSafetensors } from '../models/safetensors.js';
import { writeFileAtomically, writeWhole } from '../src/files/atomic.js';
import { type BenchOptions, type BenchReport, describeMachine, type Entry, roster } from './frame.js';
import { checkAgreement, interleave, pairedRatio, summarise } from './measure.js';
import { numberOf, pythonCommand, startPeer } from './peers/process.js';
import { peerScript } from './peers/scripts.js';
import { eagerEntry } from './towers/eager.js';
import { recordedEntry } from './towers/recorded.js';
import { benchSizes, drawFeatures, drawParameters } from './towers/sizes.js';

const warmUp = 2;
const rounds = 7;
/** the first step's losses agree to this, relative */
const tolerance = 1e-4;

/** PyTorch in its own process, on the same weights and features. */
async function pytorchEntry(folder: string): Promise<Entry> {
  const name = 'pytorch';
  const peer = await startPeer(pythonCommand(), [peerScript('training_step.py'), folder]);
  if ('missing' in peer) return { name, missing: peer.missing };
  const sample = async () => {
    const answer = await peer.ask({ cmd: 'run' });
    return { seconds: numberOf(answer, 'seconds'), answer: [numberOf(answer, 'loss')] };
  };
  return { contestant: { name, sample, close: peer.close }, version: String(peer.ready.version) };
}

const writeArrays = (path: string, arrays: ReadonlyMap<string, NamedArray>): Promise<void> =>
  writeFileAtomically(path, handle => writeSafetensors(handle, Object.fromEntries(arrays)));

async function writeWork(folder: string, work: ReturnType<typeof drawWork>): Promise<void> {
  await writeArrays(join(folder, 'weights.safetensors'), work.parameters);
  await writeArrays(join(folder, 'features.safetensors'), work.features);
  const { heads, scale, learningRate } = work.sizes;
  await writeWhole(join(folder, 'towers.json'), JSON.stringify({ heads, scale, learningRate }));
}

function drawWork() {
  return { sizes: benchSizes, parameters: drawParameters(benchSizes, 1), features: drawFeatures(benchSizes, 2) };
}

/** The contestants on one drawn batch, ours first. The plain JavaScript one takes minutes a step: one step proves it. */
async function measureAll(folder: string, { without }: BenchOptions): Promise<BenchReport> {
  const work = drawWork();
  await writeWork(folder, work);
  const entries: Readonly<Record<string, () => Promise<Entry>>> = {
    recorded: () => recordedEntry(work, 0),
    'tfjs-node': () => eagerEntry('tfjs-node', 'tensorflow', work),
    pytorch: () => pytorchEntry(folder),
    'tfjs-cpu': () => eagerEntry('tfjs-cpu', 'cpu', work, 1),
  };
  const invited: Entry[] = [];
  for (const [name, enter] of Object.entries(entries)) {
    invited.push(without.has(name) ? { name, missing: 'left out by --without' } : await enter());
  }
  const { present, versions, missing } = roster(invited);
  const { batch, width, heads, feedForward, rows, query, document } = benchSizes;
  const sizes = {
    ...{ batch, width, heads, feedForward, rows },
    query: `${query.layers} layers, ${query.tokens} tokens, ${query.trigrams} trigrams`,
    document: `${document.layers} layers, ${document.tokens} tokens, ${document.trigrams} trigrams`,
  };
  const header = describeMachine(versions, sizes);
  const measured = await interleave(present, warmUp, rounds);
  for (const contestant of present) await contestant.close();
  const differences = checkAgreement(measured, tolerance);
  const ours = measured.find(({ name }) => name === 'recorded');
  const peers = measured.filter(({ name }) => name !== 'recorded');
  return {
    bench: 'training-step',
    header,
    results: measured.map(summarise),
    ratio: ours ? Object.fromEntries(peers.map(peer => [peer.name, pairedRatio(ours, peer)])) : {},
    quality: {
      loss: measured[0].samples[0].answer[0],
      largestLossDifference: Math.max(0, ...Object.values(differences)),
    },
    missing: ours ? missing : ['recorded: not among the contestants', ...missing],
  };
}

/**
 * One training step (forward, backward, Adam) of two transformer towers, the same weights and batch for everybody.
 * @throws TandemError 'bench/wrong-answer' | 'bench/peer-failed'
 */
export async function trainingStep(options: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    return await measureAll(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
