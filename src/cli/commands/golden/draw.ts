import { defineCommand } from '../../command.js';
import { mapFlags, path, searchedBackendFlags, wholeNumber } from '../../flags.js';

export const goldenDrawCommand = defineCommand({
  name: 'golden draw',
  summary: 'Draw golden queries from a log: some of each kind, by frequency, length, country and class.',
  example: 'tandem golden draw --queries searches.csv --index out/index --out golden.jsonl --size 200',
  flags: {
    queries: {
      value: 'FILE',
      help: 'a log of searches or events, or a file of queries: text or query, country?, language?, id?, count?',
      schema: path,
    },
    ...mapFlags,
    size: { value: 'N', help: 'queries that are drawn (default 200)', schema: wholeNumber(1, 100_000).prefault('200') },
    seed: { value: 'N', help: 'seed of the draw (default 1)', schema: wholeNumber(0, 2 ** 32 - 1).prefault('1') },
    index: { value: 'INDEX', help: 'index whose first results are noted, for drift', schema: path.optional() },
    ...searchedBackendFlags,
    out: { value: 'FILE', help: 'file of golden queries that is written, JSON Lines', writes: 'file', schema: path },
  },
  run: async ({ queries, map: mapping, size, seed, index, out, ...place }, context) => {
    const [{ drawGoldenQueries }, { formatDrawn }] = await Promise.all([
      import('../../../api/golden/draw-golden.js'),
      import('../../format-golden.js'),
    ]);
    const drawn = await drawGoldenQueries({ queries, mapping, size, seed, index, place, out }, context);
    return { json: { out, ...drawn }, text: `${out}: ${formatDrawn(drawn)}` };
  },
});
