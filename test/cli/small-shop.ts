import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const jsonl = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('');

export const documents = [
  { id: 'hose', title: 'Garden hose', description: 'for watering', country: 'us', price: 20 },
  { id: 'chair', title: 'Garden chair', country: 'us', price: 50 },
  { id: 'boots', title: 'Rubber boots', country: 'de', price: 30 },
];

/** Writes three documents, two judged queries and forty pairs. */
export async function writeSmallShop(folder: string): Promise<void> {
  await writeFile(join(folder, 'documents.jsonl'), jsonl(documents));
  await writeFile(
    join(folder, 'queries.jsonl'),
    jsonl([
      { id: 'q1', text: 'hoses' },
      { id: 'q2', text: 'chairs' },
    ]),
  );
  await writeFile(join(folder, 'qrels.trec'), 'q1 0 hose 1\nq2 0 boots 1\n');
  const pairs = Array.from({ length: 40 }, (_, i) => ({ query: `query ${i}`, documentId: 'hose' }));
  await writeFile(join(folder, 'pairs.jsonl'), jsonl(pairs));
}
