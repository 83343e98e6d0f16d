import { type Split, type SplitShares, splitOf } from '../split.js';
import { type Annotation, partsOf } from './emoji-annotations.js';
import type { EmojiLocale } from './emoji-locales.js';

/** A keyword of one locale, all its spellings together. */
export interface Keyword {
  /** the first spelling in code unit order */
  text: string;
  readonly form: string;
  /** emoji that have it, in the order of CLDR */
  readonly emoji: string[];
  /** 'withheld': belongs to no split, because it holds a held-out keyword and would give it away */
  use: Split | 'withheld';
}

/**
 * Keywords of a locale and the use of each. A keyword is held out (validation, test) when its hash says so and no title of the locale holds
 * it; those that are held by a title stay in training, for finding them would be trivial. Keywords that hold a held-out one are withheld.
 * @returns compared form -> keyword
 */
export function splitKeywords(
  annotations: readonly Annotation[],
  locale: EmojiLocale,
  shares: SplitShares,
  seed: number,
): Map<string, Keyword> {
  const keywords = gatherKeywords(annotations);
  const inTitles = new Set(annotations.flatMap(({ name }) => partsOf(name.form, locale)));
  const heldOut = new Set<string>();
  for (const keyword of keywords.values()) {
    const split = splitOf(`${keyword.form}\t${locale.locale}`, shares, seed);
    if (split === 'train' || inTitles.has(keyword.form)) continue;
    keyword.use = split;
    heldOut.add(keyword.form);
  }
  for (const keyword of keywords.values()) {
    if (keyword.use === 'train' && partsOf(keyword.form, locale).some(part => heldOut.has(part)))
      keyword.use = 'withheld';
  }
  return keywords;
}

function gatherKeywords(annotations: readonly Annotation[]): Map<string, Keyword> {
  const keywords = new Map<string, Keyword>();
  for (const { emoji, keywords: ofEmoji } of annotations) {
    for (const { text, form } of ofEmoji) {
      if (form === '') continue;
      const found = keywords.get(form);
      if (found === undefined) {
        keywords.set(form, { text, form, emoji: [emoji], use: 'train' });
        continue;
      }
      if (text < found.text) found.text = text;
      if (found.emoji.at(-1) !== emoji) found.emoji.push(emoji);
    }
  }
  return keywords;
}
