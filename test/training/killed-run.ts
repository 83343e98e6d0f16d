import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';

/**
 * Runs a child that says `step n` for each step it has taken, and kills it so many milliseconds after it has said its n-th step.
 * @param child  path of the child's TypeScript file
 * @returns what it said
 */
export async function runChild(
  child: string,
  words: readonly string[],
  kill?: { steps: number; later: number },
): Promise<string> {
  const running = spawn(process.execPath, ['--import', 'tsx', child, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  running.stdout.on('data', (text: Buffer) => {
    said += text;
    const steps = said.split('step ').length - 1;
    if (kill !== undefined && steps >= kill.steps) setTimeout(() => running.kill('SIGKILL'), kill.later);
  });
  await once(running, 'close');
  return said;
}

/** What a run that has come through says of itself. */
export function outcomeOf(said: string): unknown {
  expect(said).toContain('done ');
  return JSON.parse(said.slice(said.indexOf('done ') + 'done '.length));
}
