import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { createTokenIndex } from '../../src/lexical/token-index.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { readManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { repairIndex } from '../../src/search/repair-index.js';
import { searchTokens } from '../lexical/ask.js';
import { indexing, letterModel } from '../search/fixture.js';
import { afterRequest, type Model, requestOf } from './requests.js';

const child = fileURLToPath(new URL('writer.child.ts', import.meta.url));

/** What a killed writer said: requests sent and acknowledged, numbered from `from` on without a gap. */
interface Said {
  readonly opened: boolean;
  /** number after the last one */
  readonly sent: number;
  readonly acknowledged: number;
}

export interface KillTally {
  readonly kills: number;
  readonly acknowledged: number;
  /** kills that came before the writer had opened the index */
  readonly whileOpening: number;
  readonly damagedFiles: number;
  readonly revisions: number;
}

async function writeUntilKilled(folder: string, seed: number, from: number, random: Random): Promise<Said> {
  const writer = spawn(process.execPath, ['--import', 'tsx', child, folder, String(seed), String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: string[] = [];
  let firstWord: (() => void) | undefined;
  const spoke = new Promise<void>(resolve => {
    firstWord = resolve;
  });
  writer.stdout.on('data', chunk => {
    chunks.push(String(chunk));
    firstWord?.();
  });
  const closed = once(writer, 'close');
  // one in ten is killed while it starts, opens and replays; the others while they write
  if (random.below(10) > 0) await Promise.race([spoke, closed]);
  await delay(random.below(random.below(3) === 0 ? 2_000 : 100));
  writer.kill('SIGKILL');
  const [exitCode] = await closed;
  expect(exitCode, 'the writer failed by itself').toBeNull();
  const text = chunks.join('');
  const last = (word: string): number =>
    Math.max(from, ...[...text.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map(match => Number(match[1]) + 1));
  return { opened: text.startsWith('open'), sent: last('sent'), acknowledged: last('ack') };
}

const byId = (model: Model): DocumentRow[] => [...model.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Everything acknowledged is there, and of what was sent afterwards whole requests in their order. @returns the documents that are there */
async function expectPrefix(
  index: EmbeddedIndex,
  model: Model,
  seed: number,
  from: number,
  said: Said,
): Promise<Model> {
  const present: unknown[] = [];
  for (const id of index.ids().sort()) present.push(await index.get(id));
  let candidate = model;
  for (let n = from; n < said.acknowledged; n++) candidate = afterRequest(candidate, requestOf(seed, n));
  const acknowledged = candidate;
  for (let n = said.acknowledged; ; n++) {
    if (isDeepStrictEqual(byId(candidate), present)) return candidate;
    if (n >= said.sent) break;
    candidate = afterRequest(candidate, requestOf(seed, n));
  }
  expect(present, 'neither what was acknowledged nor that with requests sent later').toEqual(byId(acknowledged));
  throw new Error('unreachable');
}

/** Ranks and scores are those of an index that was never saved, cut, merged or killed. */
async function expectRanking(index: EmbeddedIndex, model: Model): Promise<void> {
  const fresh = createTokenIndex(index.manifest.indexing);
  for (const document of model.values()) fresh.add(document);
  const padding = [...model.values()].slice(0, 20).map(({ title }) => title.split(' ')[1] ?? title);
  for (const text of [...new Set(padding), padding.join(' ')].filter(each => each !== '')) {
    const { hits } = await index.search({ text, k: 100, mode: 'token' });
    expect(hits.map(({ id, score }) => ({ id, score }))).toEqual(searchTokens(fresh, { text, k: 100 }));
  }
}

const firstWordOf = (title: string): string => title.split(' ')[0];

/** Every document is found by the word that it alone holds, those that were replaced or deleted are not, and vectors find them too. */
async function expectSearchable(index: EmbeddedIndex, model: Model, seed: number, upTo: number): Promise<void> {
  for (const { id, title } of model.values()) {
    const { hits } = await index.search({ text: firstWordOf(title), k: 5, mode: 'token' });
    expect(hits.map(hit => hit.id)).toEqual([id]);
  }
  for (const { title } of [...model.values()].slice(0, 10)) {
    const { hits } = await index.search({ text: title, k: 1, mode: 'vector' });
    expect(hits[0].score).toBeCloseTo(1, 5);
  }
  for (let n = Math.max(0, upTo - 30); n < upTo; n++) {
    for (const change of requestOf(seed, n)) {
      if (!('put' in change) || model.get(change.put.id)?.title === change.put.title) continue;
      const word = firstWordOf(change.put.title);
      // in quotation marks it is not corrected to another one
      const { hits } = await index.search({ text: `"${word}"`, syntax: 'query', k: 5, mode: 'token' });
      expect(hits).toEqual([]);
    }
  }
}

/** Tears or flips a bit of one derived file: it is named when opening and checking, and repaired from the store. */
async function damageAndRepair(folder: string, random: Random): Promise<void> {
  const names = Object.keys((await readManifest(folder)).files);
  const path = join(folder, names[random.below(names.length)]);
  const bytes = await readFile(path);
  const at = random.below(bytes.length);
  if (random.below(2) === 0) await truncate(path, at);
  else {
    bytes[at] ^= 1 << random.below(8);
    await writeFile(path, bytes);
  }
  const message = expect.stringContaining(path);
  await expect(openIndex(folder, { embedder: letterModel() })).rejects.toMatchObject({
    code: 'index/damaged',
    message,
  });
  const { problems } = await checkIndex(folder);
  expect(problems).toEqual(expect.arrayContaining([expect.objectContaining({ message })]));
  await repairIndex(folder, letterModel());
}

/**
 * Kills a writing process again and again and compares what is there with a model of what it acknowledged.
 * @param folder  where the index is made
 */
export async function killWriters(folder: string, kills: number, seed: number): Promise<KillTally> {
  const random = seededRandom(seed);
  const settings = indexing({ language: 'und', exactBelow: 30 });
  const start = { id: 'start', title: 'zqstart' };
  await buildIndex({ documents: [start], embedder: letterModel(), indexing: settings, out: folder });
  let model: Model = new Map([['start', start]]);
  let from = 0;
  const tally = { kills, acknowledged: 0, whileOpening: 0, damagedFiles: 0, revisions: 0 };
  for (let kill = 1; kill <= kills; kill++) {
    const said = await writeUntilKilled(folder, seed, from, random);
    const index = await openIndex(folder, { embedder: letterModel() });
    model = await expectPrefix(index, model, seed, from, said);
    await expectSearchable(index, model, seed, said.sent);
    await expectRanking(index, model);
    await index.close();
    expect((await checkIndex(folder)).problems).toEqual([]);
    tally.acknowledged += said.acknowledged - from;
    if (!said.opened) tally.whileOpening++;
    from = said.sent;
    if (kill % 5 === 0) {
      await damageAndRepair(folder, random);
      tally.damagedFiles++;
      expect((await checkIndex(folder)).problems).toEqual([]);
    }
  }
  tally.revisions = (await readManifest(folder)).revision;
  return tally;
}
