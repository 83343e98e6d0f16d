#!/usr/bin/env node
import { tandemVersion } from '../config/version.js';
import { commands } from './commands/all.js';
import { runProgram } from './program.js';
import { processTerminal } from './terminal.js';

/** Time that work gets to clean up after an interrupt before the process ends anyway; a command may ask for more. */
let patienceMs = 5_000;

const interrupt = new AbortController();
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    // a second signal, or work that never looks up, ends the process without ceremony
    if (interrupt.signal.aborted) process.exit(exitCode);
    interrupt.abort();
    setTimeout(() => process.exit(exitCode), patienceMs).unref();
  });
}

// a step of `tandem up` ends with the process that has started it, so that the next one finds nobody at work
if (process.connected !== undefined) {
  const end = (): never => process.exit(143);
  process.once('disconnect', end);
  process.channel?.unref();
  if (!process.connected) end(); // it went while this one was loading
}

process.exitCode = await runProgram(process.argv.slice(2), {
  commands,
  version: tandemVersion(),
  terminal: processTerminal(process),
  signal: interrupt.signal,
  waitFor: milliseconds => {
    patienceMs = milliseconds;
  },
  debug: process.env.TANDEM_DEBUG === '1',
});
