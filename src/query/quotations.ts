import { boostForm, hasWord, isBoost, isSpace, wordEnd } from './characters.js';

/** What closes a quotation, by what opens it; phones write curly ones. */
const closers: Readonly<Record<string, string>> = { '"': '"', '\u201c': '\u201d', '\u201e': '\u201c\u201d' };
export const quotationMarks = Object.keys(closers);

const suffix = new RegExp(`(?:~(100|\\d{1,2}))?(?:${boostForm})?${wordEnd}`, 'y');

/** A quotation in a text: from the mark that opens it to behind what belongs to it. */
export interface Quotation {
  readonly text: string;
  readonly slop?: number;
  readonly boost?: number;
  readonly end: number;
}

/**
 * Finds quotations: one opens before a word and closes at the first mark of its kind behind a word that ends there, `~2` and `^2` allowed for;
 * so inches (5/8" x 4") stay what they are.
 * @returns what the mark at a place opens; undefined where it opens nothing. Asked at any number of places it takes time linear in the text.
 */
export function findQuotations(text: string): (at: number) => Quotation | undefined {
  const nextOf = new Map<string, Int32Array>();

  const suffixAt = (at: number): RegExpExecArray | null => {
    suffix.lastIndex = at;
    return suffix.exec(text);
  };
  /** next[i]: the first mark at i or behind that closes; -1 where there is none */
  const closings = (marks: string): Int32Array => {
    const kept = nextOf.get(marks);
    if (kept !== undefined) return kept;
    const next = new Int32Array(text.length + 1).fill(-1);
    for (let i = text.length - 1; i > 0; i--) {
      const closes = marks.includes(text[i]) && !isSpace(text[i - 1]) && suffixAt(i + 1) !== null;
      next[i] = closes ? i : next[i + 1];
    }
    nextOf.set(marks, next);
    return next;
  };

  // Where the last quotation without a word began and ended: those inside it have none either.
  let barren = { from: 0, close: -1 };

  return at => {
    const marks = closers[text[at]];
    if (marks === undefined || at + 2 >= text.length || /[\s)]/.test(text[at + 1])) return undefined;
    const close = closings(marks)[at + 1];
    if (close <= at + 1 || (at > barren.from && close <= barren.close)) return undefined;
    const [all, slop, boost] = suffixAt(close + 1) ?? [''];
    const inner = text.slice(at + 1, close);
    if (!hasWord(inner)) {
      barren = { from: at, close };
      return undefined;
    }
    if (boost !== undefined && !isBoost(Number(boost))) return undefined;
    return {
      text: inner,
      ...(slop === undefined ? {} : { slop: Number(slop) }),
      ...(boost === undefined ? {} : { boost: Number(boost) }),
      end: close + 1 + all.length,
    };
  };
}
