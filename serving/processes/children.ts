import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { TandemError } from '../../src/errors/tandem-error.js';
import { type Calls, openCalls, type Peer } from './calls.js';

/** Another process that was started from here. */
export interface Child<C extends Calls<C>> extends Pick<Peer<C>, 'ask'> {
  readonly pid: number | undefined;
  /** why, when it has ended */
  readonly ended: Promise<string>;
  /** ends it at once, whatever it does */
  kill(): void;
  /** lets it end by itself */
  release(): void;
}

/** What a process is started from. */
export interface ProgramFile {
  readonly url: URL;
  readonly execArgv?: readonly string[];
}

/** A process that listens on a port together with others: the system gives a connection to one that waits. @param mine  what it may ask */
export function forkListener<C extends Calls<C>, M extends Calls<M>>(
  { url, execArgv }: ProgramFile,
  mine: M,
): Child<C> {
  // the system hands connections out: one that this process hands to a process that has just ended would never be answered
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: fileURLToPath(url),
    args: [],
    serialization: 'advanced',
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  const worker = cluster.fork();
  // its end is told by its process
  worker.on('error', () => undefined);
  return childOf(worker.process, mine);
}

/** A process of which there is one. @param mine  what it may ask */
export function forkOne<C extends Calls<C>, M extends Calls<M>>({ url, execArgv }: ProgramFile, mine: M): Child<C> {
  return childOf(fork(url, { serialization: 'advanced', ...(execArgv && { execArgv: [...execArgv] }) }), mine);
}

/** What is sent before its first word, by which it says that it listens, would be lost. */
function childOf<C extends Calls<C>, M extends Calls<M>>(child: ChildProcess, mine: M): Child<C> {
  const listening = new Promise<void>(resolve => void child.once('message', () => resolve()));
  const peer = openCalls<C, M>(
    {
      // one that is gone hears nothing: its end tells whoever waits
      send: message => void listening.then(() => child.connected && child.send(message, () => undefined)),
      listen: listener => void child.on('message', listener),
    },
    mine,
  );
  const ended = new Promise<string>(resolve => {
    const end = (why: string): void => {
      peer.end(new TandemError('server/process-ended', `a process of the service ended (${why})`));
      resolve(why);
    };
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    child.once('error', error => end(error.message));
  });
  return {
    pid: child.pid,
    ask: peer.ask,
    ended,
    kill: () => void child.kill('SIGKILL'),
    release: () => {
      if (child.connected) child.disconnect();
    },
  };
}
