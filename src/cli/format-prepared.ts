import type { DataManifest, EventsEntry, PrepareSummary } from '../api/training/prepare-data.js';

/** What was prepared, for people. */
export function describePrepared({ folder, manifest: { counts, events } }: PrepareSummary): string {
  const { documents, pairs, queries } = counts;
  const summary = `${folder}: ${documents} documents, ${pairs} training pairs, queries: ${queries.train} train, ${queries.validation} validation, ${queries.test} test`;
  return [summary, ...describeLeftOut(counts), ...(events === undefined ? [] : [describeEvents(events)])].join('\n');
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
