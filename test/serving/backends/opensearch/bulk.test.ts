import { describe, expect, it } from 'vitest';
import { type BulkChange, writeBulk } from '../../../../serving/backends/opensearch/bulk.js';
import { TandemError } from '../../../../src/errors/tandem-error.js';
import { scriptedCluster } from './scripted-cluster.js';

type Item = Readonly<Record<string, { status: number; [name: string]: unknown }>>;

/** Answers requests one after the other with items, or fails. */
function answering(...answers: readonly (readonly Item[] | TandemError)[]) {
  const left = [...answers];
  return scriptedCluster(() => {
    const answer = left.shift();
    if (answer instanceof TandemError) throw answer;
    return { errors: true, items: answer };
  });
}

const changes: readonly BulkChange[] = [{ id: 'a', put: '{}' }, { delete: 'b' }];
const made = { index: { status: 201, _seq_no: 7, _primary_term: 1 } };
const patient = { visible: false, patienceMs: 5_000 };

describe('writing several changes', () => {
  it('takes the deletion of what is not there for done', async () => {
    const cluster = answering([made, { delete: { status: 404, result: 'not_found', _seq_no: 8, _primary_term: 1 } }]);
    expect(await writeBulk(cluster, 'shop', changes, patient)).toEqual(['1.7', '1.8']);
  });

  it('acknowledges nothing where the alias leads nowhere', async () => {
    const error = { type: 'index_not_found_exception', reason: 'no such index [shop]' };
    const gone = answering([{ index: { status: 404, error } }, { delete: { status: 404, error } }]);
    await expect(writeBulk(gone, 'shop', changes, patient)).rejects.toMatchObject({ code: 'index/not-found' });
  });

  it('offers again what a busy cluster did not take, and that alone', async () => {
    const busy = { status: 429, error: { type: 'rejected_execution_exception', reason: 'full' } };
    const cluster = answering(
      new TandemError('cluster/unreachable', 'no answer'),
      [made, { delete: busy }],
      [{ delete: { status: 200, _seq_no: 9, _primary_term: 2 } }],
    );
    expect(await writeBulk(cluster, 'shop', changes, patient)).toEqual(['1.7', '2.9']);
    expect(cluster.asked.map(({ body }) => body)).toEqual([
      [{ index: { _id: 'a' } }, '{}', { delete: { _id: 'b' } }],
      [{ index: { _id: 'a' } }, '{}', { delete: { _id: 'b' } }],
      [{ delete: { _id: 'b' } }],
    ]);
  });

  it('tells which document is another one by now, and which one cannot be written', async () => {
    const bad = { type: 'mapper_parsing_exception', reason: 'failed to parse' };
    const cluster = answering([{ index: { status: 409, error: {} } }, { delete: { status: 400, error: bad } }]);
    const [first, second] = await writeBulk(cluster, 'shop', changes, patient);
    expect(first).toBe('conflict');
    expect(second).toMatchObject({ code: 'cluster/mapping-conflict', message: 'document "b": failed to parse' });
  });

  it('gives up when patience ends', async () => {
    const lost = new TandemError('cluster/unreachable', 'no answer');
    await expect(writeBulk(answering(lost, lost), 'shop', changes, { visible: true, patienceMs: 0 })).rejects.toBe(
      lost,
    );
  });
});
