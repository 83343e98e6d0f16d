import { open } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { writeFileAtomically } from '../../src/files/atomic.js';
import { asTable, fromTable, joinEmbeddings, type RowEmbeddings } from './deep/embeddings.js';
import type { RankingRows } from './rows.js';

/** Rows with the queries and documents that they are of. */
export interface LoggedRows extends RankingRows {
  /** ids, in the order of `groups` */
  readonly queries: readonly string[];
  /** ids, by row */
  readonly documents: readonly string[];
  /** by row: NaN where nobody has judged the document for the query; `gains` is 0 there */
  readonly judged: Float64Array;
  /** by query: what nDCG@10 of a perfect ranking of all that was judged counts, retrieved or not */
  readonly ideal: Float64Array;
  /** of queries and documents, where a network is to learn from them */
  readonly embeddings?: RowEmbeddings;
}

const headerSchema = z.strictObject({
  format: z.literal('tandem-ranking-rows'),
  version: z.literal(1),
  features: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        kind: z.enum(['number', 'category']),
        monotone: z.union([z.literal(-1), z.literal(0), z.literal(1)]).optional(),
      }),
    )
    .min(1)
    .max(10_000),
  queries: z.array(z.string()),
  /** rows by query */
  counts: z.array(z.int().min(0)),
  documents: z.array(z.string()),
  /** D, and how many documents have an embedding */
  embeddings: z.strictObject({ width: z.int().min(1).max(65_536), documents: z.int().min(0) }).optional(),
});

/**
 * Writes rows: one line of JSON that says what they are, then little-endian numbers: what was judged as float64 [rows], the ideal as float64 [queries], and each
 * feature as float32 [rows]. With embeddings the number of that of each row as int32 [rows], those of the queries as int16 [queries * D], in 1/32767, and those of
 * the documents, each once.
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function writeRows(path: string, rows: LoggedRows): Promise<void> {
  const { features, queries, documents, groups, judged, ideal, columns, embeddings } = rows;
  const counts = queries.map((_, query) => groups[query + 1] - groups[query]);
  const table = embeddings && asTable(embeddings);
  const sizes = embeddings &&
    table && { width: embeddings.width, documents: table.documents.length / embeddings.width };
  const header = {
    ...{ format: 'tandem-ranking-rows', version: 1, features, queries, counts, documents },
    ...(sizes && { embeddings: sizes }),
  };
  await writeFileAtomically(path, async handle => {
    await handle.writeFile(`${JSON.stringify(headerSchema.parse(header))}\n`);
    const kept = table === undefined ? [] : [table.slots, table.queries, table.documents];
    for (const numbers of [judged, ideal, ...columns, ...kept])
      await handle.writeFile(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  });
}

const firstLineAtMost = 512 * 2 ** 20;

/** @throws TandemError 'data/not-found' | 'ranker/damaged' */
export async function readRows(path: string): Promise<LoggedRows> {
  const damaged = (reason: string): TandemError => new TandemError('ranker/damaged', `${path}: ${reason}`, { path });
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  try {
    const { size } = await handle.stat();
    const line = await firstLine(handle, Math.min(size, firstLineAtMost));
    if (line === undefined) throw damaged('no rows that `tandem rank rows` wrote');
    const header = parseHeader(line.toString('utf8'));
    if (header === undefined) throw damaged('no rows that `tandem rank rows` wrote');
    const { features, queries, counts, documents, embeddings: sizes } = header;
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const embedded = sizes === undefined ? 0 : 4 * rows + 2 * sizes.width * (queries.length + sizes.documents);
    const expected = line.length + 1 + 8 * (rows + queries.length) + 4 * rows * features.length + embedded;
    if (documents.length !== rows || counts.length !== queries.length || size !== expected)
      throw damaged(`${size} bytes where ${expected} belong`);
    let at = line.length + 1;
    const take = async <T extends Float64Array | Float32Array | Int32Array | Int16Array>(numbers: T): Promise<T> => {
      const bytes = new Uint8Array(numbers.buffer);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(2 ** 30, bytes.length - done), at + done);
        if (bytesRead === 0) throw damaged('it ends too early');
        done += bytesRead;
      }
      at += bytes.length;
      return numbers;
    };
    const judged = await take(new Float64Array(rows));
    const ideal = await take(new Float64Array(queries.length));
    const columns: Float32Array[] = [];
    for (let feature = 0; feature < features.length; feature++) columns.push(await take(new Float32Array(rows)));
    const embeddings =
      sizes &&
      fromTable(
        {
          slots: await take(new Int32Array(rows)),
          queries: await take(new Int16Array(queries.length * sizes.width)),
          documents: await take(new Int16Array(sizes.documents * sizes.width)),
        },
        sizes.width,
      );
    if (sizes !== undefined && embeddings === undefined) throw damaged('embeddings that it does not have');
    const groups = new Uint32Array(queries.length + 1);
    counts.forEach((count, query) => {
      groups[query + 1] = groups[query] + count;
    });
    const read = { features, columns, gains: gainsOf(judged), groups, queries, documents, judged, ideal };
    return embeddings === undefined ? read : { ...read, embeddings };
  } finally {
    await handle.close();
  }
}

