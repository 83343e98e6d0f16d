import type { DocumentRow } from '../../../src/config/rows.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import type { Filter } from '../../../src/query/filter.js';
import { parseFilter } from '../../../src/query/filter-schema.js';
import type {
  ChangeResult,
  ChangeWriter,
  Deletion,
  DeletionOptions,
  DocumentEmbedder,
  Receipt,
} from '../../../src/search/backend.js';
import { mostDeletable, tooMany, usuallyDeletable } from '../../../src/search/delete-matching.js';
import type { WriteLimits } from '../../../src/search/patch-documents.js';
import { type DocumentChange, resolvePatches, type WholeChange } from '../../../src/search/patch-documents.js';
import { checkChanges } from '../../../src/search/writable-index.js';
import { type BulkChange, type BulkResult, writeBulk } from './bulk.js';
import { filterQueries } from './clause-query.js';
import { type ClusterParts, partSource } from './cluster-parts.js';
import { documentEncoder, type EncodeDocument } from './encode-document.js';
import { readDocuments, type StoredDocument } from './found-documents.js';
import { searchPart, settled } from './part.js';
import type { PresentSettings, SettingsSource } from './settings.js';

/** Times that a change is made anew where others wrote to the same documents meanwhile. */
const mostTries = 20;
/** Documents that a deletion reads at once. */
const deletedAtOnce = 5_000;

type Outcome = Receipt | TandemError;

export interface WriterOptions {
  readonly parts: ClusterParts;
  readonly settings: SettingsSource;
  readonly embedder?: DocumentEmbedder;
  /** told when something was written */
  readonly onWritten: () => void;
}

/**
 * Writes documents, each whole or not at all. What is wrong with a change is told before any is made; several that are right are not made in one commit, as
 * a cluster has none: where it fails between them the error names the first one that was not made.
 * @param within  the documents that may be seen and written
 */
