import { defineCommand } from '../command.js';
import { modeFlag, path, weightFlag, wholeNumber } from '../flags.js';

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Ask every query of a file and write a TREC run.',
  example: 'tandem run --index out/index --queries out/data/queries.test.jsonl --out out/hybrid.trec',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    queries: { value: 'FILE', help: 'queries: id, text, country?', schema: path },
    out: { value: 'RUN', help: 'run file that is written; gzip when it ends in .gz', writes: 'file', schema: path },
    ...modeFlag,
    ...weightFlag,
    k: {
      value: 'N',
      help: 'hits for each query, 1 to 1000 (default 100)',
      schema: wholeNumber(1, 1000).prefault('100'),
    },
  },
  project: {
    lacks: ({ index, queries }) => index === undefined || queries === undefined,
    fills: async opened => {
      const { heldOut } = await import('../prepared-places.js');
      const { queries } = await heldOut(opened, 'test');
      return { index: opened.index, queries };
    },
  },
  run: async ({ index: folder, queries: file, out, mode: wanted, weight, k }, context) => {
    const [{ withSearch }, { readQueries }, { runQueries }, { writeRun }] = await Promise.all([
      import('../open-search.js'),
      import('../../../data/queries.js'),
      import('../../evaluation/run-queries.js'),
      import('../../evaluation/trec.js'),
    ]);
    const queries = await readQueries(file, { onNote: context.note });
    const progress = context.progress('searching', 'queries', queries.length);
    try {
      return await withSearch(folder, async ({ index, modes }) => {
        const mode = wanted ?? modes[0];
        const run = await runQueries(index, queries, { mode, k, weight, onProgress: done => progress.update(done) });
        await writeRun(out, run, mode);
        return { json: { run: out, mode, queries: run.size }, text: `${out}: ${run.size} queries, ${mode}` };
      });
    } finally {
      progress.finish();
    }
  },
});
