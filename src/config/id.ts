import { z } from 'zod';

/** UTF-16 units. */
export const longestId = 512;

/**
 * Why a text is no id, or undefined where it is one. An id is 1 to 512 UTF-16 units, well-formed, without white space and control
 * characters: it must pass through every file and come out as the same one, and TREC files part their columns by white space (Python's
 * readers also by U+001C to U+001F and U+0085).
 */
export function idFault(text: string): string | undefined {
  if (text === '') return 'an id is empty';
  if (text.length > longestId) return `an id has at most ${longestId} characters`;
  if (!text.isWellFormed()) return 'half of a surrogate pair in an id, which UTF-8 cannot hold';
  if (trimId(text) !== text) return 'white space around an id: take it off';
  if (/\s/u.test(text))
    return 'white space in an id, by which TREC files part their columns: write _ or - in its place';
  if (/\p{Cc}/u.test(text)) return 'a control character in an id';
  return undefined;
}

/** Without what is blank around it. */
export const trimId = (text: string): string => text.trim();

const idText = z.string().superRefine((text, context) => {
  const fault = idFault(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const wholeNumber = z
  .number()
  .refine(Number.isSafeInteger, {
    error: 'a number that is no whole one, or beyond 2^53, is not exact as an id: write it as text',
  })
  .transform(String);

/** An id as people bring it; a whole number becomes its digits. */
export const idSchema = z.union([idText, wholeNumber]);

/** Something that joins rows of one file alone, as a session: any text, or a number. */
export const keySchema = z.union([z.string().min(1).max(longestId), wholeNumber]);