/** What nobody has judged counts nothing, nor does what was judged to be bad. */
export const gainsOf = (judged: Float64Array): Float64Array =>
  judged.map(gain => (Number.isNaN(gain) ? 0 : Math.max(0, gain)));

async function firstLine(handle: Awaited<ReturnType<typeof open>>, most: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  for (let at = 0; at < most; ) {
    const part = Buffer.alloc(Math.min(2 ** 20, most - at));
    const { bytesRead } = await handle.read(part, 0, part.length, at);
    if (bytesRead === 0) return undefined;
    const end = part.subarray(0, bytesRead).indexOf(10);
    parts.push(part.subarray(0, end < 0 ? bytesRead : end));
    if (end >= 0) return Buffer.concat(parts);
    at += bytesRead;
  }
  return undefined;
}

function parseHeader(text: string): z.infer<typeof headerSchema> | undefined {
  try {
    const parsed = headerSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Rows one behind the other; they have the same features. @throws TandemError 'ranker/damaged' */
export function joinRows(parts: readonly LoggedRows[]): LoggedRows {
  const [first] = parts;
  const names = ({ features }: LoggedRows): string => features.map(({ name, kind }) => `${kind} ${name}`).join('\n');
  for (const part of parts)
    if (names(part) !== names(first))
      throw new TandemError(
        'ranker/damaged',
        'the files of rows have different features; write them with the same ones',
      );
  const rows = parts.reduce((sum, { judged }) => sum + judged.length, 0);
  const columns = first.features.map((_, feature) => {
    const column = new Float32Array(rows);
    let at = 0;
    for (const part of parts) {
      column.set(part.columns[feature], at);
      at += part.judged.length;
    }
    return column;
  });
  const groups: number[] = [0];
  for (const part of parts) {
    const base = groups[groups.length - 1];
    for (let query = 1; query < part.groups.length; query++) groups.push(base + part.groups[query]);
  }
  const joined = (numbers: (part: LoggedRows) => Float64Array): Float64Array =>
    Float64Array.from(parts.flatMap(part => [...numbers(part)]));
  const judged = joined(part => part.judged);
  const embeddings = joinEmbeddings(parts.map(part => part.embeddings));
  return {
    features: first.features,
    columns,
    judged,
    gains: gainsOf(judged),
    ideal: joined(part => part.ideal),
    groups: Uint32Array.from(groups),
    queries: parts.flatMap(({ queries }) => queries),
    documents: parts.flatMap(({ documents }) => documents),
    ...(embeddings && { embeddings }),
  };
}
