import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { type Destination, type DestinationKind, isUnderWay, withDestinations } from '../api/destination.js';
import { type OpenProject, openProject } from '../api/project/project.js';
import type { Watch } from '../api/watch.js';
import { type OptionalPackage, requireFrom } from '../config/optional-packages.js';
import { projectFileName } from '../config/project.js';
import { TandemError } from '../errors/tandem-error.js';
import { startProgress } from './progress.js';
import type { Terminal } from './terminal.js';

/** What was typed, by the keys of the flags. */
export type Typed = Readonly<Record<string, unknown>>;

/** One flag of a command. Its key is its name: `relevanceLevel` stands for `--relevance-level`. */
export interface Flag<S extends z.ZodType = z.ZodType> {
  readonly help: string;
  /** name of the value in --help, e.g. `N`; a flag without one is a switch */
  readonly value?: string;
  /** may be given several times; the schema sees a list */
  readonly repeat?: boolean;
  /** what the command makes at the path that is given; it then also takes --force */
  readonly writes?: DestinationKind | ((typed: Typed) => DestinationKind | undefined);
  /** checks the text that was typed (true for a switch, undefined when absent) and gives the option its type */
  readonly schema: S;
}

export type Flags = Readonly<Record<string, Flag>>;
export type OptionsOf<F extends Flags> = { readonly [K in keyof F]: z.output<F[K]['schema']> };

/** What a command may use beside its options. */
export interface CommandContext extends Watch {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** what was warned of so far: on stderr at once, and under `warnings` of --json */
  readonly warnings: readonly string[];
  /** what was noted so far: on stderr at once, and under `notes` of --json */
  readonly notes: readonly string[];
  /** Asks for so many milliseconds to end in after an interrupt. */
  readonly waitFor: (milliseconds: number) => void;
  /** whether what was made before may be replaced */
  readonly force: boolean;
  /** what the command reads besides its flags, where it reads a project */
  readonly project?: OpenProject;
}

/** What a command leaves behind: one JSON object for machines, text for people. */
export interface Outcome {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text?: string;
  /** work that goes on after the outcome is printed (a server), until it resolves */
  readonly until?: Promise<void>;
}

/** How a command reads a project (tandem.json): in place of flags that are absent, or beside them. */
export interface ProjectUse {
  /** whether the command line lacks something; only then the project of the current folder is read */
  readonly lacks: (typed: Typed, operands: readonly string[]) => boolean;
  /** flags that the project stands in for, as they would be typed; those that were typed win */
  readonly fills: (
    project: OpenProject,
    typed: Typed,
    operands: readonly string[],
    warn: CommandContext['warn'],
  ) => Promise<Typed> | Typed;
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
  /** packages that it needs and that are not installed with Tandem: what is missing is told before it begins */
  readonly packages?: readonly OptionalPackage[];
  /** it then takes --project */
  readonly project?: ProjectUse;
  readonly run: (options: OptionsOf<F>, context: CommandContext, operands: readonly string[]) => Promise<Outcome>;
}

/** A command whose option types are closed over: what a list of commands holds. */
export interface RunnableCommand {
  readonly name: string;
  readonly packages: readonly OptionalPackage[];
  readonly describe: (command: Command) => void;
  readonly run: (command: Command, context: CommandContext) => Promise<Outcome>;
}

export function defineCommand<const F extends Flags>(spec: CommandSpec<F>): RunnableCommand {
  return {
    name: spec.name,
    packages: spec.packages ?? [],
    describe: command => {
      command.description(spec.summary);
      for (const operand of spec.operands ?? []) command.argument(operand);
      const flags = Object.entries<Flag>(spec.flags);
      for (const [key, flag] of flags) command.addOption(optionOf(key, flag));
      if (flags.some(([, { writes }]) => writes !== undefined)) command.option('--force', forceHelp);
      if (spec.project !== undefined) command.option('--project <FILE>', projectHelp);
      command.option('--json', 'print one JSON object as the last line of stdout');
      command.addHelpText('after', `\nExample:\n  $ ${spec.example}`);
    },
    run: async (command, context) => {
      const project = spec.project && (await readProjectOf(spec.project, command, context));
      const options = readOptions(spec.flags, command);
      for (const name of spec.packages ?? []) requireFrom(name);
      const destinations = await destinationsOf(spec.flags, options, command);
      const force = command.opts<Typed>().force === true;
      const run = () => spec.run(options, { ...context, project, force }, command.args);
      return withDestinations(destinations, run).catch(nameFlag);
    },
  };
}

