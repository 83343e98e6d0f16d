import { parseArgs } from 'node:util';
import { TandemError } from '../src/errors/tandem-error.js';
import { type Bench, type BenchOptions, formatReport } from './frame.js';

/** Benches by name; each is loaded only when asked for. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  bulk: async () => (await import('./bulk.js')).bulk,
  'batch-embedding': async () => (await import('./batch-embedding.js')).batchEmbedding,
  capacity: async () => (await import('./capacity.js')).capacity,
  'catalogue-sizes': async () => (await import('./catalogue-sizes.js')).catalogueSizes,
  'cluster-layer': async () => (await import('./cluster-layer.js')).clusterLayer,
  corrections: async () => (await import('./corrections.js')).corrections,
  events: async () => (await import('./events.js')).events,
  'fine-tuning-step': async () => (await import('./fine-tuning-step.js')).fineTuningStep,
  'fusion-weights': async () => (await import('./fusion-weights.js')).fusionWeights,
  'image-encoder': async () => (await import('./image-encoder.js')).imageEncoder,
  lexical: async () => (await import('./lexical.js')).lexical,
  overload: async () => (await import('./overload.js')).overload,
  page: async () => (await import('./page.js')).page,
  'query-embedding': async () => (await import('./query-embedding.js')).queryEmbedding,
  'ranking-latency': async () => (await import('./ranking-latency.js')).rankingLatency,
  'ranking-trees': async () => (await import('./ranking-trees.js')).rankingTrees,
  rules: async () => (await import('./rules.js')).rules,
  'search-while-writing': async () => (await import('./search-while-writing.js')).searchWhileWriting,
  scale: async () => (await import('./scale.js')).scale,
  serve: async () => (await import('./serving.js')).serving,
  servers: async () => (await import('./servers.js')).servers,
  soak: async () => (await import('./soak.js')).soak,
  'training-step': async () => (await import('./training-step.js')).trainingStep,
  'training-throughput': async () => (await import('./training-throughput.js')).trainingThroughput,
  'vector-filters': async () => (await import('./vector-filters.js')).vectorFilters,
  vectors: async () => (await import('./vectors.js')).vectors,
  workers: async () => (await import('./workers.js')).workers,
};

const usage = `usage: npm run bench -- NAME [--without PEER,PEER] [--data DIR] [--sizes N,N] [--minutes N] [--load N] [--json]\nNAME: ${Object.keys(benches).join(', ')}\nexample: npm run bench -- training-step --json`;

/** @throws TandemError 'usage/unknown-option' | 'usage/missing-option' | 'usage/bad-value' */
function readArguments(args: readonly string[]): { name: string; json: boolean; options: BenchOptions } {
  const { values, positionals } = parse(args);
  if (positionals.length !== 1) throw new TandemError('usage/missing-option', `bench: give one NAME\n${usage}`);
  const [name] = positionals;
  if (!Object.hasOwn(benches, name)) throw new TandemError('usage/bad-value', `bench: no bench ${name}\n${usage}`);
  const without = new Set((values.without ?? '').split(',').filter(Boolean));
  const sizes = values.sizes === undefined ? undefined : readSizes(values.sizes);
  const { minutes, load } = { minutes: readNumber('minutes', values.minutes), load: readNumber('load', values.load) };
  return { name, json: values.json ?? false, options: { without, data: values.data, sizes, minutes, load } };
}

function readNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || Number(text) > 0) return text === undefined ? undefined : Number(text);
  throw new TandemError('usage/bad-value', `bench: --${flag} wants a number above 0, got ${text}\n${usage}`);
}

function readSizes(text: string): number[] {
  const sizes = text.split(',').map(Number);
  if (sizes.every(size => Number.isInteger(size) && size >= 1)) return sizes.sort((a, b) => a - b);
  throw new TandemError('usage/bad-value', `bench: --sizes wants whole numbers of at least 1, got ${text}\n${usage}`);
}

function parse(args: readonly string[]) {
  try {
    const options = {
      json: { type: 'boolean' },
      without: { type: 'string' },
      data: { type: 'string' },
      sizes: { type: 'string' },
      minutes: { type: 'string' },
      load: { type: 'string' },
    } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new TandemError('usage/unknown-option', `bench: ${(error as Error).message}\n${usage}`);
  }
}

/** Runs one bench. @returns the exit code: 0, 1 = it failed, 2 = the call was wrong */
export async function runBench(args: readonly string[], print: (line: string) => void): Promise<number> {
  if (args.includes('--help')) {
    print(usage);
    return 0;
  }
  try {
    const { name, json, options } = readArguments(args);
    const bench = await benches[name]();
    const report = await bench(options);
    print(formatReport(report));
    if (json) print(JSON.stringify(report));
    return 0;
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`);
    return error.exit;
  }
}
