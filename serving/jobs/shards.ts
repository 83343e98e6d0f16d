import { addCounts, noTexts, type TextCounts } from '../../models/runtime/text-counts.js';
import type { DocumentRow, QueryRow } from '../../src/config/rows.js';

/** A row that cannot be embedded, and why. */
export interface DeadLetter {
  readonly path: string;
  /** of the file, counted from 1 */
  readonly line: number;
  readonly reason: string;
  /** as it stands in the file; absent where that cannot be read */
  readonly row?: Readonly<Record<string, unknown>>;
}

export type EmbeddableRow = QueryRow | DocumentRow;

/** What is read of a file: a row, or one that cannot be used. */
export type JobItem<Row extends EmbeddableRow = EmbeddableRow> = { readonly row: Row } | { readonly dead: DeadLetter };

/** Consecutive rows of the input: what is embedded and kept as a whole. */
export interface Shard<Row extends EmbeddableRow = EmbeddableRow> {
  /** from 0 */
  readonly number: number;
  readonly rows: readonly Row[];
  readonly deadLetters: readonly DeadLetter[];
}

/** What became of a shard. */
export interface ShardCounts {
  readonly rows: number;
  /** of them those in which the model can read nothing */
  readonly nothingToEmbed: number;
  readonly deadLetters: number;
  readonly texts: TextCounts;
}

export const sumOfShards = (shards: readonly ShardCounts[]): ShardCounts =>
  shards.reduce(
    (sum, { rows, nothingToEmbed, deadLetters, texts }) => ({
      rows: sum.rows + rows,
      nothingToEmbed: sum.nothingToEmbed + nothingToEmbed,
      deadLetters: sum.deadLetters + deadLetters,
      texts: addCounts(sum.texts, texts),
    }),
    { rows: 0, nothingToEmbed: 0, deadLetters: 0, texts: noTexts },
  );

/** A shard is full at so many rows, or at so many characters: rows may carry pictures. */
const shardItems = 4096;
const shardCharacters = 16 * 2 ** 20;

/** Cuts what is read into shards. The same input gives the same shards. */
export async function* inShards<Row extends EmbeddableRow>(
  items: AsyncIterable<JobItem<Row>>,
  most = shardItems,
): AsyncGenerator<Shard<Row>> {
  let number = 0;
  let held: JobItem<Row>[] = [];
  let characters = 0;
  const cut = (): Shard<Row> => {
    const rows = held.flatMap(item => ('row' in item ? [item.row] : []));
    const deadLetters = held.flatMap(item => ('dead' in item ? [item.dead] : []));
    held = [];
    characters = 0;
    return { number: number++, rows, deadLetters };
  };
  for await (const item of items) {
    held.push(item);
    characters += charactersOf('row' in item ? item.row : item.dead);
    if (held.length >= most || characters >= shardCharacters) yield cut();
  }
  if (held.length > 0) yield cut();
}

/** Characters of the strings in a value, and one for whatever else it holds. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + charactersOf(part), 0);
}
