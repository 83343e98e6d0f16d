import { clusterIsLacking, clusterScript } from './cluster.js';

/** Starts a cluster, where none runs already; and ends it then. */
export default function startCluster(): (() => void) | undefined {
  const lacking = clusterIsLacking();
  if (lacking !== undefined) throw new Error(lacking);
  const running = clusterScript('status').includes(' pid ');
  clusterScript('up', process.env.TANDEM_CLUSTER_NODES ?? '1');
  return running ? undefined : () => void clusterScript('down');
}
