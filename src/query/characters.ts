import { limits } from './limits.js';

/** White space between words, that of Unicode too. */
export const isSpace = (unit: string): boolean => /\s/.test(unit);

/** Holds something to search for: a letter, a digit or a picture. */
export const hasWord = (text: string): boolean => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text);

/** A boost as it is written behind `^`: 2, .5, 1e-7. */
export const boostForm = String.raw`\^(\d{1,7}(?:\.\d{1,25})?(?:e[+-]?\d{1,3})?|\.\d{1,25})`;

/** What ends a word: a space, the end of a group, the end of the text. */
export const wordEnd = String.raw`(?=[\s)]|$)`;

export const isBoost = (value: number): boolean => value > 0 && value <= limits.boost;

/** The words that join clauses where they stand between some. */
export const isOperatorWord = (word: string): boolean => word === 'AND' || word === 'OR' || word === 'NOT';

/** Whether a text holds a word that may be read as an operator elsewhere, TO of a range too. */
export const holdsOperatorWord = (text: string): boolean =>
  text.split(/\s+/).some(word => isOperatorWord(word) || word === 'TO');
