import { z } from 'zod';
import type { ErrorCode } from '../src/errors/table.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { ChangeWriter, Receipt } from '../src/search/backend.js';
import { checkDocument, checkId, checkPatch } from '../src/search/check-document.js';
import type { DocumentChange } from '../src/search/patch-documents.js';
import { parseExactJson } from '../src/text/exact-json.js';
import { type Line, readLines } from './lines.js';

/** What came of one line. */
export type LineResult =
  | { readonly line: number; readonly id: string; readonly sequence: Receipt }
  | { readonly line: number; readonly code: ErrorCode; readonly message: string; readonly remedy: string };

/** The last line of the answer. */
export interface BulkSummary {
  readonly done: boolean;
  readonly written: number;
  readonly failed: number;
}

export interface BulkLimits {
  /** bytes of one line */
  readonly line: number;
  /** bytes, and lines, of one request */
  readonly bytes: number;
  readonly lines: number;
}

/** Changes that share a commit, and about how many bytes of them. */
const batchChanges = 64;
const batchBytes = 2 ** 20;
const longestMessage = 300;

const changeSchema = z.union(
  [
    z.strictObject({ put: z.unknown() }),
    z.strictObject({ patch: z.unknown() }),
    z.strictObject({ delete: z.union([z.string(), z.int().transform(String)]) }),
  ],
  { error: 'expected {"put": document}, {"patch": {"id": "id", ...}} or {"delete": "id"}' },
);
const utf8 = new TextDecoder('utf-8', { fatal: true });

interface Pending {
  readonly line: number;
  readonly id: string;
  readonly change: DocumentChange;
}

function parseLine({ number: line, bytes }: Line, limits: BulkLimits): Pending {
  if (bytes === undefined) throw new TandemError('request/too-large', `a line has at most ${limits.line} bytes`);
  let value: unknown;
  try {
    value = parseExactJson(utf8.decode(bytes));
  } catch (error) {
    throw new TandemError('request/invalid', 'not JSON in UTF-8', {}, { cause: error });
  }
  const parsed = changeSchema.safeParse(value);
  if (!parsed.success) throw new TandemError('request/invalid', parsed.error.issues[0].message);
  if ('delete' in parsed.data) {
    const id = checkId(parsed.data.delete);
    return { line, id, change: { delete: id } };
  }
  if ('patch' in parsed.data) {
    const patch = checkPatch(parsed.data.patch);
    return { line, id: patch.id, change: { patch } };
  }
  const document = checkDocument(parsed.data.put);
  return { line, id: document.id, change: { put: document } };
}

/** Makes of a failure what may be told of it; what went wrong inside is not for the network. */
export type Tell = (error: unknown) => TandemError;

const tellInGeneral: Tell = error =>
  error instanceof TandemError ? error : new TandemError('internal', 'unexpected failure');

const asResult = (line: number, { code, message, remedy }: TandemError): LineResult => ({
  line,
  code,
  message: message.slice(0, longestMessage),
  remedy,
});

type EachWriter = Pick<ChangeWriter, 'writeEach'>;

async function writeBatch(writer: EachWriter, batch: readonly Pending[], tell: Tell): Promise<LineResult[]> {
  try {
    const results = await writer.writeEach(batch.map(({ change }) => change));
    return batch.map(({ line, id }, i) => {
      const result = results[i];
      return result instanceof TandemError ? asResult(line, tell(result)) : { line, id, sequence: result };
    });
  } catch (error) {
    const told = tell(error);
    return batch.map(({ line }) => asResult(line, told));
  }
}

/** Ends a stream that goes on past the limit. @throws TandemError 'request/too-large' */
async function* limitBytes(chunks: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > most) throw new TandemError('request/too-large', `a request has at most ${most} bytes`);
    yield chunk;
  }
}

/**
 * Writes the documents of a stream of lines, in their order, a batch to a commit. A bad line is told and passed over.
 * Empty lines are passed over too. At most one batch is held in memory.
 * @yields the result of every line, when it is acknowledged or refused, then the summary; `done` is false where a limit ended it early
 */
export async function* writeLines(
  chunks: AsyncIterable<Buffer>,
  writer: EachWriter,
  limits: BulkLimits,
  tell: Tell = tellInGeneral,
): AsyncGenerator<LineResult | BulkSummary> {
  let [written, failed, last] = [0, 0, 0];
  let batch: Pending[] = [];
  let bytes = 0;
  async function* flush(): AsyncGenerator<LineResult> {
    const results = batch.length === 0 ? [] : await writeBatch(writer, batch, tell);
    batch = [];
    bytes = 0;
    for (const result of results) {
      if ('code' in result) failed++;
      else written++;
      yield result;
    }
  }
  let done = true;
  try {
    for await (const line of readLines(limitBytes(chunks, limits.bytes), limits.line)) {
      if (line.number > limits.lines)
        throw new TandemError('request/too-large', `a request has at most ${limits.lines} lines`);
      last = line.number;
      if (line.bytes?.toString('latin1').trim() === '') continue;
      try {
        batch.push(parseLine(line, limits));
        bytes += line.bytes?.length ?? 0;
      } catch (error) {
        failed++;
        yield asResult(last, tell(error));
      }
      if (batch.length >= batchChanges || bytes >= batchBytes) yield* flush();
    }
  } catch (error) {
    done = false;
    yield* flush();
    yield asResult(last + 1, tell(error));
  }
  yield* flush();
  yield { done, written, failed };
}
