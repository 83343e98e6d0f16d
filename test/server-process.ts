import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const listens = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** A program that listens on a port of this machine. */
export interface ServerProcess {
  /** Starts it, or starts it anew, and waits until it listens. */
  start(): Promise<void>;
  /** Ends it without a word. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** @param environment  beside that of this process */
export function serverProcess(
  program: string,
  words: readonly string[],
  port: number,
  environment: NodeJS.ProcessEnv = {},
): ServerProcess {
  let child: ChildProcess | undefined;
  return {
    start: async () => {
      const started = spawn(program, words, { stdio: 'ignore', env: { ...process.env, ...environment } });
      child = started;
      while (!(await listens(port))) {
        if (started.exitCode !== null) throw new Error(`${program} ended with ${started.exitCode}`);
        await delay(20);
      }
    },
    kill: async () => {
      if (child === undefined) return;
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
      child = undefined;
    },
    signal: signal => void child?.kill(signal),
  };
}
