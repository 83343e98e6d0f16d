import { defineCommand } from '../command.js';
import { path } from '../flags.js';

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Make an index of a snapshot, its checksums compared.',
  example: 'tandem restore --snapshot backup/monday --out out/index',
  flags: {
    snapshot: { value: 'DIR', help: 'folder of the snapshot', schema: path },
    out: { value: 'INDEX', help: 'folder of the index that is written', writes: 'index', schema: path },
  },
  run: async ({ snapshot, out }) => {
    const { restoreSnapshot } = await import('../../api/indexes/snapshots.js');
    const { sequence, created } = await restoreSnapshot(snapshot, out);
    return {
      json: { folder: out, sequence, created },
      text: `${out}: the index after commit ${sequence}, of ${created}`,
    };
  },
});
