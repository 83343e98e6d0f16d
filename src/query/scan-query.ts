import { boostForm, hasWord, isBoost, isSpace, wordEnd } from './characters.js';
import type { FilterClause } from './filter.js';
import type { Query } from './query.js';
import { findQuotations, type Quotation, quotationMarks } from './quotations.js';
import { type Read, readRange, readValues, skipMarks, type ValueSource } from './scan-condition.js';

/** `+` must, `-` must not, '' neither. */
export type Sign = '' | '+' | '-';

/** What a query string is made of. Whether a parenthesis groups and AND, OR and NOT join is not known yet. */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly hasWord: boolean }
  | { readonly kind: 'clause'; readonly sign: Sign; readonly query: Query }
  /** name: what stands before it, `title` in `title:(` */
  | { readonly kind: 'open'; readonly sign: Sign; readonly name?: string }
  | { readonly kind: 'close'; readonly boost?: number };

export interface Names {
  /** indexed text fields */
  readonly fields: ReadonlySet<string>;
  /** whether an attribute is known; every one may be where it is absent */
  readonly attributes?: (name: string) => boolean;
}

const nameForm = /(\p{L}[\p{L}\p{N}._]{0,255}|_exists_):(?!\s|$|\/\/)/uy;
const wholeName = /^[\p{L}_][\p{L}\p{N}._]{0,255}$/u;
const closeForm = new RegExp(String.raw`\)(?:${boostForm})?${wordEnd}`, 'y');
const closeAtEnd = new RegExp(String.raw`\)(?:${boostForm})?$`);
const boostAtEnd = new RegExp(`${boostForm}$`);
/** longest `)^boost` */
const longestClose = 48;
const letter = /^\p{L}/u;
const wordLike = String.raw`[\p{L}\p{N}][\p{L}\p{M}\p{N}'\u2019._]+`;
const prefixForm = new RegExp(String.raw`^(${wordLike})\*$`, 'u');
const fuzzyForm = new RegExp(`^(${wordLike})~([0-2])?$`, 'u');

/**
 * Cuts a query string into tokens, left to right; what has the form of no operator is a word.
 * @param now  milliseconds since 1970 that `now` stands for
 * @returns tokens in order; takes time linear in the text
 */
export function scanQuery(text: string, names: Names, now: number): Token[] {
  const quotationAt = findQuotations(text);
  const source: ValueSource = { text, quotationAt, coreEnd: at => coreEnd(text, at), now };
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (isSpace(text[at])) {
      at++;
      continue;
    }
    const { value, end } = readClose(text, at) ?? readUnit(source, names, at) ?? readWord(text, at);
    tokens.push(value);
    at = end;
  }
  return tokens;
}

/** Names that stand before a colon and a value outside quotations: those of fields, where there are such. Distinct, in their order. */
export function namesBeforeColons(text: string): string[] {
  const quotationAt = findQuotations(text);
  const names = new Set<string>();
  for (let at = 0; at < text.length; ) {
    const quotation = quotationAt(at);
    nameForm.lastIndex = at;
    const found = nameForm.exec(text);
    if (quotation !== undefined) at = quotation.end;
    else if (found !== null && beginsWord(text, at)) {
      names.add(found[1]);
      at += found[0].length;
    } else at++;
  }
  names.delete('_exists_');
  return [...names];
}

