import { fileURLToPath } from 'node:url';

/** The command line: JavaScript in the built package, TypeScript where the sources are run as they are. */
export const programOfCommands = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../cli/main.ts' : '../../cli/main.js', import.meta.url),
);
