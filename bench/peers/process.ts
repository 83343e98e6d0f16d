import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TandemError } from '../../src/errors/tandem-error.js';

/** One JSON object a line, in both directions. */
export type Message = Readonly<Record<string, unknown>>;

/** A peer that runs beside us as a child process and answers one line to each line. */
export interface PeerProcess {
  /** its first line: `{ ready: true, version, ... }` */
  readonly ready: Message;
  /** of the child process */
  readonly pid: number;
  /** @throws TandemError 'bench/peer-failed' when it dies or answers no JSON object */
  ask(command: Message): Promise<Message>;
  close(): Promise<void>;
}

/** Why a peer is not here, in the words that go under `missing`. */
export interface MissingPeer {
  readonly missing: string;
}

/** The python that has the peers' packages: the variable PYTHON, or python3. */
export const pythonCommand = (): string => process.env.PYTHON ?? 'python3';

const failed = (command: string, why: string): TandemError =>
  new TandemError('bench/peer-failed', `${command}: ${why}`);

function parse(command: string, line: string): Message {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Message;
  } catch {
    // the error below shows the line
  }
  throw failed(command, `expected one JSON object a line, got ${line.slice(0, 200)}`);
}

/** Reads the child's stdout line by line; a dead child is an error that carries the last words of its stderr. */
function lineReader(command: string, child: ChildProcess): () => Promise<string> {
  let stderr = '';
  child.stderr?.on('data', chunk => {
    stderr = (stderr + String(chunk)).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    if (done) throw failed(command, `ended without an answer; ${stderr.trim() || 'nothing on stderr'}`);
    return value;
  };
}

/**
 * Starts a peer and waits for its first line.
 * @returns the running peer, or why it is missing: the command is not installed, or it said `{ "missing": reason }`
 * @throws TandemError 'bench/peer-failed' for every other death
 */
export async function startPeer(command: string, args: readonly string[]): Promise<PeerProcess | MissingPeer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const started = await new Promise<Error | undefined>(resolve => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
  if (started) return { missing: `${command} is not installed` };
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  child.stdin.on('error', () => undefined); // a dead child is reported by the reader
  const read = lineReader(command, child);
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const ready = parse(command, await read());
  if (typeof ready.missing === 'string') {
    await close();
    return { missing: ready.missing };
  }
  const ask = async (message: Message): Promise<Message> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    return parse(command, await read());
  };
  return { ready, pid: child.pid!, ask, close };
}

/** A number out of an answer. @throws TandemError 'bench/peer-failed' */
export function numberOf(message: Message, name: string): number {
  const value = message[name];
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw failed('peer', `no finite number ${name} in ${JSON.stringify(message)}`);
  return value;
}
