import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCommand, type RunnableCommand } from '../../src/cli/command.js';
import { wholeNumber } from '../../src/cli/flags.js';
import { runProgram } from '../../src/cli/program.js';
import { TandemError } from '../../src/errors/tandem-error.js';

const greet = defineCommand({
  name: 'greet',
  summary: 'Greet someone.',
  example: 'tandem greet Ada --times 2',
  operands: ['<name>'],
  flags: {
    times: { value: 'N', help: 'how often', schema: wholeNumber(1, 5).default(1) },
    mailBox: { value: 'BOX', help: 'where to', schema: z.string() },
    also: { value: 'NAME', repeat: true, help: 'others', schema: z.array(z.string()).default([]) },
    noEcho: { help: 'say nothing back', schema: z.boolean().default(false) },
    loud: { help: 'in capitals', schema: z.boolean().default(false) },
  },
  run: async (options, _context, [name]) => ({ json: { name, ...options }, text: `hello ${name}\n` }),
});

const failing = (name: string, failure: () => never): RunnableCommand =>
  defineCommand({ name, summary: name, example: name, flags: {}, run: async () => failure() });

const fail = failing('fail', () => {
  throw new TandemError('data/empty', 'rows.csv:\n no rows', { path: 'rows.csv' });
});
const crash = failing('crash', () => {
  throw new RangeError('out of\nbounds');
});

interface Call {
  readonly signal?: AbortSignal;
  readonly debug?: boolean;
  readonly waitFor?: (milliseconds: number) => void;
  readonly more?: readonly RunnableCommand[];
  /** sees each text on stdout as it is printed */
  readonly onOut?: (text: string) => void;
}

async function call(words: string, options: Call = {}) {
  const out: string[] = [];
  const error: string[] = [];
  const print = (text: string): void => {
    out.push(text);
    options.onOut?.(text);
  };
  const exit = await runProgram(words === '' ? [] : words.split(' '), {
    commands: [greet, fail, crash, ...(options.more ?? [])],
    version: '1.2.3',
    terminal: { out: print, error: text => void error.push(text), interactive: false },
    signal: options.signal ?? new AbortController().signal,
    debug: options.debug ?? false,
    waitFor: options.waitFor,
  });
  return { exit, out: out.join(''), error: error.join('') };
}

