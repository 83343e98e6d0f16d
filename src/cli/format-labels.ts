import type { LabelledQueries, RankPropensity } from '../api/ranking/label-queries.js';
import { terminalTable } from './terminal-table.js';

/** Ranks that the terminal shows; the report has all of them. */
const shownRanks = 10;

/** What became of events, for people. */
export function formatLabels({ queries, judgements, relevant, events, propensities, rules }: LabelledQueries): string {
  const { correction, reason, ranks } = propensities;
  const types = rules.gains.map(({ type, gain }) => `${type} ${gain}`).join(', ');
  return [
    `${queries} queries, ${judgements} judgements, ${relevant} above 0; ${rules.scale} = a gain of 1 at every look (${types})`,
    `events: ${events.rows} rows, ${events.views} views of documents, ${events.clicks} of them clicked`,
    ...leftOut(events, rules),
    `position bias: ${correction} (${reason})`,
    ranksTable(ranks.slice(0, shownRanks)),
    ...(ranks.length > shownRanks ? [`(${ranks.length - shownRanks} further ranks)`] : []),
  ].join('\n');
}

function leftOut(events: LabelledQueries['events'], { maxSessionEvents, gains }: LabelledQueries['rules']): string[] {
  const all: readonly (readonly [number, string])[] = [
    [events.duplicates, 'repeated rows'],
    [events.longSessionEvents, `events of ${events.longSessions} sessions longer than ${maxSessionEvents}`],
    [events.otherTypes, 'events of other types'],
    [events.searchesWithoutQuery, 'searches without a query'],
    [events.withoutDocument, 'events without a document'],
    [events.withoutRank, 'impressions without a rank'],
    [events.unattributed, 'events that no query leads to'],
    [events.withoutImpression, `events of type ${gains[0].type} without an impression before them`],
  ];
  const parts = all.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return parts.length === 0 ? [] : [`left out of the events: ${parts.join(', ')}`];
}

function ranksTable(ranks: readonly RankPropensity[]): string {
  const columns = ['rank', 'views', 'clicks', 'propensity', '95% interval', 'weight'];
  return terminalTable(
    columns.map(name => ({ name, numeric: true })),
    ranks.map(({ rank, views, clicks, propensity, low, high, weight }) => [
      String(rank),
      String(views),
      String(clicks),
      propensity.toFixed(3),
      low === undefined || high === undefined ? '' : `${low.toFixed(3)} to ${high.toFixed(3)}`,
      weight.toFixed(2),
    ]),
  );
}
