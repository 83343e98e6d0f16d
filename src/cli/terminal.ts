import type { ReportedStep } from '../api/steps/run-step.js';

/** Where a command speaks: results on stdout, everything else on stderr. Tests put arrays behind it. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** stderr is a terminal: progress may redraw its line */
  readonly interactive: boolean;
  /** where another process of ours has started this one and shows how far it is: told of it, in place of stderr */
  readonly report?: (step: ReportedStep) => void;
}

/** The terminal of a process. A reader that goes away (`tandem run | head`) ends the process quietly. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const send = process.send?.bind(process);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    out: text => {
      process.stdout.write(text);
    },
    error: text => {
      process.stderr.write(text);
    },
    interactive: process.stderr.isTTY === true,
    ...(send && { report: step => void send(step) }),
  };
}
