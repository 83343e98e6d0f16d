import type { Analyzer } from './analyzer.js';
import { accentFold } from './fold.js';

/** The beginning of a word as the index may hold it. */
export interface PrefixForms {
  /** what terms begin with: the text in its normal form, folded, not stemmed; never empty */
  readonly prefix: string;
  /** terms that do not begin so, but are what the whole word, or one that it is the beginning of, is stemmed to */
  readonly stems: readonly string[];
  /** where the word starts in the text */
  readonly start: number;
}

/** English endings that the stemmer takes off, longest first: a person may be in the middle of typing one. */
const endings: readonly string[] = ['ations', 'ation', 'ments', 'ment', 'ness', 'ings', 'ing', 'ies', 'ed', 'es', 'ly'];

/**
 * What to look up for a word of which only the beginning is typed. Terms are stemmed, so that no term begins with `runni`: beside the
 * beginning itself, the stem of the text taken as a whole word is looked up (`running`, `battery`), and in English those of the words
 * that it may become when the ending that it has begun is written out (`runni` + `ng`).
 * @returns the forms of the last word of the text; undefined where there is none
 */
export function prefixForms(analyzer: Analyzer, text: string): PrefixForms | undefined {
  const spelled = analyzer
    .steps(text)
    .find(step => step.name === 'letter variants')
    ?.tokens.at(-1);
  if (spelled === undefined) return undefined;
  const prefix = accentFold(analyzer.language)(spelled.term);
  const whole = [spelled.term, ...(analyzer.language === 'en' ? completions(spelled.term) : [])];
  const stems = new Set(whole.flatMap(word => analyzer.analyze(word).map(token => token.term)));
  return { prefix, stems: [...stems].filter(stem => !stem.startsWith(prefix)), start: spelled.start };
}

/** The word with the ending written out of which it has a beginning. */
function completions(word: string): string[] {
  const words: string[] = [];
  for (const ending of endings) {
    for (let typed = 1; typed < ending.length; typed++) {
      if (word.endsWith(ending.slice(0, typed))) words.push(word + ending.slice(typed));
    }
  }
  return words;
}
