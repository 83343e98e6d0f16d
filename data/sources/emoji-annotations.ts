import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { requireFrom } from '../../src/config/optional-packages.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { EmojiLocale } from './emoji-locales.js';

const annotationsSchema = z.object({
  annotations: z.object({
    annotations: z.record(
      z.string(),
      z.object({ default: z.array(z.string()).optional(), tts: z.array(z.string()).optional() }),
    ),
  }),
});

/** A text with the form in which it is compared; see comparedForm. */
export interface ComparedText {
  readonly text: string;
  readonly form: string;
}

/** What CLDR says about an emoji in one language. */
export interface Annotation {
  readonly emoji: string;
  /** the name that is read out: CLDR's `tts` */
  readonly name: ComparedText;
  readonly keywords: readonly ComparedText[];
}

/** Skin tones, hair, keycaps and regional letters are parts of emoji rather than emoji that somebody looks for. */
const component = /^[\u{1F3FB}-\u{1F3FF}\u{1F9B0}-\u{1F9B3}\u{1F1E6}-\u{1F1FF}0-9#*]/u;

/**
 * Annotations of a locale, in the order of CLDR, emoji only.
 * @throws TandemError 'data/not-found' when the locale is not among the annotations | 'package/unavailable'
 */
export async function readAnnotations(locale: EmojiLocale): Promise<Annotation[]> {
  const path = annotationsPath(locale.locale);
  const parsed = annotationsSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new TandemError('files/damaged', `${path}: ${parsed.error.issues[0].message}`, { path });
  const compared = (text: string): ComparedText => ({ text, form: comparedForm(text, locale) });
  return Object.entries(parsed.data.annotations.annotations)
    .filter(([emoji]) => /\p{Emoji}/u.test(emoji) && !component.test(emoji))
    .flatMap(([emoji, { default: keywords = [], tts }]) =>
      tts === undefined ? [] : [{ emoji, name: compared(tts[0]), keywords: keywords.map(compared) }],
    );
}

function annotationsPath(locale: string): string {
  const require = requireFrom('tandem-search-demo-data');
  try {
    return require.resolve(`cldr-annotations-full/annotations/${locale}/annotations.json`);
  } catch (error) {
    throw new TandemError('data/not-found', `the annotations have no locale '${locale}'`, { locale }, { cause: error });
  }
}

/**
 * The form in which texts of a locale are compared: compatibility-normalised, lower-cased by the rules of the language, letters and digits
 * only; words divided by one space, or by nothing in scripts without spaces.
 */
export function comparedForm(text: string, { locale, spaced }: EmojiLocale): string {
  const words =
    text
      .normalize('NFKC')
      .toLocaleLowerCase(locale)
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.join(spaced ? ' ' : '');
}

/** Whether one compared form holds another: as whole words in a row, or as a part in scripts without spaces. */
export const holds = (text: string, part: string, { spaced }: EmojiLocale): boolean =>
  spaced ? ` ${text} `.includes(` ${part} `) : text.includes(part);

/** Every part that a compared form holds, itself included: whole words in a row, or substrings in scripts without spaces. */
export function partsOf(form: string, { spaced }: EmojiLocale): string[] {
  const units = spaced ? form.split(' ') : Array.from(form);
  const glue = spaced ? ' ' : '';
  const parts: string[] = [];
  for (const from of units.keys()) {
    let part = units[from];
    parts.push(part);
    for (let to = from + 1; to < units.length; to++) {
      part += glue + units[to];
      parts.push(part);
    }
  }
  return parts;
}
