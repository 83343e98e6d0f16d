import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MissingPeer, type PeerProcess, pythonCommand, startPeer } from '../peers/process.js';
import { peerScript } from '../peers/scripts.js';

/** An engine of the lexical bench and how to start it; each runs in a process of its own. */
export interface Engine {
  readonly name: string;
  start(): Promise<PeerProcess | MissingPeer>;
}

/** A file beside this one; compiled, for the bench is only ever run compiled. */
const child = (name: string): string => join(dirname(fileURLToPath(import.meta.url)), name);
const node = (program: string): Promise<PeerProcess | MissingPeer> =>
  startPeer(process.execPath, ['--expose-gc', '--max-old-space-size=12288', child(program)]);

/** Lucene 10 needs Java 21: the one of JAVA_HOME, or the one on the path. */
function lucene(): Promise<PeerProcess | MissingPeer> {
  const target = peerScript('lucene/target');
  if (!existsSync(join(target, 'lucene-peer.jar')))
    return Promise.resolve({ missing: 'bench/peers/lucene is not built; see bench/peers/README.md' });
  const { JAVA_HOME } = process.env;
  const java = JAVA_HOME ? join(JAVA_HOME, 'bin/java') : 'java';
  const classPath = `${join(target, 'lucene-peer.jar')}:${join(target, 'lib/*')}`;
  const options = ['-Xmx8g', '--add-modules', 'jdk.incubator.vector', '--enable-native-access=ALL-UNNAMED'];
  return startPeer(java, [...options, '-cp', classPath, 'LucenePeer']);
}

/** Ours first: the others are compared with it. */
export const engines: readonly Engine[] = [
  { name: 'tandem', start: () => node('tandem-child.js') },
  { name: 'lucene', start: lucene },
  { name: 'tantivy', start: () => startPeer(pythonCommand(), [peerScript('lexical_tantivy.py')]) },
  { name: 'sqlite-fts5', start: () => startPeer(pythonCommand(), [peerScript('lexical_sqlite.py')]) },
  { name: 'minisearch', start: () => node('minisearch-child.js') },
];
