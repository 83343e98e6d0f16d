import { eventFilesOf } from '../../../api/project/project-sources.js';
import { defineCommand } from '../../command.js';
import { mapFlags, needed, path, paths } from '../../flags.js';

export const rankLabelsCommand = defineCommand({
  name: 'rank labels',
  summary: 'Make judgements of what people clicked and bought, corrected for how much they look at each rank.',
  example:
    'tandem rank labels --events events.jsonl --queries-out out/engaged.jsonl --out out/engaged.trec --report out/engaged.html',
  packages: ['@duckdb/node-api'],
  flags: {
    events: {
      value: 'FILE',
      repeat: true,
      help: 'events with impressions and their ranks, a file or a folder of files (docs/data.md); may be repeated',
      schema: paths,
    },
    ...mapFlags,
    queriesOut: { value: 'FILE', help: 'file of queries that is written', schema: path, writes: 'file' },
    out: { value: 'QRELS', help: 'file of their judgements (TREC) that is written', schema: path, writes: 'file' },
    report: {
      value: 'REPORT',
      help: 'HTML report that is written; beside it its figures as .json and its chart as .svg',
      schema: path.regex(/\.html$/, 'expected a name that ends in .html').optional(),
      writes: 'report',
    },
    gains: {
      value: 'TYPE=N,...',
      help: 'what types of events are worth, that which an impression leads to first (default click=1,cart=3,order=4)',
      schema: path.optional(),
    },
    set: {
      value: 'KEY=VALUE',
      repeat: true,
      help: 'a setting: correction, maxWeight, priorLooks, scale, windowHours and others (docs/ranking.md); may be repeated',
      schema: paths,
    },
  },
  project: {
    lacks: ({ events }) => events === undefined,
    fills: () => ({}),
  },
  run: async ({ events, map, queriesOut, out, report, gains, set }, context) => {
    const source = needed(eventFilesOf(events, map, context.project), 'events');
    const [{ labelQueries }, { readLabelRules }, { formatLabels }] = await Promise.all([
      import('../../../api/ranking/label-queries.js'),
      import('../../../api/ranking/label-options.js'),
      import('../../format-labels.js'),
    ]);
    const { windowHours, maxSessionEvents } = context.project?.project.events ?? {};
    const rules = readLabelRules(set, gains, { windowHours, maxSessionEvents });
    const labelled = await labelQueries({ events: source, rules, queriesOut, out, report }, context);
    const text = [
      `${out}: ${formatLabels(labelled)}`,
      ...(report === undefined ? [] : [`report: ${report}`]),
      `learn from them: tandem rank train --index INDEX --queries ${queriesOut} --qrels ${out} --labels engaged --out RANKER`,
    ];
    return { json: { queriesOut, out, ...(report && { report }), ...labelled }, text: text.join('\n') };
  },
});
