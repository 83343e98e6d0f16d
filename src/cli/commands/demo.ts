import { join } from 'node:path';
import { defineCommand } from '../command.js';
import { path, switched, wholeNumber } from '../flags.js';

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Walk the whole path on the data set that comes along: prepare, train, index, evaluate, serve.',
  example: 'tandem demo --dir out/demo --port 8080',
  packages: ['tandem-search-demo-data', '@tensorflow/tfjs'],
  flags: {
    dir: {
      value: 'DIR',
      help: 'folder that everything is written to (default out/demo)',
      schema: path.default(join('out', 'demo')),
    },
    port: {
      value: 'N',
      help: 'port of the page, 0 = any free one (default 8080)',
      schema: wholeNumber(0, 65_535).prefault('8080'),
    },
    noServe: { help: 'end after the report', schema: switched },
    fast: { help: 'a small part of the data, in about a minute', schema: switched },
  },
  run: async ({ dir, port, noServe, fast }, context) => {
    const [{ runDemo }, { demoOutcome, formatDemo }] = await Promise.all([
      import('../../api/demo/run-demo.js'),
      import('../format-demo.js'),
    ]);
    const demo = await runDemo({ dir, port, serve: !noServe, fast }, context);
    const [json, text] = [demoOutcome(demo), formatDemo(demo)];
    if (demo.serving === undefined) return { json, text };
    const { url, closed } = demo.serving;
    return { json: { ...json, url }, text: `${text}\n\nThe page: ${url} (Ctrl-C ends it)`, until: closed };
  },
});
