import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What was asked for, as events that name a query id have it. */
export interface AskedQuery {
  readonly text: string;
  readonly country?: string;
}

const written = z.tuple([z.string(), z.string().max(4096), z.string().max(64).optional()]);

/**
 * A name of one answer. It says itself what was asked for, so that nothing has to be kept until events come back, whichever process they come to and whatever
 * was restarted meanwhile.
 */
export const queryIdOf = ({ text, country }: AskedQuery): string =>
  Buffer.from(
    JSON.stringify([randomBytes(6).toString('base64url'), text, ...(country === undefined ? [] : [country])]),
  ).toString('base64url');

/** @returns undefined for what is no such name */
export function askedBy(queryId: string): AskedQuery | undefined {
  try {
    const [, text, country] = written.parse(JSON.parse(Buffer.from(queryId, 'base64url').toString('utf8')));
    return { text, ...(country !== undefined && { country }) };
  } catch {
    return undefined;
  }
}
