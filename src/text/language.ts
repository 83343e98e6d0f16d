import { TandemError } from '../errors/tandem-error.js';
import { stemmedLanguages } from './stem.js';
import { stopWordLanguages } from './stop-words.js';

/** Languages whose chain differs from the neutral one by its folding alone. */
const foldedLanguages = ['az', 'et', 'gl', 'is', 'ur', 'vi'];
/** Two written forms of Norwegian and their common tag share one chain. */
const sameChain: Readonly<Record<string, string>> = { nb: 'no', nn: 'no' };
/** The chain of every other language. */
export const neutral = 'und';

/**
 * The language of the chain that a tag leads to: its base language where there is something to do for it, else `und`.
 * So a few dozen chains serve every tag, and a cache keyed by this name stays small.
 * @param tag  BCP 47; an underscore is read as a hyphen (en_US)
 * @throws TandemError 'text/bad-language'
 */
export function chainLanguage(tag: string): string {
  let base: string;
  try {
    base = new Intl.Locale(tag.replaceAll('_', '-')).language;
  } catch (error) {
    const message = `language: want a BCP 47 tag such as en or zh-Hant, got ${JSON.stringify(tag.slice(0, 64))}`;
    throw new TandemError('text/bad-language', message, {}, { cause: error });
  }
  const language = sameChain[base] ?? base;
  const known = [stemmedLanguages, stopWordLanguages, foldedLanguages].some(languages => languages.includes(language));
  return known ? language : neutral;
}
