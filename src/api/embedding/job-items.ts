import { type DocumentSource, readDocuments } from '../../../data/read-documents.js';
import { asSource, type QuerySource, readQueryRows } from '../../../data/read-pairs.js';
import type { DeadLetter, EmbeddableRow, JobItem } from '../../../serving/jobs/shards.js';
import type { DocumentRow, QueryRow } from '../../config/rows.js';

/** Reads a file from its beginning, each time it is called. */
export type ReadItems<Row extends EmbeddableRow> = (onNote?: (note: string) => void) => AsyncIterable<JobItem<Row>>;

export const readQueryItems =
  (source: string | QuerySource): ReadItems<QueryRow> =>
  onNote =>
    withDeadLetters(onBadRow => readQueryRows(asSource(source), { onNote, onBadRow }));

export const readDocumentItems =
  (source: string | DocumentSource): ReadItems<DocumentRow> =>
  onNote =>
    withDeadLetters(onBadRow => readDocuments(asSource(source), { onNote, onBadRow }));

/** Rows, and in their places those that cannot be used. */
async function* withDeadLetters<Row extends EmbeddableRow>(
  read: (onBadRow: (dead: DeadLetter) => void) => AsyncIterable<{ readonly row: Row }>,
): AsyncGenerator<JobItem<Row>> {
  const dead: DeadLetter[] = [];
  for await (const { row } of read(letter => dead.push(withoutLargeRow(letter)))) {
    for (const letter of dead.splice(0)) yield { dead: letter };
    yield { row };
  }
  for (const letter of dead) yield { dead: letter };
}

/** Of a row so large, in characters of JSON, only the place is told. */
const largeRow = 4_096;

function withoutLargeRow({ row, ...letter }: DeadLetter): DeadLetter {
  return row === undefined || JSON.stringify(row).length > largeRow ? letter : { ...letter, row };
}
