/** A word that documents write. */
export interface KnownWord {
  /** as it is written, in normal form */
  readonly word: string;
  /** that write it */
  readonly documents: number;
  /** the term itself, where the index knows terms alone */
  readonly term?: string;
}

/** A word as documents write it in several. */
export interface Cut {
  readonly terms: readonly string[];
  /** as they are written, with spaces */
  readonly word: string;
  /** whether each part says something by itself, so that a document with one of them is worth finding too */
  readonly apart?: true;
}

/** What the expansion of a query asks of an index: its terms as they came out of the same chain. */
export interface Vocabulary {
  /** documents of the index */
  readonly documents: number;
  /** documents that hold the term; 0 for an unknown one */
  df(term: string): number;
  /** weight of a term held by so many documents; falls with df, above 0 */
  idf(df: number): number;
  /** Makes ready what `near` looks words up in. @yields units of work (src/search/turns.ts) */
  learning(): Generator<number, void>;
  /**
   * Words within a number of edits (insert, delete, replace, swap of neighbours), in any order; none beyond what one query may ask.
   * @param key   what words are compared by (word-key.ts)
   * @param term  of the word, for what was written before words were kept
   */
  near(key: string, term: string, edits: 1 | 2): Iterable<KnownWord>;
  /** Words that documents write and whose keys begin so, those of the most documents first; none beyond what one query may ask. */
  beginning(key: string, most: number): readonly string[];
  /** Documents that hold both terms, estimated as `together` is and bounded like it. */
  sharing(a: string, b: string): number;
  /**
   * Documents that hold these terms one behind the other in a field; estimated from the first ones that hold the rarest of them where these are many.
   * What one query may ask is bounded: beyond it the answer is 0.
   * @param least  an answer below it may be 0
   */
  together(terms: readonly string[], least?: number): number;
  /**
   * The ways to cut a word: those that an earlier query found, or what the work finds, of which nothing but `df` and `together` is asked. It counts as asked by the
   * query all the same.
   * @param question  the word and whatever else the answer depends on, beside the index
   */
  cuts(question: string, work: () => readonly Cut[]): readonly Cut[];
  /** Takes one word more of a query to be mended. @returns false beyond the words that one query may have mended: they are taken as typed */
  takesWord(): boolean;
}

/** Words of alphabets that part words by spaces: elsewhere words have no spelling to mend, and a segmenter cut them. */
export const alphabetic = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]+$/u;

/** Korean writes the same words with spaces and without. */
export const korean = /^\p{Script=Hangul}+$/u;

/** Words of scripts that part words by spaces and whose letters people mistype. */
export const spelled =
  /^(?=.*\p{L})[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{M}'’-]+$/u;

/** Scripts that part no words: a dictionary finds them, and cuts the same letters alone otherwise than beside others (สีดำ, เสื้อ|สี|ดำ). */
export const unparted = /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+$/u;

/** Letters and digits of those alphabets, both in one word, also with a decimal: a model number, a size, a version (usb3.0). */
export const mixed =
  /^(?=.*\p{Nd})(?=.*[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])(?:[\p{Nd}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]|(?<=\p{Nd})[.,](?=\p{Nd}))+$/u;

/** A number of an article rather than a number and a word (18volt): letters stand in threes at most. */
export const isCode = (written: string): boolean => mixed.test(written) && !/\p{L}{4}/u.test(written);

/** Digits that one may join or part: as many as a telephone number or more, or thousands. */
const longNumber = /^\d{7,}$/;
const thousands = /^\d{1,3}(?:\d{3})+$/;
export const isLongNumber = (written: string): boolean => longNumber.test(written);
export const isThousands = (written: string): boolean => written.length > 3 && thousands.test(written);

/** Longest word that is cut, and longest that neighbours are joined to, in UTF-16 units. */
export const longestCut = 32;

/**
 * Before the term of words that a document joins by a hyphen, a slash or a dot: `Wi-Fi` is `wi` and `fi` and, at the place of `wi`, `-wifi`. No word
 * of a text begins so, and queries that write two words ask for no third one.
 */
export const joinMark = '-';
