import { bareForm } from './bare-form.js';

const ascii = /^[\0-\x7f]*$/;
const korean = /[\u1100-\u11ff\uac00-\ud7ff]/;
const dashes = /[\u2010-\u2015\u2212]/g;
const quotes = /[\u2018\u2019]/g;

/**
 * What words are compared by while they are typed or mistyped: without accents and other signs that people leave out (`res` begins résumé, `strass`
 * Straße), Korean syllables as their letters. What a text begins with has a key that its key begins with.
 * @param text  in its normal form
 */
export function wordKey(text: string): string {
  if (ascii.test(text)) return text;
  const bare = bareForm(text).replace(dashes, '-').replace(quotes, "'");
  return korean.test(bare) ? bare.normalize('NFD') : bare;
}
