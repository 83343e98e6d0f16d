import { parentPort, workerData } from 'node:worker_threads';
import { loadVectorIndex } from '../../src/vector/load-vector-index.js';
import type { SearcherAsked, SearcherWork } from './searchers.js';

const { folder, queries, width, first, step }: SearcherWork = workerData;
const index = await loadVectorIndex(folder);
const own: Float32Array[] = [];
for (let query = first; query < queries.length / width; query += step)
  own.push(queries.subarray(query * width, (query + 1) * width));

parentPort?.on('message', ({ ef, k }: SearcherAsked) => {
  parentPort?.postMessage(own.map(query => index.search(query, k, { ef }).map(({ id }) => Number(id))));
});
parentPort?.postMessage('open');
