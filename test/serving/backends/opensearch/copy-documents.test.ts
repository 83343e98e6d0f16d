import { describe, expect, it } from 'vitest';
import { copyDocuments } from '../../../../serving/backends/opensearch/copy-documents.js';
import type { CopyRound } from '../../../../serving/backends/opensearch/mapping.js';
import { indexNames } from '../../../../serving/backends/opensearch/names.js';
import type { ClusterGeneration } from '../../../../serving/backends/opensearch/read-meta.js';
import { resolveAttributeWeight } from '../../../../src/config/indexing.js';
import { createChains } from '../../../../src/lexical/analysis-chains.js';
import { indexing } from '../../../search/fixture.js';
import { scriptedCluster } from './scripted-cluster.js';

const given = indexing();
const names = indexNames('shop');
const generation = (number: number, copied: readonly CopyRound[]): ClusterGeneration => ({
  ...{ index: names.generation(number), number, active: false, previous: false },
  meta: {
    ...{ format: 1, tandem: '0', created: `${number}`, modelId: null, width: null, whole: true, duplicates: 0, copied },
    indexing: { ...given, fusionWeight: 0, attributeWeight: resolveAttributeWeight(given) },
  },
});
const inRound = (round: number, sequence: number): number => round * 2 ** 40 + sequence;

interface Held {
  readonly _id: string;
  readonly _seq_no: number;
  readonly _version: number;
}

/** @returns ids and versions of what was written */
async function copied(
  round: number,
  source: ClusterGeneration & { readonly held: readonly Held[] },
  target: ClusterGeneration & { readonly held: readonly Held[] },
): Promise<unknown[]> {
  const written: unknown[] = [];
  const cluster = scriptedCluster(({ path, body }) => {
    if (path.endsWith('/point_in_time')) return { pit_id: path.split('/')[1] };
    if (path === '/_search') {
      const { pit, search_after: after } = body as { pit: { id: string }; search_after?: unknown };
      const { held } = pit.id === source.index ? source : target;
      return { hits: { hits: after === undefined ? held.map(hit => ({ ...hit, sort: [hit._id] })) : [] } };
    }
    if (path.endsWith('/_mget')) {
      const { ids } = body as { ids: readonly string[] };
      const docs = source.held.filter(({ _id }) => ids.includes(_id));
      return {
        docs: docs.map(each => ({
          ...{ ...each, found: true, _primary_term: 1 },
          _source: { row: JSON.stringify({ id: each._id, title: 'A hose' }) },
        })),
      };
    }
    if (!path.endsWith('/_bulk')) return {};
    const puts = (body as readonly { index?: unknown }[]).flatMap(({ index }) => (index === undefined ? [] : [index]));
    written.push(...puts);
    return { errors: false, items: puts.map(() => ({ index: { status: 200 } })) };
  });
  await copyDocuments(cluster, round, { names, source, target, chains: createChains('en') });
  return written;
}

describe('documents of a generation that are copied to another', () => {
  const first = generation(1, [{ from: '2', round: 2 }]);
  const second = generation(2, [
    { from: '1', round: 1 },
    { from: '1', round: 3 },
  ]);
  const copies = (...held: Held[]) => ({ ...second, held });
  const originals = (...held: Held[]) => ({ ...first, held });

  it('are those that changed since', async () => {
    const same = { _id: 'same', _seq_no: 3, _version: 1 };
    const back = { _id: 'back', _seq_no: 8, _version: inRound(2, 9) };
    const changed = { _id: 'changed', _seq_no: 10, _version: 2 };
    const there = [
      { _id: 'back', _seq_no: 9, _version: inRound(1, 2) + 1 },
      { _id: 'changed', _seq_no: 1, _version: inRound(1, 4) },
      { _id: 'same', _seq_no: 2, _version: inRound(1, 3) },
    ];
    expect(await copied(3, originals(back, changed, same), copies(...there))).toEqual([
      { _id: 'changed', version: inRound(3, 10), version_type: 'external' },
    ]);
  });

  it('are told from what was written to the copy before it was copied back', async () => {
    // copied when its sequence number was 5, written to twice, copied back, and written to there, which came to the number 7
    const written = { _id: 'x', _seq_no: 7, _version: inRound(2, 9) + 1 };
    const before = { _id: 'x', _seq_no: 9, _version: inRound(1, 5) + 2 };
    expect(await copied(3, originals(written), copies(before))).toEqual([
      { _id: 'x', version: inRound(3, 7), version_type: 'external' },
    ]);
    // the same while it is copied back
    const later = { _id: 'x', _seq_no: 10, _version: inRound(1, 5) + 2 };
    const [source, target] = [copies(later), originals({ ...written, _version: inRound(2, 9) })];
    expect(await copied(2, source, target)).toEqual([{ _id: 'x', version: inRound(2, 10), version_type: 'external' }]);
  });
});
