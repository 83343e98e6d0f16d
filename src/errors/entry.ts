/** What is known of an error; exit: 2 = the call was wrong (usage), 1 = the work failed. */
export interface ErrorEntry {
  readonly status: number;
  readonly exit: 1 | 2;
  /** What to do about it, one sentence. */
  readonly remedy: string;
}

export const entry = (status: number, exit: 1 | 2, remedy: string): ErrorEntry => ({ status, exit, remedy });
