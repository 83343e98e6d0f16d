/** A pattern over a whole text: `*` stands for any characters, none too, `?` for one. */
export interface QueryPattern {
  /** a word of the pattern without a sign, which every text that fits has among its words; undefined where there is none */
  readonly word: string | undefined;
  fits(text: string): boolean;
}

/** @param pattern  in normal form */
export function queryPattern(pattern: string): QueryPattern {
  const whole = pattern.split(' ').filter(word => word !== '' && !/[*?]/.test(word));
  const word = whole.reduce<string | undefined>(
    (longest, each) => (longest === undefined || each.length > longest.length ? each : longest),
    undefined,
  );
  return { word, fits: text => fits(pattern, text) };
}

/** Each * takes as little as it can; where the rest does not fit, the last one takes one more: the ones before it need never be tried again. */
function fits(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  let i = 0;
  while (i < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      taken = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++taken;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
