import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, lastJson, runTandem } from './run-tandem.js';
import { documents, jsonl, writeSmallShop } from './small-shop.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = ['--import', 'tsx', join(root, 'src/cli/main.ts')];
let folder: string;

/** Starts the program. @param onOut  sees stdout as it comes and may send a signal */
function spawnTandem(
  words: readonly string[],
  onOut?: (text: string, end: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [...main, ...words], { cwd: root });
  const ended = { out: '', error: '' };
  child.stdout.on('data', chunk => {
    ended.out += chunk;
    onOut?.(String(chunk), signal => child.kill(signal));
  });
  child.stderr.on('data', chunk => {
    ended.error += chunk;
  });
  return new Promise(resolve => child.on('close', exit => resolve({ exit, ...ended })));
}

const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-cli-'));
  await writeSmallShop(folder);
  await runTandem(['index', '--documents', at('documents.jsonl'), '--out', at('index')]);
});

afterAll(() => rm(folder, { recursive: true }));

describe('index, search, run, evaluate', () => {
  it('finds a document by a stem of its title', async () => {
    const ended = await runTandem(['search', '--index', at('index'), 'hoses', '--json']);
    const { hits, mode } = lastJson(ended);
    expect(mode).toBe('token');
    expect(hits.map((hit: { id: string }) => hit.id)).toEqual(['hose']);
    expect(hits[0].document).toEqual(documents[0]);
  });

  it('prints a table for people, with parts when asked', async () => {
    const { out } = await runTandem(['search', '--index', at('index'), 'garden', '--explain']);
    expect(out).toContain('Garden hose');
    expect(out).toMatch(/\(#1\)/);
    expect(out).toContain('2 hits, token');
  });

  it('filters', async () => {
    const filter = '[{"range":{"field":"price","max":20}}]';
    const { hits } = lastJson(
      await runTandem(['search', '--index', at('index'), 'garden', '--filter', filter, '--json']),
    );
    expect(hits.map((hit: { id: string }) => hit.id)).toEqual(['hose']);
  });

  it.each([
    [['--filter', '{'], 2, 'search/bad-filter'],
    [['--filter', '[{"like":1}]'], 2, 'search/bad-filter'],
    [['--k', '1001'], 2, 'usage/bad-value'],
    [['--mode', 'fuzzy'], 2, 'usage/bad-value'],
    [['--mode', 'vector'], 2, 'index/no-vectors'],
    [['--weight', '1.1'], 2, 'usage/bad-value'],
    [['--weight', 'half'], 2, 'usage/bad-value'],
    // this index has tokens alone
    [['--weight', '0.5'], 2, 'request/invalid'],
  ])('refuses %j with exit code %i and %s', async (words, exit, code) => {
    const ended = await runTandem(['search', '--index', at('index'), 'garden', ...words, '--json']);
    expect(ended.exit).toBe(exit);
    expect(lastJson(ended)).toMatchObject({ code });
  });

  it('says that there is no index', async () => {
    const ended = await runTandem(['search', '--index', at('nowhere'), 'garden']);
    expect([ended.exit, ended.out]).toEqual([1, '']);
    expect(ended.error).toMatch(/^tandem: index\/not-found: [^\n]+\n$/);
  });

  it('writes a run, and measures it and the index alike', async () => {
    await runTandem(['run', '--index', at('index'), '--queries', at('queries.jsonl'), '--out', at('a.trec')]);
    expect(await readFile(at('a.trec'), 'utf8')).toMatch(/^q1 Q0 hose 1 [\d.]+ token\nq2 Q0 chair 1 [\d.]+ token\n$/);
    const fromRun = lastJson(
      await runTandem(['evaluate', '--qrels', at('qrels.trec'), '--run', at('a.trec'), '--json']),
    );
    const words = ['--index', at('index'), '--queries', at('queries.jsonl'), '--out', at('report.html'), '--json'];
    const fromIndex = lastJson(await runTandem(['evaluate', '--qrels', at('qrels.trec'), ...words]));
    // q1 is answered by its one relevant document at rank 1, q2 not at all
    expect(fromRun.metrics.token).toMatchObject({ 'nDCG@10': 0.5, 'MRR@10': 0.5, 'Recall@10': 0.5, 'Recall@100': 0.5 });
    expect(fromIndex.metrics).toEqual(fromRun.metrics);
    expect(await readFile(at('report.html'), 'utf8')).toContain('<!doctype html>');
  });

  it('orders a run whose ranks are all 0 by its scores', async () => {
    await writeFile(at('zero.trec'), 'q1 Q0 chair 0 1 t\nq1 Q0 hose 0 2 t\nq2 Q0 boots 0 1 t\n');
    const words = ['--qrels', at('qrels.trec'), '--run', at('zero.trec'), '--json'];
    expect(lastJson(await runTandem(['evaluate', ...words])).metrics.t['nDCG@10']).toBe(1);
  });

  it('says so where runs, queries and judgements have no ids in common', async () => {
    const evaluate = (...words: string[]) => runTandem(['evaluate', '--qrels', at('qrels.trec'), ...words, '--json']);
    await writeFile(at('other.trec'), '1 Q0 hose 1 1 t\n');
    await writeFile(at('other.jsonl'), jsonl([{ id: '1', text: 'hose' }]));
    for (const words of [
      ['--run', at('other.trec')],
      ['--index', at('index'), '--queries', at('other.jsonl')],
    ]) {
      const { exit, error } = await evaluate(...words);
      expect(exit).toBe(1);
      expect(error).toContain(
        "evaluation/nothing-in-common: none of the queries is judged: the first that was asked has the id '1'",
      );
    }
    await writeFile(at('documents.trec'), 'q1 Q0 17 1 1 t\nq2 Q0 18 1 1 t\n');
    const ended = await evaluate('--run', at('documents.trec'));
    expect([ended.exit, lastJson(ended).metrics.t['nDCG@10']]).toEqual([0, 0]);
    expect(lastJson(ended).warnings).toEqual([expect.stringContaining('none of its documents is judged')]);
    expect(ended.error).toContain("documents such as '17', the judgements such as 'hose'");
  });

  it('refuses two queries of one id', async () => {
    await writeFile(
      at('twice.jsonl'),
      jsonl([
        { id: 'q1', text: 'hose' },
        { id: 'q1', text: 'chair' },
      ]),
    );
    const words = ['--index', at('index'), '--queries', at('twice.jsonl'), '--out', at('none.trec')];
    const { exit, error } = await runTandem(['run', ...words]);
    expect([exit, error]).toEqual([1, expect.stringContaining('data/duplicate-id')]);
    expect(await readdir(folder)).not.toContain('none.trec');
  });

  it('compares two runs', async () => {
    await writeFile(at('b.trec'), 'q1 Q0 boots 1 1 other\nq2 Q0 boots 1 1 other\n');
    await writeFile(at('c.trec'), 'q1 Q0 hose 1 1 mine\nq2 Q0 boots 1 1 mine\n');
    const words = ['--run', at('c.trec'), '--run', at('b.trec'), '--json'];
    const { metrics, comparisons } = lastJson(await runTandem(['evaluate', '--qrels', at('qrels.trec'), ...words]));
    expect([metrics.mine['nDCG@10'], metrics.other['nDCG@10']]).toEqual([1, 0.5]);
    expect(comparisons).toEqual([
      expect.objectContaining({ first: 'mine', second: 'other', mean: 0.5, wins: 1, ties: 1 }),
    ]);
  });

  it.each([
    [[], 'usage/missing-option', '--run or --index'],
    [['--index', 'i'], 'usage/missing-option', '--queries'],
    [['--index', 'i', '--run', 'r'], 'usage/bad-value', 'exclude'],
  ])('evaluate refuses %j', async (words, code, message) => {
    const { exit, error } = await runTandem(['evaluate', '--qrels', at('qrels.trec'), ...words]);
    expect(exit).toBe(2);
    expect(error).toContain(code);
    expect(error).toContain(message);
  });

  it.each([
    [['--queries', 'q'], 'belong together'],
    [['--queries', 'q', '--qrels', 'r'], '--model is missing'],
    [['--set', 'indexing.bm25.k=1'], 'config/unknown-key: unknown key "indexing.bm25.k" (did you mean "k1"?)'],
    [['--set', 'indexing.stem=no'], 'unknown key "indexing.stem"; there are: language bm25'],
    [['--set', 'indexing.k1=1'], 'unknown key "indexing.k1" (there is indexing.bm25.k1)'],
    [['--set', 'training.epochs=2'], 'unknown key "training.epochs" (there is training.stages[].epochs'],
  ])('index refuses %j', async (words, message) => {
    const { exit, error } = await runTandem([
      'index',
      '--documents',
      at('documents.jsonl'),
      '--out',
      at('none'),
      ...words,
    ]);
    expect(exit).toBe(2);
    expect(error).toContain(message);
    expect(existsSync(at('none'))).toBe(false);
  });
});

describe('serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says where, answers, and closes on %s with exit code 0', async signal => {
    const statuses: number[] = [];
    const ended = await spawnTandem(['serve', '--index', at('index'), '--port', '0', '--json'], async (text, end) => {
      const { url } = JSON.parse(text);
      const body = JSON.stringify({ text: 'hoses' });
      const headers = { 'content-type': 'application/json' };
      statuses.push((await fetch(`${url}search`, { method: 'POST', headers, body })).status);
      const settings = (await (await fetch(`${url}page/settings`)).json()) as { places: unknown[] };
      statuses.push(settings.places.length);
      end(signal);
    });
    // the documents come from two countries
    expect(statuses).toEqual([200, 2]);
    expect(ended.exit).toBe(0);
    // the log goes to stderr, as JSON lines
    for (const line of ended.error.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  });

  it('takes documents with --writable, and another opening finds them', async () => {
    const statuses: number[] = [];
    const target = at('writable');
    await runTandem(['index', '--documents', at('documents.jsonl'), '--out', target]);
    const words = ['serve', '--index', target, '--port', '0', '--writable', '--json'];
    const ended = await spawnTandem(words, async (text, end) => {
      const { url } = JSON.parse(text);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ title: 'zebra' });
      statuses.push((await fetch(`${url}documents/z`, { method: 'PUT', headers, body })).status);
      const checked = await runTandem(['check', '--index', target, '--json']);
      statuses.push(lastJson(checked).documents);
      end('SIGTERM');
    });
    expect([ended.exit, statuses]).toEqual([0, [200, 4]]);
    expect(lastJson(await runTandem(['search', '--index', target, 'zebra', '--json'])).hits[0].id).toBe('z');
  });

  it('refuses to let the whole network write without keys', async () => {
    const words = ['serve', '--index', at('index'), '--host', '0.0.0.0', '--writable'];
    const { exit, error } = await runTandem(words);
    expect([exit, error]).toEqual([2, expect.stringContaining('usage/missing-option: --keys')]);
  });

  it('says that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const port = String((server.address() as AddressInfo).port);
    const { exit, error } = await runTandem(['serve', '--index', at('index'), '--port', port]);
    server.close();
    expect(exit).toBe(1);
    expect(error).toContain(`tandem: server/port-taken: port ${port} is in use.`);
  });
});

