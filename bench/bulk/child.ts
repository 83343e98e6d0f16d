import { readFile } from 'node:fs/promises';
import { buildIndex } from '../../src/api/index.js';
import { openIndex } from '../../src/search/open-index.js';

/** What a child of the bulk bench did; see bulk.ts. */
export interface Loaded {
  /** until the index has its name */
  readonly seconds: number;
  /** of processors, all threads together */
  readonly cpuSeconds: number;
  /** resident at most; pages of mapped files count */
  readonly peakMiB: number;
}

export interface Searched {
  /** opening, every byte of the tokens checked */
  readonly openSeconds: number;
  readonly residentMiB: number;
  /** by depth: milliseconds of each query */
  readonly times: Readonly<Record<10 | 100, readonly number[]>>;
}

const passes = { warmUp: 1, timed: 2 };
const mebibyte = 2 ** 20;

async function load(documents: string, out: string): Promise<Loaded> {
  const started = performance.now();
  await buildIndex({ documents, out });
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMiB: (maxRSS * 1024) / mebibyte,
  };
}

async function search(out: string, queryFile: string): Promise<Searched> {
  const queries = (await readFile(queryFile, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as string);
  const started = performance.now();
  const index = await openIndex(out);
  const openSeconds = (performance.now() - started) / 1000;
  const times: Record<10 | 100, number[]> = { 10: [], 100: [] };
  // a text that was asked before is kept prepared: blanks make each pass one of new texts with the same words
  let blanks = '';
  for (const k of [10, 100] as const) {
    for (let pass = 0; pass < passes.warmUp + passes.timed; pass++) {
      blanks += ' ';
      for (const text of queries) {
        const before = performance.now();
        await index.search({ text: text + blanks, k, mode: 'token' });
        if (pass >= passes.warmUp) times[k].push(performance.now() - before);
      }
    }
  }
  const residentMiB = process.memoryUsage().rss / mebibyte;
  await index.close();
  return { openSeconds, residentMiB, times };
}

const [work, ...files] = process.argv.slice(2);
const result = work === 'load' ? await load(files[0], files[1]) : await search(files[0], files[1]);
process.stdout.write(`${JSON.stringify(result)}\n`);
