import { z } from 'zod';
import { defineCommand } from '../command.js';
import { path, wholeNumber } from '../flags.js';

const shares = z
  .string()
  .transform(text => text.split(',').map(Number))
  .refine(parts => parts.length === 3 && parts.every(part => part >= 0 && part <= 1), {
    error: 'expected three shares, train,validation,test, such as .9,.05,.05',
  })
  .transform(([train, validation, test]) => ({ train, validation, test }));

export const prepareCommand = defineCommand({
  name: 'prepare',
  summary: 'Read documents and pairs, split them by query, and write what training and evaluation read.',
  example: 'tandem prepare --documents products.csv --pairs clicks.jsonl --out out/data',
  flags: {
    documents: { value: 'FILE', help: '.jsonl, .csv or .parquet file of documents, or a BEIR folder', schema: path },
    pairs: { value: 'FILE', help: 'positive pairs of query and document', schema: path.optional() },
    queries: { value: 'FILE', help: 'validation queries; then every pair is trained on', schema: path.optional() },
    qrels: { value: 'FILE', help: 'judgements of the validation queries (TREC)', schema: path.optional() },
    split: {
      value: 'SHARES',
      help: 'train,validation,test (default .9,.05,.05)',
      schema: shares.prefault('.9,.05,.05'),
    },
    seed: {
      value: 'N',
      help: 'with another seed other queries are held out (default 1)',
      schema: wholeNumber(0, 2 ** 32 - 1).prefault('1'),
    },
    out: { value: 'DIR', help: 'folder that is written', schema: path },
  },
  run: async ({ split, ...files }, context) => {
    const { prepare } = await import('../../../data/prepare.js');
    const progress = context.progress('preparing', 'rows');
    try {
      const { folder, manifest } = await prepare({
        ...files,
        shares: split,
        onProgress: ({ rows }) => progress.update(rows),
      });
      const { documents, pairs, queries } = manifest.counts;
      return {
        json: { folder, counts: manifest.counts },
        text: `${folder}: ${documents} documents, ${pairs} training pairs, queries: ${queries.train} train, ${queries.validation} validation, ${queries.test} test`,
      };
    } finally {
      progress.finish();
    }
  },
});
