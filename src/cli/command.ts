import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { TandemError } from '../errors/tandem-error.js';
import type { Destination, DestinationKind } from '../files/destination.js';
import { isUnderWay, withDestinations } from './destination.js';
import { type Progress, startProgress } from './progress.js';
import type { Terminal } from './terminal.js';

/** What was typed, by the keys of the flags. */
type Typed = Readonly<Record<string, unknown>>;

/** One flag of a command. Its key is its name: `relevanceLevel` stands for `--relevance-level`. */
export interface Flag<S extends z.ZodType = z.ZodType> {
  readonly help: string;
  /** name of the value in --help, e.g. `N`; a flag without one is a switch */
  readonly value?: string;
  /** may be given several times; the schema sees a list */
  readonly repeat?: boolean;
  /** what the command makes at the path that is given; it then also takes --force */
  readonly writes?: DestinationKind | ((typed: Typed) => DestinationKind);
  /** checks the text that was typed (true for a switch, undefined when absent) and gives the option its type */
  readonly schema: S;
}

export type Flags = Readonly<Record<string, Flag>>;
export type OptionsOf<F extends Flags> = { readonly [K in keyof F]: z.output<F[K]['schema']> };

/** What a command may use beside its options. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** aborted by SIGINT or SIGTERM */
  readonly signal: AbortSignal;
  /** Tells something that a person should look at, though the work goes on: on stderr at once, and under `warnings` of --json. */
  warn(message: string): void;
  /** what was told so far */
  readonly warnings: readonly string[];
  /** Tells how something was understood: on stderr at once, and under `notes` of --json. */
  note(message: string): void;
  readonly notes: readonly string[];
  /** starts a progress display; updating it after an interrupt throws, which ends the work that reports */
  progress(title: string, unit: string, total?: number): Progress;
}

/** What a command leaves behind: one JSON object for machines, text for people. */
export interface Outcome {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text?: string;
  /** work that goes on after the outcome is printed (a server), until it resolves */
  readonly until?: Promise<void>;
}

/** A command as data: the frame builds parsing, --help, --json and errors from it. */
export interface CommandSpec<F extends Flags = Flags> {
  readonly name: string;
  readonly summary: string;
  /** one command line that works, shown under --help */
  readonly example: string;
  /** positional arguments, in commander's notation: `<text>`, `[language]` */
  readonly operands?: readonly string[];
  readonly flags: F;
  readonly run: (options: OptionsOf<F>, context: CommandContext, operands: readonly string[]) => Promise<Outcome>;
}

/** A command whose option types are closed over: what a list of commands holds. */
export interface RunnableCommand {
  readonly name: string;
  readonly describe: (command: Command) => void;
  readonly run: (command: Command, context: CommandContext) => Promise<Outcome>;
}

export function defineCommand<const F extends Flags>(spec: CommandSpec<F>): RunnableCommand {
  return {
    name: spec.name,
    describe: command => {
      command.description(spec.summary);
      for (const operand of spec.operands ?? []) command.argument(operand);
      const flags = Object.entries<Flag>(spec.flags);
      for (const [key, flag] of flags) command.addOption(optionOf(key, flag));
      if (flags.some(([, { writes }]) => writes !== undefined)) command.option('--force', forceHelp);
      command.option('--json', 'print one JSON object as the last line of stdout');
      command.addHelpText('after', `\nExample:\n  $ ${spec.example}`);
    },
    run: async (command, context) => {
      const options = readOptions(spec.flags, command);
      const destinations = await destinationsOf(spec.flags, command);
      return withDestinations(destinations, () => spec.run(options, context, command.args));
    },
  };
}

const forceHelp = 'replace what this command made there before; the old one stays until the new one is whole';

/** What a command line is going to write. A run that is resumed was allowed to, when it began. */
async function destinationsOf(flags: Flags, command: Command): Promise<Destination[]> {
  const typed = command.opts<Typed>();
  const destinations: Destination[] = [];
  for (const [key, { writes }] of Object.entries(flags)) {
    const path = typed[key];
    if (writes === undefined || typeof path !== 'string') continue;
    const kind = typeof writes === 'function' ? writes(typed) : writes;
    const resumed = typed.resume === true && (await isUnderWay(path));
    destinations.push({ path, kind, force: typed.force === true || resumed });
  }
  return destinations;
}

const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;

function optionOf(key: string, flag: Flag): Option {
  const option = new Option(flag.value === undefined ? flagName(key) : `${flagName(key)} <${flag.value}>`, flag.help);
  if (!flag.repeat) return option;
  return option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
}

/**
 * The typed text of each flag, checked by its schema.
 * @throws TandemError 'usage/missing-option' | 'usage/bad-value', naming the flag
 */
function readOptions<F extends Flags>(flags: F, command: Command): OptionsOf<F> {
  const typed = command.opts<Record<string, unknown>>();
  const entries = Object.entries(flags).map(([key, flag]) => [key, readFlag(key, flag, typed)] as const);
  return Object.fromEntries(entries) as OptionsOf<F>;
}

function readFlag(key: string, flag: Flag, typed: Typed): unknown {
  const option = optionOf(key, flag);
  const raw = option.negate ? typed[option.attributeName()] === false : typed[option.attributeName()];
  const result = flag.schema.safeParse(raw);
  if (result.success) return result.data;
  const missing = raw === undefined;
  const message = missing
    ? `${flagName(key)} is missing: ${flag.help}`
    : `${flagName(key)} ${String(raw)}: ${result.error.issues[0].message}`;
  throw new TandemError(missing ? 'usage/missing-option' : 'usage/bad-value', message, { flag: flagName(key) });
}

/** The context of a run. @param signal aborted when the person interrupts */
export function createContext(terminal: Terminal, json: boolean, signal: AbortSignal): CommandContext {
  const warnings: string[] = [];
  const notes: string[] = [];
  return {
    terminal,
    json,
    signal,
    warnings,
    notes,
    note: message => {
      notes.push(message);
      terminal.error(`tandem: ${message}\n`);
    },
    warn: message => {
      warnings.push(message);
      terminal.error(`tandem: warning: ${message}\n`);
    },
    progress: (title, unit, total) =>
      startProgress(title, terminal, { unit, total, checkInterrupt: () => signal.throwIfAborted() }),
  };
}
