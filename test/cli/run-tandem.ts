import { commands } from '../../src/cli/commands/all.js';
import { runProgram } from '../../src/cli/program.js';

export interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process: what the program does, without the second that starting it takes. */
export async function runTandem(words: readonly string[]): Promise<Ended> {
  const out: string[] = [];
  const error: string[] = [];
  const exit = await runProgram(words, {
    commands,
    version: '0',
    terminal: { out: text => void out.push(text), error: text => void error.push(text), interactive: false },
    signal: new AbortController().signal,
    debug: false,
  });
  return { exit, out: out.join(''), error: error.join('') };
}

/** What a command printed for machines. */
export const lastJson = ({ out }: Pick<Ended, 'out'>) => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
