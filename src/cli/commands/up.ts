import { fileURLToPath } from 'node:url';
import { defineCommand } from '../command.js';
import { addressFlags, imageFlags, path } from '../flags.js';

/** The command line itself: JavaScript in the built package, TypeScript where the sources are run as they are. */
const program = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url));

export const upCommand = defineCommand({
  name: 'up',
  summary: 'Documents in, page out: words are searched at once, towers are trained behind the page and switched in.',
  example: 'tandem up shop.csv',
  operands: ['<path>'],
  flags: {
    project: {
      value: 'FILE',
      help: 'tandem.json that is written where there is none (default: in the current folder)',
      schema: path.optional(),
    },
    model: {
      value: 'DIR',
      help: 'model that is used as it is, in place of towers that are trained (`tandem import-encoder --as-model`)',
      schema: path.optional(),
    },
    pictures: imageFlags.pictures,
    ...addressFlags,
  },
  run: async (options, context, [documents]) => {
    const [{ runUp }, { formatProposal }] = await Promise.all([
      import('../../api/up/run-up.js'),
      import('../format-proposal.js'),
    ]);
    const { url, index, whole, until } = await runUp(
      {
        ...options,
        path: documents,
        program: program(),
        onProposed: ({ proposed, estimate }, file) =>
          context.tell(`${formatProposal(proposed, estimate)}\n\n${file} is written`),
      },
      context,
    );
    return {
      json: { url, index, whole },
      text: `The page: ${url} (Ctrl-C ends it; the same command goes on where it was)`,
      until,
    };
  },
});
