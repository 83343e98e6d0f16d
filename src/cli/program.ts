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
    await parse(words, options, createContext(terminal, json, signal));
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
  for (const runnable of options.commands) {
    const command = quiet(program.command(runnable.name), options.terminal).allowExcessArguments(false);
    runnable.describe(command);
    command.action(async () => printOutcome(await runnable.run(command, context), context));
  }
  if (words.length === 0) {
    const names = options.commands.map(({ name }) => name).join(' ');
    throw new TandemError('usage/missing-option', `no command given; there are: ${names}`);
  }
  await program.parseAsync(words, { from: 'user' });
}

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
      const names = options.commands.map(({ name }) => name);
      const guess = didYouMean(words[0], names);
      return new TandemError(
        'usage/unknown-option',
        `unknown command "${words[0]}"${guess}; there are: ${names.join(' ')}`,
      );
    }
    default:
      return new TandemError('usage/unknown-option', message + aboutWords(message));
  }
}
