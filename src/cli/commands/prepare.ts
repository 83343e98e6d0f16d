import { z } from 'zod';
import type { DataManifest, EventsEntry } from '../../../data/manifest.js';
import type { ColumnMapping } from '../../config/mapping.js';
import { defineCommand } from '../command.js';
import { mapFlags, number, path, tableFlags, wholeNumber } from '../flags.js';
import type { OpenProject } from '../project.js';
import { documentsOf, eventsOf, needed, pairsOf, queriesOf } from '../project-sources.js';

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
      schema: path.optional(),
    },
    ...mapFlags,
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
    const { documents, pairs, events: eventFile, queries, qrels, map, types, split, seed, out, ...rules } = options;
    const files = { pairs, events: eventFile, queries, qrels };
    const { project } = context;
    const said = project?.project.events;
    const source = needed(documentsOf(documents, { map, types }, project), 'documents');
    const [{ prepare }, { defaultEventRules }] = await Promise.all([
      import('../../../data/prepare.js'),
      import('../../../data/event-rules.js'),
    ]);
    const progress = context.progress('preparing', 'rows');
    try {
      const { folder, manifest } = await prepare({
        ...inputOf(files, map, project),
        documents: source,
        out,
        seed,
        shares: split,
        eventRules: {
          chain: rules.chain ?? said?.chain ?? defaultEventRules.chain,
          windowHours: rules.windowHours ?? said?.windowHours ?? defaultEventRules.windowHours,
          maxSessionEvents: rules.maxSessionEvents ?? said?.maxSessionEvents ?? defaultEventRules.maxSessionEvents,
        },
        onProgress: ({ rows }) => progress.update(rows),
        onNote: context.note,
      });
      const { counts } = manifest;
      const { events } = manifest;
      const left = describeLeftOut(manifest.counts);
      const summary = `${folder}: ${counts.documents} documents, ${counts.pairs} training pairs, queries: ${counts.queries.train} train, ${counts.queries.validation} validation, ${counts.queries.test} test`;
      return {
        json: { folder, counts: manifest.counts, ...(events === undefined ? {} : { events }) },
        text: [summary, ...left, ...(events === undefined ? [] : [describeEvents(events)])].join('\n'),
      };
    } finally {
      progress.finish();
    }
  },
});

interface InputFiles {
  readonly pairs?: string;
  readonly events?: string;
  readonly queries?: string;
  readonly qrels?: string;
}

/** What stands beside the documents: pairs or events, and judged queries, each as typed or else as the project says. */
function inputOf({ pairs, events, queries, qrels }: InputFiles, map: ColumnMapping, project: OpenProject | undefined) {
  const told = pairs !== undefined || events !== undefined;
  const judged = queries !== undefined || qrels !== undefined;
  return {
    pairs: pairs === undefined && told ? undefined : pairsOf(pairs, map, project),
    events: events === undefined && told ? undefined : eventsOf(events, map, project),
    queries: queries === undefined && judged ? undefined : queriesOf(queries, map, project),
    qrels: qrels ?? (judged ? undefined : project?.project.qrels),
  };
}

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
