import { withCluster } from '../../../serving/backends/opensearch/generations.js';
import {
  type ClusterSnapshot,
  restoreClusterSnapshot,
  type SnapshotPlace,
  takeClusterSnapshot,
} from '../../../serving/backends/opensearch/snapshots.js';
import type { ClusterPlace } from './cluster-place.js';

type Place = Pick<ClusterPlace, 'index' | 'urls'>;

/** What `tandem snapshot` does of an index of a cluster. @throws as takeClusterSnapshot */
export const takeSnapshotThere = (place: Place, at: SnapshotPlace): Promise<ClusterSnapshot> =>
  withCluster(place, (cluster, names) => takeClusterSnapshot(cluster, names, at));

/** What `tandem restore` does of an index of a cluster. @throws as restoreClusterSnapshot */
export const restoreSnapshotThere = (place: Place, at: SnapshotPlace): Promise<ClusterSnapshot> =>
  withCluster(place, (cluster, names) => restoreClusterSnapshot(cluster, names, at));
