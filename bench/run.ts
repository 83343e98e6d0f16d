import { parseArgs } from 'node:util';
import { TandemError } from '../src/errors/tandem-error.js';
import { type Bench, formatReport } from './frame.js';

/** Benches by name; each is loaded only when asked for. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'query-embedding': async () => (await import('./query-embedding.js')).queryEmbedding,
  'training-step': async () => (await import('./training-step.js')).trainingStep,
  'training-throughput': async () => (await import('./training-throughput.js')).trainingThroughput,
};

const usage = `usage: npm run bench -- NAME [--without PEER,PEER] [--json]\nNAME: ${Object.keys(benches).join(', ')}\nexample: npm run bench -- training-step --json`;

/** @throws TandemError 'usage/unknown-option' | 'usage/missing-option' | 'usage/bad-value' */
function readArguments(args: readonly string[]): { name: string; json: boolean; without: ReadonlySet<string> } {
  const { values, positionals } = parse(args);
  if (positionals.length !== 1) throw new TandemError('usage/missing-option', `bench: give one NAME\n${usage}`);
  const [name] = positionals;
  if (!Object.hasOwn(benches, name)) throw new TandemError('usage/bad-value', `bench: no bench ${name}\n${usage}`);
  return { name, json: values.json ?? false, without: new Set((values.without ?? '').split(',').filter(Boolean)) };
}

function parse(args: readonly string[]) {
  try {
    const options = { json: { type: 'boolean' }, without: { type: 'string' } } as const;
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
    const { name, json, without } = readArguments(args);
    const bench = await benches[name]();
    const report = await bench({ without });
    print(formatReport(report));
    if (json) print(JSON.stringify(report));
    return 0;
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`);
    return error.exit;
  }
}
