import { defineCommand } from '../command.js';
import { backendFlags, path, repositoryFlags } from '../flags.js';

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Make an index of a snapshot, its checksums compared.',
  example: 'tandem restore --snapshot backup/monday --out out/index',
  flags: {
    snapshot: {
      value: 'DIR',
      help: 'folder of the snapshot, or its name in a repository of the cluster',
      schema: path,
    },
    ...backendFlags,
    ...repositoryFlags,
    out: {
      value: 'INDEX',
      help: 'folder of the index that is written, or its name in a cluster, where there must be none of this name',
      writes: ({ backend }) => (backend === 'opensearch' ? undefined : 'index'),
      schema: path,
    },
  },
  run: async ({ snapshot, out, repository, location, ...choice }) => {
    const { clusterPlace, repositoryOf } = await import('../../api/indexes/cluster-place.js');
    const place = clusterPlace(out, choice);
    const at = repositoryOf(place, { repository, location, snapshot });
    if (place !== undefined) {
      const { restoreSnapshotThere } = await import('../../api/indexes/cluster-snapshots.js');
      const { generation, created } = await restoreSnapshotThere(place, at);
      return { json: { index: out, generation, created }, text: `${out}: generation ${generation}, of ${created}` };
    }
    const { restoreSnapshot } = await import('../../api/indexes/snapshots.js');
    const { sequence, created } = await restoreSnapshot(snapshot, out);
    return {
      json: { folder: out, sequence, created },
      text: `${out}: the index after commit ${sequence}, of ${created}`,
    };
  },
});
