import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PreparedData, readPrepared } from '../data/prepared.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { readManifest } from '../src/search/manifest.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { overlap } from './lexical-figures.js';
import { quantile } from './measure.js';
import { numberOf, startPeer } from './peers/process.js';
import { makeIndex, textsOf } from './serving/material.js';
import { fillOpenSearch, type Service, startMiniSearch, startTandem } from './serving/services.js';

const hits = 20;
const connections = 16;
const seconds = { warmUp: 8, round: 4 };
const rounds = 3;
/** texts that are asked again and again, as the head of what people ask is; the others are more than any cache of ours holds */
const headTexts = 1_000;
const comparedTexts = 200;
/** every service finds at least this share of our first hits: else it answers something else */
const leastOverlap = 0.25;

/** What is asked of a service. */
interface Work {
  readonly name: string;
  readonly path: string;
  readonly bodies: readonly string[];
}

/** One round of one service. */
interface Round {
  readonly answersPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: number;
}

/**
 * Services over the same documents, each asked by 16 connections from another process on the same machine, in turns: the first 20 for a text, every text another one or
 * 1,000 texts again and again, and of an index with a model its embeddings and both sides together. Beside Tandem in one process and in two stand MiniSearch behind
 * Fastify and, where the variable TANDEM_BENCH_OPENSEARCH names the address of a node, OpenSearch. TANDEM_BENCH_INDEX names an index of the same data that is
 * served; without it one without a model is made.
 * @throws TandemError 'usage/missing-option' | 'bench/wrong-answer' | as `readPrepared`
 */
export async function serving({ data: given, without }: BenchOptions): Promise<BenchReport> {
  const data = await readPrepared(preparedFolder('serve', given));
  const texts = textsOf(data);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const services: Service[] = [];
  const missing: string[] = [];
  const versions: Record<string, string> = { tandem: tandemVersion() };
  try {
    const index = process.env.TANDEM_BENCH_INDEX ?? (await makeIndex(data, join(folder, 'index')));
    const { modelId } = await readManifest(index);
    for (const workers of [1, 2]) services.push(await startTandem(index, workers));
    const documents = join(folder, 'documents.jsonl');
    await writeFile(documents, data.documents.map(row => `${JSON.stringify(row)}\n`).join(''));
    if (without.has('minisearch')) missing.push('minisearch: left out');
    else services.push(await startMiniSearch(documents));
    const url = process.env.TANDEM_BENCH_OPENSEARCH;
    if (url === undefined) missing.push('opensearch: TANDEM_BENCH_OPENSEARCH names no node');
    else {
      const node = await fillOpenSearch(url, data.documents);
      versions.opensearch = node.version;
      services.push(node);
    }
    const [ours] = services;
    const quality: Record<string, number> = {};
    for (const service of services.slice(1)) quality[service.name] = await checkAnswers(ours, service, texts);
    const measured = await measure(services, texts, modelId !== null, folder);
    return report(data, texts, measured, { versions, quality, missing });
  } finally {
    for (const service of services) await service.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns share of our first ten hits that another service has among its own */
async function checkAnswers(ours: Service, other: Service, texts: readonly string[]): Promise<number> {
  const answersOf = async ({ port, path, keyword, idsOf }: Service): Promise<string[][]> => {
    const answers: string[][] = [];
    for (const text of texts.slice(0, comparedTexts)) {
      const body = keyword(text, hits);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers });
      answers.push(idsOf(await answer.json()));
    }
    return answers;
  };
  const shared = overlap(await answersOf(ours), await answersOf(other), 10);
  if (shared >= leastOverlap) return shared;
  throw new TandemError(
    'bench/wrong-answer',
    `${other.name} shares ${shared.toFixed(2)} of the first ten with ${ours.name}, less than ${leastOverlap}`,
  );
}

function worksOf(service: Service, texts: readonly string[], hasModel: boolean): Work[] {
  const head = texts.slice(0, headTexts);
  const keyword = (asked: readonly string[]): string[] => asked.map(text => service.keyword(text, hits));
  const works: Work[] = [
    { name: 'keyword, new texts', path: service.path, bodies: keyword(texts) },
    { name: 'keyword, head texts', path: service.path, bodies: keyword(head) },
  ];
  if (!hasModel || !service.name.startsWith('tandem')) return works;
  const asked = (body: (text: string) => unknown): string[] => texts.map(text => JSON.stringify(body(text)));
  return [
    ...works,
    { name: 'embedding, new texts', path: '/embed/query', bodies: asked(text => ({ text })) },
    { name: 'hybrid, new texts', path: '/search', bodies: asked(text => ({ text, k: hits, mode: 'hybrid' })) },
  ];
}

