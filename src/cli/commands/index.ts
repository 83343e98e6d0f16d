import type { RunnableCommand } from '../command.js';

/** Every command, in the order of --help. A new command is one file and one line here. */
export const commands: readonly RunnableCommand[] = [];
