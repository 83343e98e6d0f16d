import { setTimeout as sleep } from 'node:timers/promises';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { Cluster, Json } from './cluster.js';
import { type Reason, reasonError } from './cluster-error.js';

/** One change as a cluster takes it, what is put as the text of its JSON; the same one twice is the same as once. */
export type BulkChange =
  | { readonly put: string; readonly id: string; readonly if?: WriteCondition }
  | { readonly delete: string; readonly if?: WriteCondition };

/** Made only where the document is still the one that was read, or is absent still. */
export type WriteCondition = WrittenVersion | Absence | RowVersion;

export interface WrittenVersion {
  readonly if_seq_no: number;
  readonly if_primary_term: number;
}

/** Put only where there is no document of this id. */
export interface Absence {
  readonly op_type: 'create';
}

/** Made only where no later row of its id was written; of several rows the last one stands, in whatever order they arrive. */
export interface RowVersion {
  readonly version: number;
  readonly version_type: 'external';
}

/** What came of a change: a sign of the writing; or why it was not made; `conflict` where the document is another one by now. */
export type BulkResult = string | TandemError | 'conflict';

interface BulkItem {
  readonly _seq_no?: number;
  readonly _primary_term?: number;
  readonly status: number;
  readonly error?: Reason;
}

interface BulkReply {
  readonly errors: boolean;
  readonly items: readonly Readonly<Record<string, BulkItem>>[];
}

export interface BulkOptions {
  /** the reply comes when searches find what was written */
  readonly visible: boolean;
  /** for which what a busy cluster refuses is offered again, milliseconds */
  readonly patienceMs?: number;
}

const usualPatienceMs = 60_000;
/** A busy cluster answers late; asked again meanwhile it would have twice the work. */
const leastTimeoutMs = 60_000;

/** Bytes of the documents of one request, about. */
export const bulkBytes = 2 ** 21;
const [firstPauseMs, longestPauseMs] = [50, 2_000];

const idOf = (change: BulkChange): string => ('put' in change ? change.id : change.delete);

/**
 * Writes changes in their order. What a busy cluster, or a node that has just gone, does not take is offered again, later and later; whatever is written
 * twice is written once.
 * @throws TandemError 'cluster/unreachable' | 'cluster/incomplete' where nothing could be asked for as long as patience lasts; 'index/not-found' where the
 *   alias leads nowhere
 */
export async function writeBulk(
  cluster: Cluster,
  index: string,
  changes: readonly BulkChange[],
  { visible, patienceMs = usualPatienceMs }: BulkOptions,
): Promise<readonly BulkResult[]> {
  const results: BulkResult[] = changes.map(() => new TandemError('cluster/refused', 'nothing was answered'));
  const end = performance.now() + patienceMs;
  let left = changes.map((_, i) => i);
  for (let pause = firstPauseMs; left.length > 0; pause = Math.min(longestPauseMs, 2 * pause)) {
    const lines = left.flatMap(i => linesOf(changes[i]));
    const query = { require_alias: true, ...(visible && { refresh: 'wait_for' }) };
    const reply = await cluster
      .askLines<BulkReply>(`/${index}/_bulk`, lines, {
        query,
        timeoutMs: Math.max(leastTimeoutMs, patienceMs),
        again: false,
      })
      .catch((error: TandemError) => {
        if (!isPassing(error) || performance.now() > end) throw error;
        return undefined;
      });
    const again: number[] = [];
    if (reply === undefined) again.push(...left);
    else
      left.forEach((i, place) => {
        const [item] = Object.values(reply.items[place]);
        const result = resultOf(item, idOf(changes[i]));
        // no document is to blame: what is written to is gone, or is not the active generation any more
        if (result instanceof TandemError && result.code === 'index/not-found') throw result;
        results[i] = result;
        if (result instanceof TandemError && isPassing(result) && performance.now() < end) again.push(i);
      });
    left = again;
    if (left.length > 0) await sleep(pause * (0.5 + Math.random() / 2));
  }
  return results;
}

const isPassing = ({ code }: TandemError): boolean =>
  code === 'server/overloaded' || code === 'cluster/unreachable' || code === 'cluster/incomplete';

function linesOf(change: BulkChange): (Json | string)[] {
  if ('put' in change) return [{ index: { _id: change.id, ...change.if } }, change.put];
  return [{ delete: { _id: change.delete, ...change.if } }];
}

function resultOf({ status, error, _seq_no, _primary_term }: BulkItem, id: string): BulkResult {
  if (status === 409) return 'conflict';
  // the deletion of a document that is not there is none, though its status is 404
  if (error === undefined) return `${_primary_term ?? 0}.${_seq_no ?? 0}`;
  const failed = reasonError(status, error);
  return new TandemError(failed.code, `document ${JSON.stringify(id)}: ${failed.message}`, failed.details);
}