describe('snapshot, restore, check', () => {
  it('keep and give back an index, and mend what is derived', async () => {
    const [snapshot, restored] = [at('snapshot'), at('restored')];
    const taken = lastJson(await runTandem(['snapshot', '--index', at('index'), '--out', snapshot, '--json']));
    expect(taken).toMatchObject({ folder: snapshot, sequence: 1 });
    expect((await runTandem(['restore', '--snapshot', snapshot, '--out', restored])).exit).toBe(0);
    expect((await runTandem(['check', '--index', restored])).out).toContain('sound, 3 documents, commit 1');

    await writeFile(join(restored, 'tokens', 'tokens.bin'), 'torn');
    const found = await runTandem(['check', '--index', restored, '--json']);
    expect([found.exit, lastJson(found).code]).toEqual([1, 'index/damaged']);
    expect(lastJson(found).message).toContain('tokens.bin');
    expect(lastJson(await runTandem(['check', '--index', restored, '--repair', '--json']))).toMatchObject({
      documents: 3,
      repaired: true,
      problems: [],
    });
    expect(lastJson(await runTandem(['search', '--index', restored, 'hoses', '--json'])).hits).toHaveLength(1);
  });
});

describe('the frame', () => {
  it('analyses a text', async () => {
    const { steps } = lastJson(await runTandem(['analyze', 'Garden hoses', '--json']));
    expect(steps.at(-1).tokens.map((token: { term: string }) => token.term)).toEqual(['garden', 'hose']);
  });

  it.each([
    'prepare',
    'index',
    'search',
    'run',
    'evaluate',
    'serve',
    'analyze',
    'dictionary',
    'snapshot',
    'restore',
    'check',
  ])('%s --help shows an example', async name => {
    const { exit, out, error } = await runTandem([name, '--help']);
    expect([exit, error]).toEqual([0, '']);
    expect(out).toContain(`$ tandem ${name} `);
    expect(out).toContain('--json');
  });

  it('as a program: help, an unknown flag and an unknown command with exit code 2 and a guess', async () => {
    const [help, flag, command] = await Promise.all([
      spawnTandem(['search', '--help']),
      spawnTandem(['search', '--indx', 'x', 'y', '--json']),
      spawnTandem(['serach']),
    ]);
    expect([help.exit, help.error]).toEqual([0, '']);
    expect(flag.exit).toBe(2);
    expect(lastJson(flag)).toMatchObject({ code: 'usage/unknown-option', message: expect.stringContaining('--index') });
    expect([command.exit, command.out]).toEqual([2, '']);
    expect(command.error).toMatch(/^tandem: usage\/unknown-option: [^\n]*did you mean "search"\?[^\n]*\n$/);
  });

  it('leaves nothing half-written when it is interrupted, and exits with 130', async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => ({ id: `d${i}`, title: `garden hose number ${i} of many` }));
    await writeFile(at('many.jsonl'), jsonl(many));
    const child = spawn(process.execPath, [...main, 'index', '--documents', at('many.jsonl'), '--out', at('many')], {
      cwd: root,
    });
    const closed = new Promise<number | null>(resolve => child.on('close', resolve));
    let error = '';
    child.stderr.on('data', chunk => {
      error += chunk;
    });
    while (child.exitCode === null && !(await temporaryFolders()).some(name => name.startsWith('many.'))) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(error).toContain('tandem: interrupted');
    expect(existsSync(at('many'))).toBe(false);
    expect(await temporaryFolders()).toEqual([]);
  });
});

async function temporaryFolders(): Promise<string[]> {
  return (await readdir(folder)).filter(name => name.endsWith('.tmp'));
}
