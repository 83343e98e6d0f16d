import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A command in a process of its own. */
export interface Started {
  readonly process: ChildProcess;
  /** what it printed for machines; 'killed' where it was */
  readonly end: Promise<Record<string, unknown> | 'killed'>;
  /** what it has told people so far */
  told(): string;
}

/** @param environment  beside that of the tests */
export function startProgram(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...words, '--json'], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = { out: '', error: '' };
  child.stdout.on('data', chunk => {
    heard.out += chunk;
  });
  child.stderr.on('data', chunk => {
    heard.error += chunk;
  });
  const end = once(child, 'close').then(([, signal]) =>
    signal === 'SIGKILL' ? ('killed' as const) : JSON.parse(heard.out.trimEnd().split('\n').at(-1) || '{}'),
  );
  return { process: child, end, told: () => heard.error };
}

export async function kill({ process: child, end }: Started): Promise<void> {
  child.kill('SIGKILL');
  await end;
}
