import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** found from any working folder */
const tsx = import.meta.resolve('tsx');
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** what Node is given to run Tandem from its sources */
export const fromSources = ['--import', tsx, main];

/** A service in a process of its own, as `tandem serve` starts it. */
export interface Service {
  readonly process: ChildProcess;
  readonly url: string;
  /** what it logged so far, a line each */
  readonly log: readonly { readonly level: number; readonly msg?: string; readonly code?: string }[];
  send(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** @returns the exit code */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `tandem serve`, or another command that serves, and waits until it listens. */
export async function startService(
  words: readonly string[],
  {
    command = 'serve',
    cwd,
    program = fromSources,
  }: { readonly command?: string; readonly cwd?: string; readonly program?: readonly string[] } = {},
): Promise<Service> {
  const args = [...program, command, '--port', '0', '--json', ...words];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd });
  const log: Service['log'][number][] = [];
  createInterface(child.stderr).on('line', line => {
    log.push(line.startsWith('{') ? JSON.parse(line) : { level: 0, msg: line });
  });
  const exited = once(child, 'close');
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exited]);
  if (typeof line !== 'string') throw new Error(`${command} ended: ${JSON.stringify(log)}`);
  const { url } = JSON.parse(line);
  if (url === undefined) throw new Error(`${command} failed: ${line}`);
  return {
    process: child,
    url,
    log,
    send: async (method, path, body) => {
      const answer = await fetch(new URL(path, url), {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
    },
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** Runs a command in a folder, to its end. */
export async function spawnTandem(
  words: readonly string[],
  cwd: string,
  program: readonly string[] = fromSources,
): Promise<{ readonly exit: number | null; readonly out: string; readonly error: string }> {
  const child = spawn(process.execPath, [...program, ...words], { stdio: ['ignore', 'pipe', 'pipe'], cwd });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk;
  });
  const [exit] = await once(child, 'close');
  return { exit, out, error };
}

/** Asks again and again until the answer is as it should be, or the time is over. @returns the last answer */
export async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean, seconds = 60): Promise<T> {
  for (let i = 0; ; i++) {
    const answer = await ask();
    if (isRight(answer) || i === seconds * 10) return answer;
    await delay(100);
  }
}
