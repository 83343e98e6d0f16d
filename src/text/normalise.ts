/** Text in its normal form, with the way back to the input. */
export interface NormalisedText {
  readonly text: string;
  /** per UTF-16 unit of `text`, where the input that made it starts and ends; absent when every unit stands where it stood */
  readonly origin?: { readonly starts: Uint32Array; readonly ends: Uint32Array };
}

const ascii = /^[\0-\x7f]*$/;
const troublesome = /[\u2120\u2122\xbc-\xbe\u2150-\u215f\u2189\u2044]/;

/**
 * What may change together under NFKC: a run of Korean letters (they compose into syllables, one in a circle with those behind it too), or one character with all marks after it.
 * U+FF9E and U+FF9F are the half-width voicing marks of Japanese.
 */
const unit =
  /[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff\u3130-\u318f\u3260-\u327e\uffa0-\uffdc][\u1100-\u11ff\uac00-\ud7ff\u3130-\u318f\uffa0-\uffdc\p{M}]*|[^\p{M}\uff9e\uff9f][\p{M}\uff9e\uff9f]*|[\p{M}\uff9e\uff9f]+/gsu;

/**
 * Unicode normal form NFKC (UAX #15) in lower case. Two departures, because NFKC would glue them to the word before:
 * the signs for trade and service mark become a space, and a vulgar fraction is set off by a space and written with `/`.
 * @param lowerLocale  `tr` or `az` for their dotted and dotless i; else `und`
 */
export function normalise(text: string, lowerLocale: string): NormalisedText {
  const turkic = lowerLocale === 'tr' || lowerLocale === 'az';
  if (!turkic && ascii.test(text)) return { text: text.toLowerCase() };
  const lower = (part: string): string => (turkic ? part.toLocaleLowerCase(lowerLocale) : part.toLowerCase());
  if (!troublesome.test(text) && text.normalize('NFKC') === text) {
    const lowered = lower(text);
    // The only lower-casing that changes a length is that of I with dot above.
    if (lowered.length === text.length && lowered.normalize('NFKC') === lowered) return { text: lowered };
  }
  return normaliseByUnit(text, lower);
}

function normaliseByUnit(text: string, lower: (part: string) => string): NormalisedText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const match of text.matchAll(unit)) {
    const part = lower(compatible(match[0])).normalize('NFKC');
    parts.push(part);
    for (let i = 0; i < part.length; i++) {
      starts.push(match.index);
      ends.push(match.index + match[0].length);
    }
  }
  return { text: parts.join(''), origin: { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) } };
}

function compatible(part: string): string {
  if (!troublesome.test(part)) return part.normalize('NFKC');
  if (/[\u2120\u2122]/.test(part)) return ' ';
  const written = part.normalize('NFKC').replaceAll('\u2044', '/');
  return part.startsWith('\u2044') ? written : ` ${written}`;
}
