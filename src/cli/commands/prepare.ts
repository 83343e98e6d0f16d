import { z } from 'zod';
import { documentsOf, inputsOf } from '../../api/project/project-sources.js';
import { defineCommand } from '../command.js';
import { mapFlags, needed, number, path, tableFlags, wholeNumber } from '../flags.js';

const shares = z
  .string()
  .transform(text => text.split(',').map(Number))
  .refine(parts => parts.length === 3 && parts.every(part => part >= 0 && part <= 1), {
    error: 'expected three shares, train,validation,test, such as .9,.05,.05',
  })
  .transform(([train, validation, test]) => ({ train, validation, test }));

const chain = z.string().transform(text => text.split(',').map(type => type.trim()));

export const prepareCommand = defineCommand({
  name: 'prepare',
  summary: 'Read documents and pairs or events, split them by query, and write what training and evaluation read.',
  example: 'tandem prepare --documents products.csv --pairs clicks.jsonl --out out/data',
  flags: {
    documents: {
      value: 'FILE',
      help: 'documents as JSON Lines, JSON, CSV, XML or Parquet (docs/data.md), or a BEIR folder',
      schema: path.optional(),
    },
    ...mapFlags,
    ...tableFlags,
    pairs: { value: 'FILE', help: 'positive pairs of query and document', schema: path.optional() },
    events: {
      value: 'FILE',
      help: 'events that the pairs are made from, in place of --pairs; a file, or a folder of files',
      schema: path.optional(),
    },
    chain: {
      value: 'TYPES',
      help: 'types of events that make a positive, in order (default search,click,message,reply)',
      schema: chain.optional(),
    },
    windowHours: {
      value: 'N',
      help: 'hours from the search within which the chain is gone through (default 24)',
      schema: number(0, 87_600).optional(),
    },
    maxSessionEvents: {
      value: 'N',
      help: 'sessions with more events are left out (default 1000)',
      schema: wholeNumber(1, 2 ** 31 - 1).optional(),
    },
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
    out: { value: 'DIR', help: 'folder that is written', writes: 'data', schema: path },
  },
  project: {
    lacks: ({ documents, out }) => documents === undefined || out === undefined,
    fills: ({ data }) => ({ out: data }),
  },
  run: async (options, context) => {
    const { documents, pairs, events, queries, qrels, map, types, split, seed, out, ...rules } = options;
    const { project } = context;
    const said = project?.project.events;
    const source = needed(documentsOf(documents, { map, types }, project), 'documents');
    const [{ prepareData }, { describePrepared }] = await Promise.all([
      import('../../api/training/prepare-data.js'),
      import('../format-prepared.js'),
    ]);
    const prepared = await prepareData(
      {
        ...inputsOf({ pairs, events, queries, qrels }, map, project),
        documents: source,
        out,
        seed,
        shares: split,
        eventRules: {
          chain: rules.chain ?? said?.chain,
          windowHours: rules.windowHours ?? said?.windowHours,
          maxSessionEvents: rules.maxSessionEvents ?? said?.maxSessionEvents,
        },
      },
      context,
    );
    const { folder, manifest } = prepared;
    return {
      json: { folder, counts: manifest.counts, ...(manifest.events && { events: manifest.events }) },
      text: describePrepared(prepared),
    };
  },
});
