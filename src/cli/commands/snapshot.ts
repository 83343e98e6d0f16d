import { defineCommand } from '../command.js';
import { path } from '../flags.js';

export const snapshotCommand = defineCommand({
  name: 'snapshot',
  summary: 'Copy an index as it is at one moment, while it is searched and written to.',
  example: 'tandem snapshot --index out/index --out backup/monday',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    out: { value: 'DIR', help: 'folder of the snapshot that is written', writes: 'snapshot', schema: path },
  },
  run: async ({ index, out }) => {
    const { takeSnapshot } = await import('../../api/indexes/snapshots.js');
    const { sequence, files } = await takeSnapshot(index, out);
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    return {
      json: { folder: out, sequence, files: Object.keys(files).length, bytes },
      text: `${out}: the index after commit ${sequence}, ${(bytes / 1e6).toFixed(1)} MB`,
    };
  },
});
