import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/cluster.sh', import.meta.url));

export const basePort = Number(process.env.TANDEM_CLUSTER_PORT ?? 9200);
/** address of a node, from 1 */
export const nodeUrl = (node: number): string => `http://127.0.0.1:${basePort + 10 * node}`;
export const redisUrl = `redis://127.0.0.1:${basePort}`;

export const clusterScript = (...words: readonly string[]): string =>
  execFileSync(script, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Why no cluster can be started here; undefined where one can. */
export function clusterIsLacking(): string | undefined {
  const { status, stderr } = spawnSync(script, ['check'], { encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim();
}

let made = 0;
/** A name that no other index of this run has. */
export const newIndexName = (): string => `test-${process.pid}-${Date.now().toString(36)}-${made++}`;

/** Takes away what tests have made. */
export async function dropIndexes(names: readonly string[]): Promise<void> {
  await Promise.all(
    names.map(name =>
      fetch(`${nodeUrl(1)}/${name}.*?expand_wildcards=all`, { method: 'DELETE' }).catch(() => undefined),
    ),
  );
}
