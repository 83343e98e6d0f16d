import { createHash } from 'node:crypto';

/** What a file of keys holds of a key. */
export const hash = (key: string): string => createHash('sha256').update(key).digest('hex');
