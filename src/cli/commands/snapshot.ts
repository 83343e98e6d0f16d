import { defineCommand } from '../command.js';
import { backendFlags, path, repositoryFlags } from '../flags.js';

export const snapshotCommand = defineCommand({
  name: 'snapshot',
  summary: 'Copy an index as it is at one moment, while it is searched and written to.',
  example: 'tandem snapshot --index out/index --out backup/monday',
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...backendFlags,
    ...repositoryFlags,
    out: {
      value: 'DIR',
      help: 'folder of the snapshot that is written, or its name in a repository of the cluster',
      writes: ({ backend }) => (backend === 'opensearch' ? undefined : 'snapshot'),
      schema: path,
    },
  },
  run: async ({ index, out, repository, location, ...choice }) => {
    const { clusterPlace, repositoryOf } = await import('../../api/indexes/cluster-place.js');
    const place = clusterPlace(index, choice);
    const at = repositoryOf(place, { repository, location, snapshot: out });
    if (place !== undefined) {
      const { takeSnapshotThere } = await import('../../api/indexes/cluster-snapshots.js');
      const taken = await takeSnapshotThere(place, at);
      return {
        json: { ...taken, repository: at.repository },
        text: `${out}: generation ${taken.generation} of ${index}, in the repository ${at.repository} of the cluster`,
      };
    }
    const { takeSnapshot } = await import('../../api/indexes/snapshots.js');
    const { sequence, files } = await takeSnapshot(index, out);
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    return {
      json: { folder: out, sequence, files: Object.keys(files).length, bytes },
      text: `${out}: the index after commit ${sequence}, ${(bytes / 1e6).toFixed(1)} MB`,
    };
  },
});
