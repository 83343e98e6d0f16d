import { singularAbbreviation } from './abbreviation.js';
import { bareForm, tellsAccents, twoLetterForm } from './bare-form.js';
import { baseForms } from './base-forms.js';
import { takeNumbersOff, takeSignsOut } from './inner-signs.js';
import { sameWord } from './same-words.js';

/** A further term at the place of a word: documents are found by it, and a query asks for it beside the word. */
export interface Variant {
  readonly term: string;
  /** what it counts in a query, as a share of the word, in (0, 1) */
  readonly share: number;
  /** of a piece of the word, which is no other form of the whole: its span in it, and of a token in the input, in UTF-16 units */
  readonly piece?: { readonly start: number; readonly end: number };
}

/**
 * Shares. A word without its accents counts less, so that the form as written comes first. Pieces of a word together count half of it.
 */
const shares = { joined: 0.8, bare: 0.5, pieces: 0.5, singular: 0.8, same: 0.8, otherChain: 0.5, accented: 0.1 };

/** Before the term that a word has without its accents, where it is written with some; no word begins so (NFKC takes it apart). */
export const accentMark = '\u00b4';

const noVariants: readonly Variant[] = [];
/** Variants of a word at most. */
const mostVariants = 24;

export interface FormFinderOptions {
  readonly language: string;
  /** the term that the chain makes of a word; empty = none */
  readonly term: (word: string) => string;
  /** what the chain that meets all others makes of a word: its term first, then its variants */
  readonly otherChain?: (word: string) => readonly string[];
}

/** Languages that write a vowel with two letters where it cannot be typed; in these texts other names are written so too. */
const withTwoLetters = new Set(['de', 'nl', 'sv', 'da', 'no', 'is', 'fi', 'et', 'en', 'und']);

type AddForm = (form: string, share: number, piece?: Variant['piece']) => void;

const plain = /^[a-z0-9]*$/;

/**
 * Finds the other forms under which people look for a word, at most 24:
 * - without accents, as the stemmer reads it then (resume is `resum`, and so is résumé beside `resume`);
 * - without the signs that it holds, and what stands between these (o'reilly: oreilly, reilly; node.js: nodejs, node, js);
 * - one of several: tvs, dvds; knives, botões (base-forms.ts);
 * - as others write it: XXL and 2XL, IV and 4 (same-words.ts);
 * - as the chain of the index has it, where the word stands in another language.
 */
export function createFormFinder({ language, term, otherChain }: FormFinderOptions) {
  const singular = singularAbbreviation(language);
  const bases = baseForms(language);

  /** @param word  in its normal form @param own  its term */
  return (word: string, own: string): readonly Variant[] => {
    const one = singular?.(word);
    const ofBase = bases?.(word) ?? [];
    const same = sameWord(word);
    const isPlain = plain.test(word);
    if (isPlain && one === undefined && same === undefined && ofBase.length === 0 && otherChain === undefined)
      return noVariants;
    const found = new Map<string, Variant>();
    const add: AddForm = (form, share, piece) => {
      if (form !== '' && form !== accentMark && form !== own && !found.has(form))
        found.set(form, { term: form, share, ...(piece && { piece }) });
    };
    if (one !== undefined) add(term(one), shares.singular);
    if (same !== undefined) add(same, shares.same);
    for (const base of ofBase) add(term(base), shares.singular);
    for (const base of ofBase) add(term(bareForm(base)), shares.bare);
    if (!isPlain) addForms(word, add);
    for (const form of otherChain?.(word) ?? [])
      add(form, form.startsWith(accentMark) ? shares.accented : shares.otherChain);
    if (found.size === 0) return noVariants;
    return [...found.values()].slice(0, mostVariants);
  };

  function addForms(word: string, add: AddForm): void {
    const signed = takeSignsOut(word);
    const joined = signed?.joined;
    if (joined !== undefined) add(term(joined), shares.joined);
    for (const form of joined === undefined ? [word] : [word, joined]) {
      const bare = bareForm(form);
      if (bare === form) continue;
      add(term(bare), shares.bare);
      if (tellsAccents(form)) add(accentMark + term(bare), shares.accented);
      const long = withTwoLetters.has(language) ? twoLetterForm(form) : undefined;
      if (long === undefined) continue;
      add(term(bareForm(long)), shares.bare);
      add(accentMark + term(bareForm(long)), shares.accented);
    }
    const pieces = signed?.pieces ?? takeNumbersOff(word);
    const share = shares.pieces / Math.max(2, pieces.length);
    for (const { text, start, end } of pieces) {
      add(term(text), share, { start, end });
      const bare = bareForm(text);
      if (bare !== text) add(term(bare), share, { start, end });
    }
  }
}
