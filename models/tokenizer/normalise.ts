/** Marks the start of a word; U+2581, as in SentencePiece (Kudo & Richardson, EMNLP 2018). */
export const wordMark = '\u2581';

/**
 * The normaliser and pre-tokeniser as tokenizer.json names them. `normaliseText` and `splitWords` below are the same
 * steps in this runtime; a test holds the two together.
 * Lower case because queries are typed so. The final sigma is folded because lower-casing is context-free in one
 * implementation and context-sensitive in the next: folded, all of them agree and `ΟΔΟΣ` finds `οδός`'s plain form.
 */
export const normaliserSpec = {
  type: 'Sequence',
  normalizers: [
    { type: 'NFKC' },
    { type: 'Lowercase' },
    { type: 'Replace', pattern: { String: '\u03c2' }, content: '\u03c3' },
  ],
} as const;

/** See normaliserSpec; whitespace is dropped, every word gets the word mark in front. */
export const preTokeniserSpec = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'WhitespaceSplit' },
    { type: 'Metaspace', replacement: wordMark, prepend_scheme: 'always', split: true },
  ],
} as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the point is to recognise plain ASCII, where NFKC changes nothing
const ascii = /^[\u0000-\u007f]*$/;

/** NFKC, lower case, final sigma folded; a lone surrogate becomes U+FFFD. */
export function normaliseText(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return text.toWellFormed().normalize('NFKC').toLowerCase().replaceAll('\u03c2', '\u03c3');
}

/** Words of a normalised text, each with the word mark in front; a word mark inside the text starts a word too. */
export function splitWords(normalised: string): string[] {
  const words: string[] = [];
  for (const part of normalised.split(/\p{White_Space}+/u)) {
    if (part === '') continue;
    if (!part.includes(wordMark)) words.push(wordMark + part);
    else words.push(...(part.startsWith(wordMark) ? part : wordMark + part).split(/(?=\u2581)/));
  }
  return words;
}
