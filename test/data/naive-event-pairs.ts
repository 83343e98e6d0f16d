import type { EventRules } from '../../data/event-rules.js';
import { queryKey } from '../../data/split.js';
import type { EventRow, PairRow } from '../../src/config/rows.js';

/** The rule of positives said plainly, over arrays: what the join on disk must give. @returns pairs in the order of their text */
export function naiveEventPairs(rows: readonly EventRow[], rules: EventRules): PairRow[] {
  const distinct = [...new Map(rows.map(row => [JSON.stringify(normal(row)), normal(row)])).values()];
  const sessions = new Map(
    distinct.map(row => [row.session, distinct.filter(({ session }) => session === row.session)]),
  );
  const counts = new Map<string, number>();
  for (const events of sessions.values()) {
    if (events.length > rules.maxSessionEvents) continue;
    for (const pair of positivesOf(events, rules)) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pair, n]) => ({ ...JSON.parse(pair), weight: n / most }));
}

interface Normal {
  readonly session: string;
  readonly time: number;
  readonly type: string;
  readonly query: string;
  readonly documentId: string;
}

const normal = ({ session, time, type, query, documentId }: EventRow): Normal => ({
  session,
  time: Number(time),
  type,
  query: queryKey(query ?? ''),
  documentId: documentId ?? '',
});

function positivesOf(events: readonly Normal[], { chain, windowHours }: EventRules): Set<string> {
  const found = new Set<string>();
  for (const click of events) {
    if (click.type !== chain[1] || click.documentId === '') continue;
    const asked = askedBefore(events, click, chain[0]);
    if (asked.query === '') continue;
    if (goesOn(events, click, chain.slice(2), asked.time + windowHours * 3_600_000)) {
      found.add(JSON.stringify({ query: asked.query, documentId: click.documentId }));
    }
  }
  return found;
}

/** The query that led to a click, and when it was asked. */
function askedBefore(events: readonly Normal[], click: Normal, searchType: string): { query: string; time: number } {
  const searches = events.filter(({ type, time }) => type === searchType && time <= click.time);
  const own = searches.filter(({ query }) => query === click.query);
  if (click.query !== '') return { query: click.query, time: own.length === 0 ? click.time : latest(own).time };
  return searches.length === 0 ? { query: '', time: 0 } : latest(searches);
}

const latest = (searches: readonly Normal[]): Normal =>
  searches.reduce((a, b) => (b.time > a.time || (b.time === a.time && b.query > a.query) ? b : a));

/** Whether some choice of later events, each not before the one before it, ends in time. */
function goesOn(events: readonly Normal[], at: Normal, types: readonly string[], until: number): boolean {
  if (at.time > until) return false;
  if (types.length === 0) return true;
  return events
    .filter(e => e.type === types[0] && e.documentId === at.documentId && e.time >= at.time)
    .some(e => goesOn(events, e, types.slice(1), until));
}