const projectHelp = `${projectFileName} that \`tandem init\` wrote (default: that of the current folder, where the command needs more than was typed)`;

const forceHelp = 'replace what this command made there before; the old one stays until the new one is whole';

/** What a command line is going to write. A run that is resumed was allowed to, when it began. */
async function destinationsOf(flags: Flags, options: Typed, command: Command): Promise<Destination[]> {
  const typed = command.opts<Typed>();
  const destinations: Destination[] = [];
  for (const [key, { writes }] of Object.entries(flags)) {
    const path = options[key];
    if (writes === undefined || typeof path !== 'string') continue;
    const kind = typeof writes === 'function' ? writes(typed) : writes;
    // it is made somewhere else
    if (kind === undefined) continue;
    refuseInput(path, key, typed, command.args);
    const resumed = typed.resume === true && (await isUnderWay(path));
    destinations.push({ path, kind, force: typed.force === true || resumed });
  }
  return destinations;
}

/** What a command reads is never what it writes over, with --force too. @throws TandemError 'files/not-ours' */
function refuseInput(path: string, key: string, typed: Typed, operands: readonly string[]): void {
  const others = Object.entries(typed).flatMap(([name, value]) => (name === key ? [] : [value].flat()));
  const read = [...others, ...operands].find(value => typeof value === 'string' && resolve(value) === resolve(path));
  if (read === undefined) return;
  throw new TandemError('files/not-ours', `${flagName(key)} ${path}: the same command reads it; it is left as it is`, {
    path,
  });
}

/** Puts what the project says where a flag is absent. */
async function readProjectOf(
  { lacks, fills }: ProjectUse,
  command: Command,
  context: CommandContext,
): Promise<OpenProject | undefined> {
  const typed = command.opts<Typed>();
  const given = typeof typed.project === 'string' ? typed.project : undefined;
  const opened = await openProject(given, lacks(typed, command.args), context);
  if (opened === undefined) return undefined;
  for (const [key, value] of Object.entries(await fills(opened, typed, command.args, context.warn))) {
    if (typed[key] === undefined && value !== undefined) command.setOptionValue(key, value);
  }
  return opened;
}

/** What the library calls an option is a flag here. */
function nameFlag(error: unknown): never {
  if (!(error instanceof TandemError)) throw error;
  const { option } = error.details;
  if (typeof option !== 'string' || !error.message.startsWith(option)) throw error;
  const message = flagName(option) + error.message.slice(option.length);
  throw new TandemError(error.code, message, { ...error.details, flag: flagName(option) }, { cause: error });
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
export function createContext(
  terminal: Terminal,
  json: boolean,
  signal: AbortSignal,
  waitFor: CommandContext['waitFor'] = () => undefined,
): CommandContext {
  const warnings: string[] = [];
  const notes: string[] = [];
  return {
    terminal,
    json,
    signal,
    waitFor,
    warnings,
    notes,
    force: false,
    tell: message => terminal.error(`${message}\n`),
    note: message => {
      notes.push(message);
      terminal.error(`tandem: ${message}\n`);
    },
    warn: message => {
      warnings.push(message);
      terminal.error(`tandem: warning: ${message}\n`);
    },
    progress: (title, unit, total, before) =>
      startProgress(title, terminal, { unit, total, before, checkInterrupt: () => signal.throwIfAborted() }),
  };
}
