import type { z } from 'zod';
import { idFault } from '../config/id.js';
import { type DocumentRow, deepestRow, documentRowSchema, withoutNulls } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { withoutBigInts } from '../text/exact-number.js';
import { chainLanguage } from '../text/language.js';

/** Values in a document: more than any catalogue has, few enough to be walked in a millisecond. */
const mostValues = 100_000;

const refuse = (where: string, what: string): never => {
  throw new TandemError('data/malformed-row', where === '' ? what : `${where}: ${what}`);
};

/** Everything that JSON would change in silence, or that would overflow the stack of whoever reads it, is refused. */
function checkValues(root: unknown): void {
  const open: { readonly value: unknown; readonly path: string; readonly depth: number }[] = [
    { value: root, path: '', depth: 1 },
  ];
  let seen = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path, depth } = next;
    if (++seen > mostValues) refuse('', `more than ${mostValues} values`);
    if (typeof value === 'number' && !Number.isFinite(value)) refuse(path, `${value} is no number that JSON can hold`);
    if (typeof value === 'function' || typeof value === 'symbol') refuse(path, `a ${typeof value} is no JSON`);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > deepestRow) refuse(path.slice(0, 100), `nested deeper than ${deepestRow} levels`);
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') refuse(path, '__proto__ is no attribute');
      open.push({ value: inner, path: path === '' ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
}

/**
 * A document as it may be stored: of the right shape, JSON all through, in a language that there is. A BigInt becomes a number, beyond 2^53 text.
 * What passes can be indexed, now and when the store is replayed into the derived parts.
 * @throws TandemError 'data/malformed-row' | 'text/bad-language'
 */
export function checkDocument(value: unknown): DocumentRow {
  checkValues(value);
  const plain = withoutBigInts(value);
  const parsed = documentRowSchema.safeParse(withoutNulls(plain));
  if (!parsed.success) {
    const { path, message } = mostTelling(parsed.error.issues[0]);
    return refuse(path.join('.'), message);
  }
  const { language } = parsed.data;
  if (language) chainLanguage(language);
  return parsed.data;
}

/** What a document of this id becomes: fields that stand in place of its own, null for one that goes (RFC 7396). */
export interface DocumentPatch {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A patch that names a document and can be merged into it; what comes of it is checked then. @throws TandemError 'data/malformed-row' */
export function checkPatch(value: unknown): DocumentPatch {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('', 'a patch is an object of the fields that change');
  checkValues(value);
  const plain = withoutBigInts(value) as typeof value;
  const { id: given, ...fields }: Partial<Record<string, unknown>> = plain;
  const id = Number.isSafeInteger(given) ? String(given) : given;
  if (typeof id !== 'string') return refuse('id', 'it names the document, and no patch changes it');
  return { ...fields, id: checkId(id) };
}

/** Of a choice of forms, what is wrong with the one that the value is of. */
function mostTelling(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union') return issue;
  const meant = issue.errors.flatMap(branch => branch.slice(0, 1)).find(({ code }) => code !== 'invalid_type');
  return meant === undefined ? issue : { path: [...issue.path, ...meant.path], message: meant.message };
}

/** The id of a document that is to be stored. @throws TandemError 'data/malformed-row' */
export function checkNewId(id: string): void {
  const fault = idFault(id);
  if (fault !== undefined) refuse('id', `${JSON.stringify(id.slice(0, 100))}: ${fault}`);
}

/** An id that something may be asked for or deleted by, also one of an older index. @throws TandemError 'data/malformed-row' */
export function checkId(id: string): string {
  if (id.length === 0 || id.length > 512) refuse('id', `it must have 1 to 512 characters, got ${id.length}`);
  if (/\p{Surrogate}/u.test(id)) refuse('id', 'it holds half of a surrogate pair');
  return id;
}