describe('runProgram', () => {
  it('gives a command the time that it asks for to end', async () => {
    const asked: number[] = [];
    const run = async (_options: object, context: { waitFor(milliseconds: number): void }) => {
      context.waitFor(60_000);
      return { json: {} };
    };
    const slow = defineCommand({ name: 'slow', summary: 'slow', example: 'slow', flags: {}, run });
    await call('slow', { more: [slow], waitFor: milliseconds => void asked.push(milliseconds) });
    expect(asked).toEqual([60_000]);
  });

  it('gives a command its typed options and prints its text', async () => {
    expect(await call('greet Ada --mail-box B')).toEqual({ exit: 0, out: 'hello Ada\n', error: '' });
  });

  it('prints one JSON object with --json, options read from their flags', async () => {
    const { exit, out } = await call('greet Ada --mail-box B --times 2 --also C --also D --no-echo --loud --json');
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      name: 'Ada',
      times: 2,
      mailBox: 'B',
      also: ['C', 'D'],
      noEcho: true,
      loud: true,
    });
  });

  it('fills in defaults', async () => {
    expect(JSON.parse((await call('greet Ada --mail-box B --json')).out)).toEqual({
      name: 'Ada',
      times: 1,
      mailBox: 'B',
      also: [],
      noEcho: false,
      loud: false,
    });
  });

  it.each([
    ['greet Ada', 'usage/missing-option', '--mail-box is missing: where to'],
    ['greet --mail-box B', 'usage/missing-option', "missing required argument 'name'"],
    ['greet Ada --mail-box', 'usage/missing-option', "option '--mail-box <BOX>' argument missing"],
    ['greet Ada --mail-box B --times 6', 'usage/bad-value', '--times 6: expected a whole number from 1 to 5'],
    ['greet Ada --mail-box B --times -1', 'usage/bad-value', '--times -1: expected'],
    ['greet Ada --mail-box B --times 1e0', 'usage/bad-value', '--times 1e0: expected'],
    ['greet Ada --mail-bx B', 'usage/unknown-option', 'Did you mean --mail-box?'],
    ['greet Ada Bob --mail-box B', 'usage/unknown-option', 'too many arguments'],
    ['gret', 'usage/unknown-option', 'unknown command "gret" (did you mean "greet"?)'],
    ['--nope', 'usage/unknown-option', "unknown option '--nope'"],
    ['greet Ada -loud', 'usage/unknown-option', "unknown option '-loud'; words that begin with - stand behind --"],
    ['', 'usage/missing-option', 'greet fail crash'],
  ])('refuses `%s` with %s in one line and exit code 2', async (words, code, message) => {
    const { exit, out, error } = await call(words);
    expect(exit).toBe(2);
    expect(out).toBe('');
    expect(error).toMatch(/^tandem: [^\n]+\n$/);
    expect(error).toContain(`tandem: ${code}: `);
    expect(error).toContain(message);
  });

  it('tells a warning at once, and under `warnings` of --json', async () => {
    const careful = defineCommand({
      name: 'careful',
      summary: 'c',
      example: 'c',
      flags: {},
      run: async (_options, context) => {
        context.warn('the paint is wet');
        return { json: { done: true }, text: 'done' };
      },
    });
    const error = 'tandem: warning: the paint is wet\n';
    expect(await call('careful', { more: [careful] })).toEqual({ exit: 0, out: 'done\n', error });
    const asJson = await call('careful --json', { more: [careful] });
    expect(asJson.error).toBe(error);
    expect(JSON.parse(asJson.out)).toEqual({ done: true, warnings: ['the paint is wet'] });
  });

  it('turns a documented error into one line with its remedy, and into JSON', async () => {
    const line = 'tandem: data/empty: rows.csv: no rows. Give a file that has at least one row.\n';
    expect(await call('fail')).toEqual({ exit: 1, out: '', error: line });
    const { exit, out, error } = await call('fail --json');
    expect([exit, error]).toEqual([1, line]);
    expect(JSON.parse(out)).toEqual({
      code: 'data/empty',
      message: 'rows.csv: no rows',
      remedy: 'Give a file that has at least one row.',
      details: { path: 'rows.csv' },
    });
  });

  it('tells an unexpected exception in one line, its stack only when debugging', async () => {
    const { exit, error } = await call('crash');
    expect(exit).toBe(1);
    expect(error).toBe(
      'tandem: internal: RangeError: out of bounds. This is a fault in Tandem: report it with the message.\n',
    );
    expect((await call('crash', { debug: true })).error).toContain('program.test.ts');
  });

  it('ends work that reports progress after an interrupt, with 130', async () => {
    const interrupt = new AbortController();
    let cleanedUp = false;
    const work = defineCommand({
      name: 'work',
      summary: 'work',
      example: 'work',
      flags: {},
      run: async (_options, context) => {
        const progress = context.progress('working', 'rows', 10);
        try {
          progress.update(1);
          interrupt.abort();
          progress.update(2);
        } finally {
          cleanedUp = true;
        }
        return { json: {} };
      },
    });
    const { exit, error, out } = await call('work --json', { signal: interrupt.signal, more: [work] });
    expect(exit).toBe(130);
    expect(cleanedUp).toBe(true);
    expect(error).toMatch(/^tandem: interrupted[^\n]*\n$/);
    expect(JSON.parse(out)).toMatchObject({ code: 'interrupted' });
  });

  it('prints the outcome, then waits for work that goes on', async () => {
    let end = (): void => {};
    const until = new Promise<void>(resolve => {
      end = resolve;
    });
    const serve = defineCommand({
      name: 'serve',
      summary: 'serve',
      example: 'serve',
      flags: {},
      run: async () => ({ json: { url: 'u' }, until }),
    });
    let ended = false;
    let running: Promise<unknown> = Promise.resolve();
    const printed = await new Promise<string>(resolve => {
      running = call('serve --json', { more: [serve], onOut: resolve }).then(() => {
        ended = true;
      });
    });
    expect(printed).toBe('{"url":"u"}\n');
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(ended).toBe(false);
    end();
    await running;
    expect(ended).toBe(true);
  });

  it('shows help with an example, and the version', async () => {
    const { exit, out } = await call('greet --help');
    expect(exit).toBe(0);
    expect(out).toContain('--mail-box <BOX>');
    expect(out).toContain('$ tandem greet Ada --times 2');
    expect((await call('--help')).out).toContain('Greet someone.');
    expect(await call('--version')).toEqual({ exit: 0, out: '1.2.3\n', error: '' });
  });
});
