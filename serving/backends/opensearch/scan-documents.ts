import type { DocumentRow } from '../../../src/config/rows.js';
import type { Cluster, Json } from './cluster.js';
import type { ClusterParts } from './cluster-parts.js';
import { decodeEmbedding, decodeRow, type StoredSource } from './encode-document.js';
import type { StoredDocument } from './found-documents.js';
import type { FoundHit, SearchReply } from './reply.js';
import type { SearchedAlias } from './search-index.js';

const atOnce = 500;
const keptFor = '5m';

/** Documents drawn by chance, the same ones each time that there are the same. */
export async function drawDocuments({ search }: SearchedAlias, most: number): Promise<readonly DocumentRow[]> {
  const random = { random_score: { seed: 0, field: 'id' } };
  const [{ hits }] = await search([{ size: most, query: { function_score: random }, _source: ['row'] }]);
  return hits.hits.map(({ _id, _source = {} }) => decodeRow(_id, _source as Partial<StoredSource>));
}

/** All documents as they were at one moment, in the order of their ids. */
export async function* scanDocuments({
  cluster,
  names,
}: Pick<ClusterParts, 'cluster' | 'names'>): AsyncGenerator<readonly StoredDocument[]> {
  const body = { size: atOnce, seq_no_primary_term: true };
  for await (const hits of scanHits(cluster, names.index, body))
    yield hits.map(({ _id, _source = {}, _seq_no = 0, _primary_term = 0 }) => {
      const source = _source as Partial<StoredSource>;
      return {
        row: decodeRow(_id, source),
        ...(source.e !== undefined && { embedding: decodeEmbedding(source.e) }),
        version: { if_seq_no: _seq_no, if_primary_term: _primary_term },
      };
    });
}

/** Hits of all documents as they were at one moment, in the order of their ids by code points. @param body  what is asked of each */
export async function* scanHits(cluster: Cluster, index: string, body: Json): AsyncGenerator<readonly FoundHit[]> {
  const { pit_id: id } = await cluster.ask<{ readonly pit_id: string }>(
    'POST',
    `/${index}/_search/point_in_time`,
    undefined,
    { query: { keep_alive: keptFor } },
  );
  try {
    let after: readonly unknown[] | undefined;
    for (;;) {
      const { hits } = await cluster.ask<SearchReply>(
        'POST',
        '/_search',
        {
          ...body,
          pit: { id, keep_alive: keptFor },
          sort: [{ id: { order: 'asc' } }],
          track_total_hits: false,
          ...(after && { search_after: after }),
        },
        { query: { allow_partial_search_results: false } },
      );
      if (hits.hits.length === 0) return;
      after = hits.hits.at(-1)?.sort;
      yield hits.hits;
    }
  } finally {
    await cluster.ask('DELETE', '/_search/point_in_time', { pit_id: [id] }).catch(() => undefined);
  }
}