const beginsWord = (text: string, at: number): boolean => at === 0 || /[\s(+-]/.test(text[at - 1]);

function readClose(text: string, at: number): Read<Token> | undefined {
  closeForm.lastIndex = at;
  const found = closeForm.exec(text);
  if (found === null) return undefined;
  const boost = found[1] === undefined ? undefined : Number(found[1]);
  if (boost !== undefined && !isBoost(boost)) return undefined;
  return { value: { kind: 'close', ...(boost === undefined ? {} : { boost }) }, end: at + found[0].length };
}

function readWord(text: string, at: number): Read<Token> {
  const end = Math.max(coreEnd(text, at), at + 1);
  const word = plainWord(text.slice(at, end));
  return { value: { kind: 'word', text: word, hasWord: hasWord(word) }, end };
}

/** A clause or the beginning of a group, with its sign; undefined where a mere word begins. */
function readUnit(source: ValueSource, names: Names, at: number): Read<Token> | undefined {
  const { text } = source;
  const sign = signAt(source, at);
  const from = at + sign.length;
  if (text[from] === '(') return { value: { kind: 'open', sign }, end: from + 1 };
  const quotation = source.quotationAt(from);
  if (quotation !== undefined) return clause(sign, phraseOf(quotation), quotation.end);
  const named = readNamed(source, names, from, sign);
  if (named !== undefined) return named;
  const end = coreEnd(text, from);
  const core = text.slice(from, end);
  if (core === '*:*' && sign === '') return clause(sign, { all: {} }, end);
  const leaf = leafOf(core, undefined, sign !== '');
  return leaf === undefined ? undefined : clause(sign, leaf, end);
}

const clause = (sign: Sign, query: Query, end: number): Read<Token> => ({
  value: { kind: 'clause', sign, query },
  end,
});

/** A sign has something to search for right behind it; -20 is a number. */
function signAt({ text, quotationAt }: ValueSource, at: number): Sign {
  const sign = text[at];
  if (sign !== '+' && sign !== '-') return '';
  const from = at + 1;
  const takes =
    text[from] === '(' ||
    letter.test(text.slice(from, from + 2)) ||
    text.startsWith('_exists_:', from) ||
    quotationAt(from) !== undefined;
  return takes ? sign : '';
}

/** `title:word`, `title:"a phrase"`, `title:(`, `price:<5`, `brand:acme`, `_exists_:images`; undefined where the name is none that is known. */
function readNamed(source: ValueSource, names: Names, from: number, sign: Sign): Read<Token> | undefined {
  const { text } = source;
  nameForm.lastIndex = from;
  const found = nameForm.exec(text);
  if (found === null) return undefined;
  const [head, name] = found;
  const at = from + head.length;
  const condition = readCondition(source, names, name, at);
  if (condition !== undefined) return clause(sign, { filter: condition.value }, condition.end);
  if (!names.fields.has(name)) return undefined;
  if (text[at] === '(') return { value: { kind: 'open', sign, name }, end: at + 1 };
  const quotation = source.quotationAt(at);
  if (quotation !== undefined) return clause(sign, phraseOf(quotation, name), quotation.end);
  const end = coreEnd(text, at);
  const leaf = leafOf(text.slice(skipMarks(text, at), end), name, true);
  return leaf === undefined ? undefined : clause(sign, leaf, end);
}

function readCondition(source: ValueSource, names: Names, name: string, at: number): Read<FilterClause> | undefined {
  const { fields, attributes } = names;
  if (name === '_exists_') {
    const end = source.coreEnd(at);
    const field = source.text.slice(at, end);
    return wholeName.test(field) ? { value: { exists: { field } }, end } : undefined;
  }
  const known = attributes?.(name);
  const range = known !== false || fields.has(name) ? readRange(source, at, name) : undefined;
  if (range !== undefined) return range;
  return known === true && !fields.has(name) ? readValues(source, at, name) : undefined;
}

function phraseOf({ text, slop, boost }: Quotation, field?: string): Query {
  return { phrase: { text, ...ofField(field), ...(slop ? { slop } : {}), ...ofBoost(boost) } };
}

const ofField = (field: string | undefined) => (field === undefined ? {} : { fields: [field] });
const ofBoost = (boost: number | undefined) => (boost === undefined || boost === 1 ? {} : { boost });

/**
 * A word with what hangs on it: `pre*`, `fuzy~1`, `word^2`; nothing hangs on what looks like a name with a value.
 * @param always  take a word without anything too
 */
function leafOf(core: string, field: string | undefined, always: boolean): Query | undefined {
  const { base, boost } = field === undefined && core.includes(':') ? { base: core } : partBoost(core);
  if (!hasWord(base)) return undefined;
  const more = { ...ofField(field), ...ofBoost(boost) };
  const prefix = prefixForm.exec(base);
  if (prefix !== null) return { prefix: { text: prefix[1], ...more } };
  const fuzzy = fuzzyForm.exec(base);
  if (fuzzy !== null) {
    const edits = fuzzy[2] === undefined ? {} : { edits: Number(fuzzy[2]) as 0 | 1 | 2 };
    return { fuzzy: { text: fuzzy[1], ...edits, ...more } };
  }
  return always || boost !== undefined ? { bag: { text: plainWord(base), ...more } } : undefined;
}

/** Parts a word from its boost; one that has two has none. */
export function partBoost(core: string): { base: string; boost?: number } {
  const found = boostAtEnd.exec(core.slice(-longestClose));
  if (found === null || !isBoost(Number(found[1]))) return { base: core };
  const base = core.slice(0, core.length - found[0].length);
  return endsInBoost(base) || !hasWord(base) ? { base: core } : { base, boost: Number(found[1]) };
}

export const endsInBoost = (word: string): boolean => boostAtEnd.test(word.slice(-longestClose));

/**
 * Where the word that begins at a place ends: at a space, or before the parentheses at its end that close a group;
 * those that the word itself opened belong to it: f(x).
 */
function coreEnd(text: string, at: number): number {
  let end = at;
  let opened = 0;
  while (end < text.length && !isSpace(text[end])) {
    if (text[end] === '(') opened++;
    if (text[end] === ')') opened--;
    end++;
  }
  const closers: number[] = [end];
  for (let core = end; ; closers.push(core)) {
    const found = closeAtEnd.exec(text.slice(Math.max(at, core - longestClose), core));
    if (found === null || (found[1] !== undefined && !isBoost(Number(found[1])))) break;
    core -= found[0].length;
    opened++;
  }
  const own = Math.min(Math.max(opened, 0), closers.length - 1);
  return closers[closers.length - 1 - own];
}

const marks = quotationMarks.join('');
const unclosed = new RegExp(`(?<![\\p{L}\\p{N}])[${marks}](?=[^\\s)])`, 'gu');
const behindColon = new RegExp(`:[(${marks}]+(?=\\S)`, 'g');
const atEnd = new RegExp(`:[(${marks}]+$`);

/** A word as text among clauses: marks that opened nothing there become one that opens nothing anywhere. */
function plainWord(word: string): string {
  const plain = word.replace(behindColon, ':\u201d').replace(atEnd, ':').replace(unclosed, '\u201d');
  return plain === word ? word : plain.slice(0, coreEnd(plain, 0));
}