export function clusterWriter(options: WriterOptions, within?: Filter): ChangeWriter {
  const { parts, settings, embedder, onWritten } = options;
  const { cluster, names } = parts;

  /** Makes changes, again those that meet a document that was changed after it was read. @param inPart  leave out what cannot be made */
  async function make(changes: readonly DocumentChange[], inPart: boolean): Promise<readonly Outcome[]> {
    const present = await settings.present();
    const encode = documentEncoder(parts.meta.indexing, present.chains);
    const reads = within !== undefined || changes.some(change => 'patch' in change);
    const outcomes = new Map<DocumentChange, Outcome>();
    let left = changes;
    for (let attempt = 0; attempt < mostTries; attempt++) {
      const before = reads ? await readDocuments(cluster, names.index, [...new Set(left.map(idOf))]) : undefined;
      const limits = within && (await limitsOf(present, within, before));
      const resolved = resolvePatches(left, id => before?.get(id)?.row, limits);
      const refused = resolved.find(change => change instanceof TandemError);
      if (refused !== undefined && !inPart) throw refused;
      const whole = lastOfEach(resolved);
      // nor is deleted what another one puts there meanwhile
      for (const [id, change] of whole) if ('delete' in change && before && !before.has(id)) whole.delete(id);
      const results = await write([...whole.values()], encode, before).finally(onWritten);
      const byId = new Map([...whole.keys()].map((id, i) => [id, results[i]]));
      for (const [i, change] of left.entries()) {
        const refusal = resolved[i];
        outcomes.set(change, refusal instanceof TandemError ? refusal : (byId.get(idOf(change)) ?? 'nothing to do'));
      }
      left = left.filter(change => byId.get(idOf(change)) === 'conflict');
      if (left.length === 0) return changes.map(change => outcomes.get(change) as Outcome);
    }
    throw new TandemError('server/overloaded', 'others write to the same documents without a pause');
  }

  async function write(
    changes: readonly WholeChange[],
    encode: EncodeDocument,
    before: ReadonlyMap<string, StoredDocument> | undefined,
  ): Promise<readonly BulkResult[]> {
    const rows = changes.flatMap(change => ('put' in change ? [change.put] : []));
    const embeddings = rows.length > 0 ? await embedder?.embedDocuments(rows) : undefined;
    let row = 0;
    const bulk = changes.map((change): BulkChange => {
      const id = idOf(change);
      const version = before?.get(id)?.version;
      if ('delete' in change) return { delete: id, ...(version && { if: version }) };
      const condition = before && { if: version ?? ({ op_type: 'create' } as const) };
      const width = embedder?.width ?? 0;
      const embedding = embeddings?.slice(row * width, (row + 1) * width);
      row++;
      return { id, put: JSON.stringify(encode(change.put, embedding)), ...condition };
    });
    return writeBulk(cluster, names.writing, bulk, { visible: true });
  }

  async function limitsOf(
    present: PresentSettings,
    filter: Filter,
    before: ReadonlyMap<string, StoredDocument> | undefined,
  ): Promise<WriteLimits> {
    const { tokens } = searchPart(await partSource(parts, present));
    const holds = (document: DocumentRow): boolean => tokens.passes(document, filter);
    return {
      holds,
      isForeign: id => {
        const row = before?.get(id)?.row;
        return row !== undefined && !holds(row);
      },
    };
  }

  async function deleteMatching(
    filter: Filter,
    { most = usuallyDeletable, dryRun = false }: DeletionOptions = {},
  ): Promise<Deletion> {
    if (!(Number.isInteger(most) && most >= 1 && most <= mostDeletable))
      throw new TandemError('request/invalid', `most: it must be a whole number in [1, ${mostDeletable}], got ${most}`);
    const checked = parseFilter(filter);
    if (checked.length === 0)
      throw new TandemError('request/invalid', 'filter: it has no clause, so it names no document');
    const source = await partSource(parts, await settings.present());
    const { result: query } = await settled(source, ({ tokens, lookups }) => {
      const plan = tokens.prepare({ query: { all: {} }, filter: [...(within ?? []), ...checked] }).plan();
      return { bool: { filter: filterQueries(plan.filter, lookups) } };
    });
    const [counted] = await parts.searched.search([{ size: 0, track_total_hits: true, query }]);
    const matched = counted.hits.total?.value ?? 0;
    if (dryRun) return { matched, deleted: 0 };
    if (matched > most) throw tooMany(matched, most);
    if (matched === 0) return { matched, deleted: 0, receipt: 'nothing to do' };
    let [offered, deleted] = [0, 0];
    let receipt: Receipt = 'nothing to do';
    let after: readonly unknown[] | undefined;
    // documents that are written meanwhile make it no more than was allowed
    while (offered < most) {
      const [{ hits }] = await parts.searched.search([
        {
          size: Math.min(deletedAtOnce, most - offered),
          query,
          _source: false,
          seq_no_primary_term: true,
          sort: [{ id: { order: 'asc' } }],
          ...(after && { search_after: after }),
        },
      ]);
      if (hits.hits.length === 0) break;
      offered += hits.hits.length;
      after = hits.hits.at(-1)?.sort;
      const changes = hits.hits.map(
        ({ _id, _seq_no = 0, _primary_term = 0 }): BulkChange => ({
          delete: _id,
          if: { if_seq_no: _seq_no, if_primary_term: _primary_term },
        }),
      );
      for (const result of await writeBulk(cluster, names.writing, changes, { visible: true }).finally(onWritten)) {
        if (result instanceof TandemError) throw result;
        // what was written anew meanwhile may meet the filter no more
        if (result === 'conflict') continue;
        deleted++;
        receipt = result;
      }
    }
    return { matched, deleted, receipt };
  }

  return {
    write: async changes => {
      const checked = checkChanges(changes);
      if (checked.length === 0) return 'nothing to do';
      const outcomes = await make(checked, false);
      const failed = outcomes.find(outcome => outcome instanceof TandemError);
      if (failed !== undefined) throw failed;
      return outcomes[outcomes.length - 1] as Receipt;
    },
    writeEach: async changes => {
      const checked = checkChanges(changes);
      return checked.length === 0 ? [] : ((await make(checked, true)) as readonly ChangeResult[]);
    },
    deleteMatching,
  };
}

const idOf = (change: DocumentChange): string =>
  'put' in change ? change.put.id : 'patch' in change ? change.patch.id : change.delete;

/** What is left of several changes of one id. */
function lastOfEach(resolved: readonly (WholeChange | TandemError | undefined)[]): Map<string, WholeChange> {
  const last = new Map<string, WholeChange>();
  for (const change of resolved) {
    if (change === undefined || change instanceof TandemError) continue;
    last.delete(idOf(change));
    last.set(idOf(change), change);
  }
  return last;
}
