import { randomBytes } from 'node:crypto';
import { type LabelOutcome, labelEvents } from '../../../data/labels/label-events.js';
import { type LabelCounts, writeLabels } from '../../../data/labels/label-files.js';
import type { Propensities } from '../../../data/labels/propensities.js';
import { type EventSource, readEvents } from '../../../data/read-pairs.js';
import type { LabelRules } from '../../config/labels.js';
import { TandemError } from '../../errors/tandem-error.js';
import { propensitySections } from '../../evaluation/report/propensity-sections.js';
import { writeReportFiles } from '../../evaluation/report/report-files.js';
import type { Section } from '../../evaluation/report/sections.js';
import type { Progress, Watch } from '../watch.js';

export type { Propensities, RankPropensity } from '../../../data/labels/propensities.js';

export interface LabelQueriesOptions {
  readonly events: EventSource;
  readonly rules: LabelRules;
  /** file of queries that is written */
  readonly queriesOut: string;
  /** file of judgements (TREC) that is written */
  readonly out: string;
  /** HTML report, with its figures and its chart beside it */
  readonly report?: string;
}

export interface LabelledQueries extends LabelCounts, LabelOutcome {
  readonly rules: LabelRules;
}

/**
 * Makes judgements of an event log. Held are the documents that interventions are harvested from; the log is joined on disk beside `out`.
 * @throws TandemError 'package/unavailable' | 'data/*' | 'files/*'; then neither queries nor judgements are written
 */
export async function labelQueries(options: LabelQueriesOptions, watch: Watch): Promise<LabelledQueries> {
  const { events: source, rules, queriesOut, out, report } = options;
  const reading = watch.progress('reading events', 'rows');
  let done = 0;
  const { queries, outcome } = labelEvents({
    path: source.files[0],
    rows: counted(readEvents(source, { onNote: watch.note }), rows => {
      done = rows;
      reading.update(rows);
    }),
    rules,
    scratch: `${out}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`,
    watch: () => {
      reading.note('joining them');
      reading.update(done);
    },
    onNote: watch.note,
  });
  const counts = await finishing(reading, () =>
    writeLabels({ queries: queriesOut, qrels: out }, queries, () => reading.update(done)),
  );
  const found = outcome();
  if (found === undefined) throw new TandemError('internal', 'judgements were written without an outcome');
  const labelled = { ...counts, ...found, rules };
  warnOfGuess(found.propensities, rules, watch);
  if (report !== undefined)
    await writeReportFiles(report, { title: 'Judgements from events', sections: sectionsOf(labelled) }, labelled);
  return labelled;
}

async function finishing<T>(progress: Progress, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    progress.finish();
  }
}

/** Rows between two reports. */
const reportedEach = 1000;

async function* counted<T>(rows: AsyncIterable<T>, report: (rows: number) => void): AsyncGenerator<T> {
  let count = 0;
  for await (const row of rows) {
    if (++count % reportedEach === 0) report(count);
    yield row;
  }
  report(count);
}

/** Without interventions a good ranking and a place that is looked at look alike. */
function warnOfGuess({ correction, reason }: Propensities, rules: LabelRules, watch: Pick<Watch, 'warn'>): void {
  if (correction !== 'cascade' || rules.correction !== 'auto') return;
  watch.warn(
    `the propensities are those of the cascade model: ${reason}; show documents at other ranks now and then to have them measured`,
  );
}

const methods: Readonly<Record<Propensities['correction'], string>> = {
  interventions: 'By intervention harvesting: from documents that one query showed at several ranks.',
  cascade: 'By the cascade model: everything above the last click of an answer was looked at, and nothing below it.',
  none: 'None: every click counts 1.',
};

function sectionsOf({ events, propensities, rules, ...counts }: LabelledQueries): Section[] {
  const { correction, reason, ranks, moved, movedClicks } = propensities;
  const types = rules.gains.map(({ type, gain }) => `${type} ${gain}`).join(', ');
  return [
    {
      kind: 'keyValues',
      title: 'What was judged',
      note: `A judgement is ${rules.scale} times what a document gains at each look (${types}), rounded.`,
      entries: [
        ['Events', String(events.rows)],
        ['Views of documents', String(events.views)],
        ['Views that led to a click', String(events.clicks)],
        ['Queries', String(counts.queries)],
        ['Judgements', String(counts.judgements)],
        ['Judgements above 0', String(counts.relevant)],
        ['Greatest judgement', String(counts.greatest)],
        ['Correction of the position bias', `${correction}, for ${reason}`],
        ['Documents shown at several ranks, and their clicks', `${moved}, ${movedClicks}`],
      ],
    },
    ...propensitySections(ranks, methods[correction]),
  ];
}
