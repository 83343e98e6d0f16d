import type { TermFilter } from './fold.js';

/** Short words that lose their vowel before a vowel and hang on to the next word: l'eau, dell'acqua, d'avui. */
const elided: Readonly<Record<string, readonly string[]>> = {
  fr: ['l', 'm', 't', 'qu', 'n', 's', 'j', 'd', 'c', 'jusqu', 'quoiqu', 'lorsqu', 'puisqu'],
  it: [
    'c',
    'l',
    'all',
    'dall',
    'dell',
    'nell',
    'sull',
    'coll',
    'gl',
    'agl',
    'dagl',
    'degl',
    'negl',
    'sugl',
    'un',
    'm',
    't',
    's',
    'v',
    'd',
  ],
  ca: ['d', 'l', 'm', 'n', 's', 't'],
  ga: ['d', 'm', 'b'],
};

/**
 * Writes every apostrophe as ', then takes off the English possessive ('s) or an elided word before the apostrophe
 * (the lists of Lucene's ElisionFilter). A Turkish suffix behind an apostrophe goes too (Istanbul'da).
 */
export function apostrophes(language: string): TermFilter {
  const heads = new Set(elided[language] ?? []);
  return term => {
    const plain = /[\u2018\u2019]/.test(term) ? term.replace(/[\u2018\u2019]/g, "'") : term;
    const at = plain.indexOf("'");
    if (at < 0) return plain;
    if (language === 'en') return plain.endsWith("'s") ? plain.slice(0, -2) : plain;
    if (language === 'tr' || language === 'az') return plain.slice(0, at);
    return heads.has(plain.slice(0, at)) ? plain.slice(at + 1) : plain;
  };
}