interface Measured {
  readonly service: string;
  readonly work: string;
  readonly rounds: readonly Round[];
}

async function measure(
  services: readonly Service[],
  texts: readonly string[],
  hasModel: boolean,
  folder: string,
): Promise<Measured[]> {
  const generator = await startPeer(process.execPath, [fileURLToPath(new URL('serving/load.js', import.meta.url))]);
  if ('missing' in generator) throw new TandemError('bench/peer-failed', generator.missing);
  try {
    const cases = await Promise.all(
      services.flatMap((service, at) =>
        worksOf(service, texts, hasModel).map(async (work, number) => {
          const bodies = join(folder, `bodies-${at}-${number}.json`);
          await writeFile(bodies, JSON.stringify(work.bodies));
          return { service, work, bodies, rounds: [] as Round[] };
        }),
      ),
    );
    for (let round = 0; round <= rounds; round++) {
      for (const { service, work, bodies, rounds: done } of cases) {
        const before = await service.cpuSeconds();
        const command = { port: service.port, path: work.path, bodies, connections };
        const told = await generator.ask({ ...command, seconds: round === 0 ? seconds.warmUp : seconds.round });
        const answers = numberOf(told, 'answers');
        if (numberOf(told, 'failed') > 0)
          throw new TandemError('bench/wrong-answer', `${service.name}: ${told.failed} of ${answers} answers failed`);
        const cpuMs = ((await service.cpuSeconds()) - before) * (1000 / answers);
        process.stderr.write(`round ${round} of ${rounds}, ${service.name}, ${work.name}: ${answers} answers\n`);
        if (round === 0) continue;
        const answersPerSecond = answers / numberOf(told, 'seconds');
        done.push({ answersPerSecond, p50Ms: numberOf(told, 'p50Ms'), p99Ms: numberOf(told, 'p99Ms'), cpuMs });
      }
    }
    return cases.map(({ service, work, rounds: done }) => ({ service: service.name, work: work.name, rounds: done }));
  } finally {
    await generator.close();
  }
}

const median = ({ rounds: done }: Measured, figure: keyof Round): number =>
  quantile(
    done.map(round => round[figure]),
    0.5,
  );

function report(
  data: PreparedData,
  texts: readonly string[],
  measured: readonly Measured[],
  told: Pick<BenchReport, 'quality' | 'missing'> & { readonly versions: Record<string, string> },
): BenchReport {
  const ours = (work: string): Measured | undefined => measured.find(each => each.work === work);
  const ratio = measured.flatMap(each => {
    const first = ours(each.work);
    if (first === undefined || each.service.startsWith('tandem')) return [];
    return [[`${each.service}, ${each.work}`, median(each, 'cpuMs') / median(first, 'cpuMs')] as const];
  });
  return {
    bench: 'serve',
    header: describeMachine(told.versions, {
      documents: data.documents.length,
      texts: texts.length,
      'head texts': headTexts,
      hits,
      connections,
      'seconds of a round': seconds.round,
      rounds,
    }),
    results: measured.map(each => ({
      name: `${each.service}, ${each.work}`,
      samples: each.rounds.length,
      p50Ms: median(each, 'p50Ms'),
      p99Ms: median(each, 'p99Ms'),
      minMs: Math.min(...each.rounds.map(({ p50Ms }) => p50Ms)),
    })),
    // by processor time, in one process: how often the machine is lent to others decides over everything else
    ratio: Object.fromEntries(ratio),
    quality: told.quality,
    missing: told.missing,
    table: {
      columns: [
        { name: 'asked' },
        { name: 'service' },
        ...['answers/s', 'p50 ms', 'p99 ms', 'CPU ms each', 'answers per CPU s'].map(name => ({ name, numeric: true })),
      ],
      rows: [...new Set(measured.map(({ work }) => work))].flatMap(work =>
        measured
          .filter(each => each.work === work)
          .map(each => [
            work,
            each.service,
            median(each, 'answersPerSecond').toFixed(0),
            median(each, 'p50Ms').toFixed(1),
            median(each, 'p99Ms').toFixed(1),
            median(each, 'cpuMs').toFixed(3),
            (1000 / median(each, 'cpuMs')).toFixed(0),
          ]),
      ),
    },
  };
}
