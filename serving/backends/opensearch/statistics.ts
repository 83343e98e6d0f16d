import type { LanguageCounts } from '../../../src/lexical/language-counts.js';
import { languageCounts } from './lookups.js';
import { fieldName } from './names.js';
import { bucketsOf, type SearchReply } from './reply.js';
import type { SearchBody, SearchedAlias } from './search-index.js';

/** What BM25F and the reading of requests need to know of all documents, wherever they lie. */
export interface Statistics {
  /** N */
  readonly documents: number;
  /** by name of a field */
  readonly averageLengths: ReadonlyMap<string, number>;
  /** documents by the chain of their language */
  readonly languages: LanguageCounts;
  /** paths of their attributes, sorted */
  readonly attributes: readonly string[];
}

export interface StatisticsSource {
  /** As it is, or was a moment ago. @throws TandemError 'cluster/*' */
  present(): Promise<Statistics>;
  /** Something was written here: the next search sees it. */
  forget(): void;
}

const mostAttributes = 10_000;

/** For which all documents may be counted, milliseconds. */
const countedMs = 30_000;

/** Of what it takes to count, so many times as long it is believed: at most this share of the time of a shard goes into it. */
const keptTimes = 50;

/** @param least  for which it is believed at least, milliseconds */
export function statisticsSource(index: SearchedAlias, fields: readonly string[], least: number): StatisticsSource {
  interface Known {
    readonly statistics: Promise<Statistics>;
    /** until when it is believed, and from when it is counted anew beside searches that go by it */
    until: number;
    renewed: number;
  }
  let known: Known | undefined;
  const body = statisticsBody(fields);

  const count = (from: number): Known => {
    const statistics = index.search([body], { timeoutMs: countedMs }).then(([reply]) => readStatistics(reply, fields));
    const counted: Known = { statistics, until: Number.POSITIVE_INFINITY, renewed: Number.POSITIVE_INFINITY };
    statistics.then(
      () => {
        const now = performance.now();
        const span = Math.max(least, keptTimes * (now - from));
        Object.assign(counted, { until: now + span, renewed: now + span / 2 });
      },
      () => {
        if (known === counted) known = undefined;
      },
    );
    return counted;
  };

  return {
    present: async () => {
      const now = performance.now();
      if (known === undefined || now >= known.until) known = count(now);
      else if (now >= known.renewed) {
        const before = known;
        before.renewed = Number.POSITIVE_INFINITY;
        const next = count(now);
        void next.statistics.then(
          () => {
            if (known === before) known = next;
          },
          () => undefined,
        );
      }
      return known.statistics;
    },
    forget: () => {
      known = undefined;
    },
  };
}

const statisticsBody = (fields: readonly string[]): SearchBody => ({
  size: 0,
  track_total_hits: true,
  aggs: {
    ...Object.fromEntries(
      fields.flatMap((field, number) => [
        [`sum${number}`, { sum: { field: `l.${fieldName(field)}` } }],
        [`count${number}`, { value_count: { field: `l.${fieldName(field)}` } }],
      ]),
    ),
    lang: { terms: { field: 'lang', size: 100 } },
    paths: { terms: { field: 'p', size: mostAttributes } },
  },
});

function readStatistics(reply: SearchReply, fields: readonly string[]): Statistics {
  const { aggregations, hits } = reply;
  const averageOf = (number: number): number => {
    const count = aggregations?.[`count${number}`]?.value ?? 0;
    return count === 0 ? 0 : (aggregations?.[`sum${number}`]?.value ?? 0) / count;
  };
  return {
    documents: hits.total?.value ?? 0,
    averageLengths: new Map(fields.map((field, number) => [field, averageOf(number)])),
    languages: languageCounts(reply),
    attributes: bucketsOf(aggregations?.paths)
      .map(({ key }) => String(key))
      .sort(),
  };
}
