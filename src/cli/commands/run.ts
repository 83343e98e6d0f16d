import { defineCommand } from '../command.js';
import { modeFlag, path, searchedBackendFlags, weightFlag, wholeNumber } from '../flags.js';

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Ask every query of a file and write a TREC run.',
  example: 'tandem run --index out/index --queries out/data/queries.test.jsonl --out out/hybrid.trec',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
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
      const { heldOut } = await import('../../api/project/prepared-places.js');
      const { queries } = await heldOut(opened, 'test');
      return { index: opened.index, queries };
    },
  },
  run: async (options, context) => {
    const { writeRunFile } = await import('../../api/evaluation/write-run.js');
    const { mode, queries } = await writeRunFile(options, context);
    const { out } = options;
    return { json: { run: out, mode, queries }, text: `${out}: ${queries} queries, ${mode}` };
  },
});
