import { type ErrorCode, errorTable } from './table.js';

/** An error that a person is meant to read: a code from the table, what happened, and details for machines. */
export class TandemError extends Error {
  override readonly name = 'TandemError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get exit(): 1 | 2 {
    return errorTable[this.code].exit;
  }

  get remedy(): string {
    return errorTable[this.code].remedy;
  }
}

/** A failure as one of the table: what has no code of its own is a fault in Tandem. */
export const asTandemError = (error: unknown): TandemError =>
  error instanceof TandemError ? error : new TandemError('internal', String(error), {}, { cause: error });
