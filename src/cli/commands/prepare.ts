import { z } from 'zod';
import type { DataManifest, EventsEntry } from '../../../data/manifest.js';
import { defineCommand } from '../command.js';
import { number, path, tableFlags, wholeNumber } from '../flags.js';

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
      help: 'documents as JSON Lines, JSON array, CSV or Parquet (docs/data.md), or a BEIR folder',
      schema: path,
    },
    ...tableFlags,
    pairs: { value: 'FILE', help: 'positive pairs of query and document', schema: path.optional() },
    events: {
      value: 'FILE',
      help: 'events that the pairs are made from, in place of --pairs',
      schema: path.optional(),
    },
    chain: {
      value: 'TYPES',
      help: 'types of events that make a positive, in order (default search,click,message,reply)',
      schema: chain.prefault('search,click,message,reply'),
    },
    windowHours: {
      value: 'N',
      help: 'hours from the search within which the chain is gone through (default 24)',
      schema: number(0, 87_600).prefault('24'),
    },
    maxSessionEvents: {
      value: 'N',
      help: 'sessions with more events are left out (default 1000)',
      schema: wholeNumber(1, 2 ** 31 - 1).prefault('1000'),
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
  run: async ({ split, chain, windowHours, maxSessionEvents, ...files }, context) => {
    const { prepare } = await import('../../../data/prepare.js');
    const progress = context.progress('preparing', 'rows');
    try {
      const { folder, manifest } = await prepare({
        ...files,
        shares: split,
        eventRules: { chain, windowHours, maxSessionEvents },
        onProgress: ({ rows }) => progress.update(rows),
        onNote: context.note,
      });
      const { documents, pairs, queries } = manifest.counts;
      const { events } = manifest;
      const left = describeLeftOut(manifest.counts);
      const summary = `${folder}: ${documents} documents, ${pairs} training pairs, queries: ${queries.train} train, ${queries.validation} validation, ${queries.test} test`;
      return {
        json: { folder, counts: manifest.counts, ...(events === undefined ? {} : { events }) },
        text: [summary, ...left, ...(events === undefined ? [] : [describeEvents(events)])].join('\n'),
      };
    } finally {
      progress.finish();
    }
  },
});

/** What was left out, for people: a line where there was some. */
function describeLeftOut(counts: DataManifest['counts']): string[] {
  const leftOut: readonly (readonly [number, string])[] = [
    [counts.unknownDocuments, 'pairs of documents that are not there'],
    [counts.unknownJudged, 'judgements of documents that are not there'],
    [counts.unknownQueries, 'judgements of queries that are not there'],
    [counts.blankQueries, 'blank queries'],
  ];
  const parts = leftOut.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return parts.length === 0 ? [] : [`left out: ${parts.join(', ')}`];
}

/** What became of the events, for people: left out is said only where there was some. */
function describeEvents(events: EventsEntry): string {
  const leftOut: readonly (readonly [number, string])[] = [
    [events.duplicates, 'repeated rows'],
    [events.longSessionEvents, `events of ${events.longSessions} sessions longer than ${events.maxSessionEvents}`],
    [events.otherTypes, 'events of other types'],
    [events.searchesWithoutQuery, 'searches without a query'],
    [events.withoutDocument, 'events without a document'],
    [events.unattributed, 'events that no query leads to'],
    [events.brokenChains, 'chains not gone through in time'],
  ];
  const parts = leftOut.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const made = `events: ${events.rows} rows, ${events.positives} positives of ${events.pairs} pairs (${events.chain.join(' > ')} within ${events.windowHours} h)`;
  return parts.length === 0 ? made : `${made}\nleft out of the events: ${parts.join(', ')}`;
}
