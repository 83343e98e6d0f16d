import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { loadTokenIndex, type TokenIndex } from '../lexical/token-index.js';
import type { DocumentStore } from '../store/document-store.js';
import { isZero } from '../vector/cosine.js';
import { loadVectorIndex } from '../vector/load-vector-index.js';
import type { VectorIndex } from '../vector/vector-index.js';
import { verifyChecksums } from './checksums.js';
import { derivedFolders, type Manifest, readManifest } from './manifest.js';
import { openIndexStore } from './open-parts.js';
import { replayChanges } from './replay.js';
import { readFusionCurve } from './tuned-fusion.js';

/** Something wrong with an index. Tokens and vectors can be made anew from the documents, embeddings by the model; the documents cannot. */
export interface IndexProblem {
  readonly part: 'documents' | 'tokens' | 'vectors' | 'fusion';
  readonly message: string;
  /** the truth itself is altered: no repair brings it back, a snapshot does */
  readonly lost?: true;
}

export interface IndexCheck {
  readonly documents: number;
  /** of them those that have no place among the vectors, because the model can read nothing in them */
  readonly nothingToEmbed: number;
  /** last commit of the store, and the last one that the saved tokens and vectors have seen */
  readonly sequence: number;
  readonly savedSequence: number;
  readonly revision: number;
  /** empty = all parts are whole and hold the same documents */
  readonly problems: readonly IndexProblem[];
}

/** Ids named in a message; there may be millions. */
const named = 3;

/** Runs a step of the check; what it finds damaged becomes a problem of that part. @returns null then */
async function attempt<T>(
  problems: IndexProblem[],
  part: IndexProblem['part'],
  step: () => T | Promise<T>,
): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof TandemError && error.status < 500) throw error;
    const inStore = error instanceof TandemError && error.code === 'index/documents-damaged';
    const message = error instanceof Error ? error.message : String(error);
    problems.push(inStore ? { part: 'documents', message, lost: true } : { part, message });
    return null;
  }
}

interface StoredIds {
  readonly all: readonly string[];
  readonly embedded: ReadonlySet<string>;
  /** documents whose embedding is all zeros */
  readonly nothingToEmbed: number;
  /** whose embedding cannot be read: vectors may well hold them */
  readonly unread: ReadonlySet<string>;
}

/** Reads everything that the store holds. */
function readStore(store: DocumentStore, width: number | null, problems: IndexProblem[]): StoredIds {
  const all: string[] = [];
  const embedded = new Set<string>();
  const without: string[] = [];
  let nothingToEmbed = 0;
  const altered = { document: [] as string[], embedding: [] as string[] };
  for (const { id, embedding } of store.entries((each, what) => altered[what].push(each))) {
    all.push(id);
    if (width === null) continue;
    if (embedding?.length !== width || !embedding.every(Number.isFinite)) without.push(id);
    else if (isZero(embedding)) nothingToEmbed++;
    else embedded.add(id);
  }
  all.push(...altered.document);
  if (all.length !== store.count())
    problems.push({
      part: 'documents',
      message: `${all.length} documents are there, ${store.count()} were counted`,
      lost: true,
    });
  tell(problems, 'documents', altered.document, 'whose record is altered', true);
  tell(problems, 'documents', without, 'without a sound embedding');
  return { all, embedded, nothingToEmbed, unread: new Set([...altered.document, ...altered.embedding]) };
}

function tell(
  problems: IndexProblem[],
  part: IndexProblem['part'],
  ids: readonly string[],
  what: string,
  lost = false,
): void {
  if (ids.length === 0) return;
  const examples = ids
    .slice(0, named)
    .map(id => JSON.stringify(id))
    .join(', ');
  const message = `${ids.length} documents ${what}: ${examples}${ids.length > named ? ', ...' : ''}`;
  problems.push(lost ? { part, message, lost } : { part, message });
}

async function checkFiles(folder: string, manifest: Manifest, problems: IndexProblem[]): Promise<void> {
  const { vectors } = derivedFolders(manifest.revision, manifest.generation);
  for (const [name, checksum] of Object.entries(manifest.files)) {
    const part = name.startsWith(`${vectors}/`) ? 'vectors' : 'tokens';
    await attempt(problems, part, () => verifyChecksums(folder, { [name]: checksum }));
  }
}

function compareIds(
  stored: StoredIds,
  tokens: TokenIndex | null,
  vectors: VectorIndex | null,
  problems: IndexProblem[],
): void {
  const compare = (part: 'tokens' | 'vectors', ids: readonly string[], size: number, has: (id: string) => boolean) => {
    const missing = ids.filter(id => !has(id));
    tell(problems, part, missing, 'are missing');
    const unread = part === 'vectors' ? [...stored.unread].filter(has).length : 0;
    const surplus = size - (ids.length - missing.length) - unread;
    const lacking = part === 'vectors' ? 'has no embedding of' : 'does not have';
    if (surplus > 0) problems.push({ part, message: `${surplus} documents that the store ${lacking}` });
  };
  if (tokens !== null) compare('tokens', stored.all, tokens.size, id => tokens.has(id));
  if (vectors !== null) compare('vectors', [...stored.embedded], vectors.size, id => vectors.has(id));
}

async function checkRevision(folder: string, manifest: Manifest): Promise<IndexCheck> {
  const problems: IndexProblem[] = [];
  const found = { revision: manifest.revision, savedSequence: manifest.store.sequence };
  const at = derivedFolders(manifest.revision, manifest.generation);
  await checkFiles(folder, manifest, problems);
  await attempt(problems, 'fusion', () => readFusionCurve(folder));
  const whole = (part: IndexProblem['part']): boolean => problems.every(problem => problem.part !== part);
  const tokens = whole('tokens')
    ? await attempt(problems, 'tokens', () => loadTokenIndex(join(folder, at.tokens)))
    : null;
  const vectors =
    manifest.width !== null && whole('vectors')
      ? await attempt(problems, 'vectors', () => loadVectorIndex(join(folder, at.vectors)))
      : null;
  // after the derived parts: what a writer commits meanwhile is replayed into them
  const store = await attempt(problems, 'documents', () =>
    openIndexStore(folder, manifest, { readOnly: true, thorough: true }),
  );
  if (store === null) return { ...found, documents: 0, nothingToEmbed: 0, sequence: 0, problems };
  try {
    const sequence = store.sequence();
    const replayed = await attempt(problems, 'tokens', () => {
      replayChanges(store, manifest.store.sequence, tokens, vectors);
      return true;
    });
    const stored = await attempt(problems, 'documents', () => readStore(store, manifest.width, problems));
    if (stored !== null && replayed) compareIds(stored, tokens, vectors, problems);
    const counted = { documents: stored?.all.length ?? 0, nothingToEmbed: stored?.nothingToEmbed ?? 0 };
    return { ...found, ...counted, sequence, problems };
  } finally {
    await store.close();
  }
}

/**
 * Compares the store, the tokens and the vectors of an index: checksums, commits seen, and that every document is in all three.
 * It may be read and written by others meanwhile.
 * @throws TandemError 'index/not-found' | 'index/unsupported-version' | 'index/manifest-damaged'
 */
export async function checkIndex(folder: string): Promise<IndexCheck> {
  for (;;) {
    const manifest = await readManifest(folder);
    const check = await checkRevision(folder, manifest);
    // what was looked at may have been taken away by a writer that has saved newer parts
    if (check.problems.length === 0 || (await readManifest(folder)).revision === manifest.revision) return check;
  }
}
