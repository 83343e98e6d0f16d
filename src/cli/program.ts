import { Command, CommanderError } from 'commander';
import { didYouMean } from '../errors/nearest.js';
import { TandemError } from '../errors/tandem-error.js';
import { type CommandContext, createContext, type Outcome, type RunnableCommand } from './command.js';
import type { Terminal } from './terminal.js';

export interface ProgramOptions {
  readonly commands: readonly RunnableCommand[];
  readonly version: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** gives the command so many milliseconds to end after an interrupt */
  readonly waitFor?: (milliseconds: number) => void;
  /** print the stack of an unexpected exception */
  readonly debug: boolean;
}

/**
 * Parses a command line, runs its command and prints what came of it.
 * @param words  the command line after `tandem`
 * @returns the exit code: 0, 2 = the call was wrong, 1 = the work failed, 130 = interrupted
 */
export async function runProgram(words: readonly string[], options: ProgramOptions): Promise<number> {
  const { terminal, signal } = options;
  const json = words.includes('--json');
  try {
    await parse(words, options, createContext(terminal, json, signal, options.waitFor));
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (signal.aborted) return reportInterrupt(terminal, json);
    if (options.debug && error instanceof Error) terminal.error(`${error.stack}\n`);
    return reportError(asTandemError(error, words, options), terminal, json);
  }
}

async function parse(words: readonly string[], options: ProgramOptions, context: CommandContext): Promise<void> {
  const program = quiet(new Command('tandem'), options.terminal)
    .description('Dual-tower semantic search with a full-text engine beside it: train, index, search, measure.')
    .version(options.version)
    .helpCommand(false);
  const groups = new Map<string, Command>();
  const groupOf = (name: string): Command => {
    const known = groups.get(name) ?? quiet(program.command(name), options.terminal).helpCommand(false);
    groups.set(name, known);
    return known;
  };
  for (const runnable of options.commands) {
    const [group, member] = runnable.name.split(' ');
    const parent = member === undefined ? program : groupOf(group).description(groupSummaries[group] ?? '');
    const command = quiet(parent.command(member ?? group), options.terminal).allowExcessArguments(false);
    runnable.describe(command);
    command.action(async () => printOutcome(await runnable.run(command, context), context));
  }
  if (words.length === 0) {
    const names = [...new Set(options.commands.map(({ name }) => name.split(' ')[0]))].join(' ');
    throw new TandemError('usage/missing-option', `no command given; there are: ${names}`);
  }
  await program.parseAsync(words, { from: 'user' });
}

/** What the commands of a group, such as `rank train`, have in common. */
const groupSummaries: Readonly<Record<string, string>> = {
  generation: 'Bring another model into an index without a stop: add, compare, switch, roll back.',
  golden: 'Draw golden queries and note their results; `tandem tune --golden` and `tandem evaluate --golden` ask them.',
  key: 'Make, show and take away the keys that a service is asked with (`tandem serve --keys`).',
  rules: 'Pin, hide, boost, bury, replace and redirect by the query: set, list, check on golden queries.',
  rank: 'Train, measure and look into what orders the best hits anew; `tandem rank train --help` and so on.',
};

/** Errors of commander come as exceptions, not as text and process.exit. */
const quiet = (command: Command, terminal: Terminal): Command =>
  command.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: () => {}, outputError: () => {} });

async function printOutcome(outcome: Outcome, { terminal, json, warnings, notes }: CommandContext): Promise<void> {
  const told = { ...(warnings.length > 0 && { warnings }), ...(notes.length > 0 && { notes }) };
  if (json) terminal.out(`${JSON.stringify({ ...outcome.json, ...told })}\n`);
  else if (outcome.text !== undefined && outcome.text !== '') terminal.out(`${outcome.text.trimEnd()}\n`);
  await outcome.until;
}

function reportError(error: TandemError, terminal: Terminal, json: boolean): number {
  const { code, remedy, details } = error;
  const message = oneLine(error.message);
  terminal.error(`tandem: ${code}: ${message}${/[.?!]$/.test(message) ? '' : '.'} ${remedy}\n`);
  if (json) terminal.out(`${JSON.stringify({ code, message, remedy, details })}\n`);
  return error.exit;
}

function reportInterrupt(terminal: Terminal, json: boolean): number {
  const message = 'interrupted; nothing half-written was left under a final name';
  terminal.error(`tandem: ${message}\n`);
  if (json) terminal.out(`${JSON.stringify({ code: 'interrupted', message, remedy: 'Run it again.', details: {} })}\n`);
  return 130;
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();

function asTandemError(error: unknown, words: readonly string[], options: ProgramOptions): TandemError {
  if (error instanceof TandemError) return error;
  if (error instanceof CommanderError) return asUsageError(error, words, options);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new TandemError('internal', oneLine(message), {}, { cause: error });
}

/** A word that begins with a hyphen is taken for options. */
const aboutWords = (message: string): string =>
  /^unknown option '-[^-]/.test(message) ? '; words that begin with - stand behind --' : '';

function asUsageError(error: CommanderError, words: readonly string[], options: ProgramOptions): TandemError {
  const message = oneLine(error.message.replace(/^error: /, ''));
  switch (error.code) {
    case 'commander.missingArgument':
    case 'commander.optionMissingArgument':
      return new TandemError('usage/missing-option', message);
    case 'commander.unknownCommand': {
      const all = options.commands.map(({ name }) => name.split(' '));
      const inGroup = all.flatMap(([group, member]) => (group === words[0] && member !== undefined ? [member] : []));
      const [asked, names] =
        inGroup.length > 0 ? [words[1], inGroup] : [words[0], [...new Set(all.map(([name]) => name))]];
      const guess = didYouMean(asked, names);
      return new TandemError(
        'usage/unknown-option',
        `unknown command "${asked}"${guess}; there are: ${names.join(' ')}`,
      );
    }
    default:
      return new TandemError('usage/unknown-option', message + aboutWords(message));
  }
}
