/** A language of the demo, with the country that its listings and queries come from. */
export interface EmojiLocale {
  /** folder name in CLDR and BCP 47 tag */
  readonly locale: string;
  /** ISO 3166-1 alpha-2 */
  readonly country: string;
  /** script group, for slices of the evaluation */
  readonly group: string;
  /** whether its script puts spaces between words */
  readonly spaced: boolean;
}

const spaced = (locale: string, country: string, group: string): EmojiLocale => ({
  locale,
  country,
  group,
  spaced: true,
});
const unspaced = (locale: string, country: string, group: string): EmojiLocale => ({
  locale,
  country,
  group,
  spaced: false,
});

/** The locales of the demo. */
export const emojiLocales: readonly EmojiLocale[] = [
  spaced('en', 'US', 'Latin'),
  spaced('de', 'DE', 'Latin'),
  spaced('fr', 'FR', 'Latin'),
  spaced('es', 'ES', 'Latin'),
  spaced('pt', 'BR', 'Latin'),
  spaced('it', 'IT', 'Latin'),
  spaced('nl', 'NL', 'Latin'),
  spaced('pl', 'PL', 'Latin'),
  spaced('tr', 'TR', 'Latin'),
  spaced('vi', 'VN', 'Latin'),
  spaced('ru', 'RU', 'Cyrillic'),
  spaced('uk', 'UA', 'Cyrillic'),
  spaced('ar', 'EG', 'Arabic'),
  spaced('hi', 'IN', 'Devanagari'),
  spaced('ko', 'KR', 'Hangul'),
  unspaced('zh', 'CN', 'Han'),
  unspaced('ja', 'JP', 'Japanese'),
  unspaced('th', 'TH', 'Thai'),
];

/** The locales of `--fast`: four scripts, one of them without spaces. */
export const fastEmojiLocales: readonly string[] = ['en', 'ru', 'hi', 'ja'];
