import { cp, readdir, readFile, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import type { SearchResponse } from '../../src/search/backend.js';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { repairIndex } from '../../src/search/repair-index.js';
import { readFusionCurve, storeFusionWeight } from '../../src/search/tuned-fusion.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { openDocumentStore } from '../../src/store/document-store.js';
import { embedText, indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { tunedTo } from '../search/tuned-fixture.js';

/** An index with every kind of file and page: a graph, a curve, values of many pages, free pages, commits that are not saved. */
export async function buildWhole(folder: string): Promise<void> {
  const documents = makeDocuments(300);
  const large = { id: 'large', title: 'wombat', description: 'burrow '.repeat(4_000) };
  const settings = indexing({ exactBelow: 100, language: 'und' });
  await buildIndex({ documents: [...documents, large], embedder: letterModel(), indexing: settings, out: folder });
  await storeFusionWeight(folder, tunedTo(0.4));
  const index = await openWritableIndex(folder, { embedder: letterModel() });
  for (let i = 0; i < 8; i++) await index.write([{ put: { ...large, title: `wombat ${i}` } }, { delete: `d${i}` }]);
  await index.close();
  const store = await openDocumentStore(join(folder, 'documents'));
  await store.put([{ id: 'new', title: 'zebra' }], embedText('zebra'));
  await store.delete(['d20', 'd21']);
  await store.close();
}

/** What an index answers to everything that can be asked of it; where reading met damage, the code of the error. */
export type Answers = Readonly<Record<string, unknown>>;

/** An answer that says it is not whole has found damage, as one that fails. */
const hitsOf = ({ hits, partial }: SearchResponse): unknown => (partial === undefined ? hits : { damage: partial });

const questions = (index: EmbeddedIndex): Record<string, () => unknown> => ({
  ...Object.fromEntries(
    (['token', 'vector', 'hybrid'] as const).flatMap(mode =>
      ['red hammer', 'wombat burrow', 'zebra'].map(text => [
        `${mode} ${text}`,
        async () => hitsOf(await index.search({ text, k: 400, mode })),
      ]),
    ),
  ),
  filtered: async () => {
    const filter = [{ range: { field: 'price', max: 10 } }];
    return hitsOf(await index.search({ text: 'drill', k: 400, mode: 'vector', filter }));
  },
  count: () => index.count(),
  ids: () => index.ids(),
  documents: () => Promise.all(index.ids().map(id => index.get(id))),
  embeddings: () => index.ids().map(id => Array.from(index.embedding(id) ?? [])),
});

/** @throws TandemError when the index cannot be opened */
export async function answersOf(folder: string): Promise<Answers> {
  const index = await openIndex(folder, { embedder: letterModel() });
  const answers: Record<string, unknown> = { settings: index.manifest.indexing };
  try {
    for (const [name, ask] of Object.entries(questions(index))) answers[name] = await told(ask);
  } finally {
    await index.close();
  }
  return { ...answers, fusion: await told(() => readFusionCurve(folder)) };
}

/** An answer, or the documented error in its place. */
async function told(ask: () => unknown): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof TandemError && error.code !== 'internal') return { damage: error.message };
    throw error;
  }
}

/** What was done to a file, and what came of it. */
export interface Trial {
  readonly file: string;
  readonly how: string;
  /** what was wrong; empty = the damage was harmless */
  readonly found: string;
  /** whether a repair made the index whole again; undefined = none was tried, for documents were lost */
  readonly repaired?: boolean;
}

const pageSize = 4096;
/** Bytes at the beginning of a page of LMDB that say how it is to be read. */
const pageHead = 48;

/** Any place of a file; in pages every other time one that the reading of the page hangs on. */
function placeIn(path: string, size: number, random: Random): number {
  const at = random.below(Math.max(1, size));
  if (!path.endsWith('data.mdb') || random.below(2) === 0) return at;
  return at - (at % pageSize) + random.below(pageHead);
}

async function damage(path: string, random: Random): Promise<string> {
  const { size } = await stat(path);
  const at = placeIn(path, size, random);
  const kind = random.below(10);
  if (kind === 0) {
    await unlink(path);
    return 'missing';
  }
  if (kind < 4) {
    await truncate(path, at);
    return `cut at ${at} of ${size}`;
  }
  const bytes = await readFile(path);
  const bit = random.below(8);
  bytes[at] ^= 1 << bit;
  await writeFile(path, bytes);
  return `bit ${bit} of byte ${at} of ${size}`;
}

async function chooseFile(folder: string, random: Random): Promise<string> {
  if (random.below(3) === 0) return join('documents', 'data.mdb');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.sort()[random.below(files.length)].slice(folder.length + 1);
}

/** Fails unless every answer is what it was or a documented error. */
function expectHonest(answers: Answers, whole: Answers, trial: string): void {
  for (const [name, answer] of Object.entries(whole)) {
    const given = answers[name];
    const isError = typeof given === 'object' && given !== null && 'damage' in given;
    if (!isError && JSON.stringify(given) !== JSON.stringify(answer))
      throw new Error(`${trial}: wrong answer to ${name}`);
  }
}

/** What opening and checking find. */
async function findDamage(folder: string, whole: Answers, trial: string): Promise<{ found: string; lost: boolean }> {
  const failures: TandemError[] = [];
  const documented = (error: unknown): null => {
    if (!(error instanceof TandemError) || error.code === 'internal') throw error;
    failures.push(error);
    return null;
  };
  const answers = await answersOf(folder).catch(documented);
  if (answers !== null) expectHonest(answers, whole, trial);
  const check = await checkIndex(folder).catch(documented);
  const found = [...failures.map(({ message }) => message), ...(check?.problems ?? []).map(({ message }) => message)];
  if (found.length === 0 && JSON.stringify(answers) !== JSON.stringify(whole)) throw new Error(`${trial}: unseen`);
  if (failures.length > 0 && check !== null && check.problems.length === 0)
    throw new Error(`${trial}: the check saw nothing of ${found}`);
  return { found: found.join('; '), lost: check === null || check.problems.some(({ lost }) => lost) };
}

/**
 * Damages one file of a copy of an index in one place. Either opening or checking finds it and names the file, or every answer is what it was; what
 * is derived is then mended.
 * @throws Error when something is answered wrongly, unseen, or not mended
 */
export async function tryDamage(whole: string, answers: Answers, seed: number, n: number): Promise<Trial> {
  const random = seededRandom(Math.imul(seed, 1_000_003) + n);
  const folder = `${whole}.${n}`;
  await cp(whole, folder, { recursive: true });
  const file = await chooseFile(folder, random);
  const how = await damage(join(folder, file), random);
  const trial = `trial ${n} of seed ${seed}: ${file}, ${how}`;
  const { found, lost } = await findDamage(folder, answers, trial);
  const named = found.includes(join(folder, file)) || (file.endsWith('data.mdb') && found.includes('documents'));
  if (found !== '' && !named) throw new Error(`${trial}: not named in ${found}`);
  let repaired: boolean | undefined;
  if (found !== '' && !lost) {
    await repairIndex(folder, letterModel());
    const after = await checkIndex(folder);
    if (after.problems.length > 0) throw new Error(`${trial}: not mended: ${after.problems[0].message}`);
    expectHonest({ ...(await answersOf(folder)), fusion: answers.fusion }, answers, `${trial}, repaired`);
    repaired = true;
  }
  await rm(folder, { recursive: true });
  return { file: file.replace(/\.\d+(?=\/)/, ''), how, found, repaired };
}
