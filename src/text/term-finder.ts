import { type Analyzer, createAnalyzer } from './analyzer.js';

/** Pictures are words of the token index, and nothing that a hashed feature says something about. */
const readable = /[\p{L}\p{N}]/u;

/**
 * Makes the function that gives the terms of a text: those of the token index without its pictures, so that the two sides of a hybrid know the same words;
 * where a text is stop words alone, these.
 * @throws TandemError 'text/bad-language'
 */
export function createTermFinder(language: string): (text: string) => string[] {
  const [own, neutral] = [language, 'und'].map(tag => createAnalyzer(tag, { analysis: 1 }));
  const termsOf = ({ analyze }: Analyzer, text: string): string[] =>
    analyze(text).flatMap(({ term }) => (readable.test(term) ? [term] : []));
  return text => {
    const terms = termsOf(own, text);
    return terms.length > 0 ? terms : termsOf(neutral, text);
  };
}
