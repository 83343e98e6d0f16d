import { editsWithin } from '../lexical/edit-distance.js';
import { pointsOf } from '../lexical/near-terms.js';
import type { AskedTerms } from '../text/asked-terms.js';
import { lastWord } from './read-request.js';
import { surfaceWords, type WordSources } from './surface-words.js';

/** Documents whose titles show how a term is written. */
const titlesRead = 64;
/** Words of a text that are mended in a suggestion, the first ones: the titles of documents are read for each. */
const mostMended = 8;

/**
 * The text as its writer may have meant it: words that no document holds corrected or parted, the first eight of them, all else as it was typed.
 * @param asked  the terms of the text, mended by the vocabulary of the index
 * @returns undefined where there is nothing to mend
 * @throws TandemError 'text/bad-language'
 */
export function suggestQuery(
  sources: WordSources,
  text: string,
  asked: readonly AskedTerms[],
  language?: string,
): string | undefined {
  const mended = asked
    // a model number that was cut is no fault of who typed it
    .filter(
      ({ origin, from, beside }) => origin === 'corrected' || (origin === 'split' && !beside && !/\p{Nd}/u.test(from)),
    )
    .slice(0, mostMended);
  if (mended.length === 0) return undefined;
  let suggestion = '';
  let from = 0;
  for (const term of mended) {
    // another form of the same word
    if (term.start < from) continue;
    suggestion += text.slice(from, term.start);
    suggestion += wordOf(sources, term, language);
    from = term.end;
  }
  return suggestion + text.slice(from);
}

/**
 * The same of a text that is being typed: its last word is left as it is while words of the index begin so.
 * @throws TandemError 'text/bad-language'
 */
export function suggestWhileTyped(sources: WordSources, text: string, language?: string): string | undefined {
  const { prepare, words } = sources.tokens;
  const last = lastWord(text);
  const mayGoOn = last !== undefined && words.frequent(last.toLowerCase(), 1).length > 0;
  const asked = prepare({ text, language })
    .mended()
    .filter(({ end }) => !(mayGoOn && end === text.length));
  return suggestQuery(sources, text, asked, language);
}

/** Of the ways to write a term the one nearest to what was typed, the most common of these; the term itself where no title shows one. */
function wordOf(sources: WordSources, { terms, word, from }: AskedTerms, language?: string): string {
  if (word !== undefined) return word.toLowerCase();
  const [{ term }] = terms;
  const words = surfaceWords(sources, term, titlesRead, language);
  const typed = pointsOf(from.toLowerCase());
  const within = (edits: number) => (other: string) => {
    const points = pointsOf(other);
    return editsWithin(typed.data, typed.length, points.data, points.length, edits);
  };
  return words.find(within(1)) ?? words.find(within(2)) ?? words[0] ?? term;
}
