import { TandemError } from '../src/errors/tandem-error.js';
import { type Bench, formatReport } from './frame.js';

/** Benches by name; each is loaded only when asked for. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'query-embedding': async () => (await import('./query-embedding.js')).queryEmbedding,
  'training-step': async () => (await import('./training-step.js')).trainingStep,
};

const usage = `usage: npm run bench -- NAME [--json]\nNAME: ${Object.keys(benches).join(', ')}\nexample: npm run bench -- training-step --json`;

/** @throws TandemError 'usage/unknown-option' | 'usage/missing-option' | 'usage/bad-value' */
function parseArguments(args: readonly string[]): { name: string; json: boolean } {
  const flag = args.find(arg => arg.startsWith('-') && arg !== '--json');
  if (flag !== undefined) throw new TandemError('usage/unknown-option', `bench: unknown option ${flag}\n${usage}`);
  const names = args.filter(arg => arg !== '--json');
  if (names.length !== 1) throw new TandemError('usage/missing-option', `bench: give one NAME\n${usage}`);
  if (!Object.hasOwn(benches, names[0]))
    throw new TandemError('usage/bad-value', `bench: no bench ${names[0]}\n${usage}`);
  return { name: names[0], json: args.includes('--json') };
}

/** Runs one bench. @returns the exit code: 0, 1 = it failed, 2 = the call was wrong */
export async function runBench(args: readonly string[], print: (line: string) => void): Promise<number> {
  if (args.includes('--help')) {
    print(usage);
    return 0;
  }
  try {
    const { name, json } = parseArguments(args);
    const bench = await benches[name]();
    const report = await bench();
    print(formatReport(report));
    if (json) print(JSON.stringify(report));
    return 0;
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`);
    return error.exit;
  }
}
