import { wordMark } from './normalise.js';

/** Scripts that are told apart; a rarer one counts as `other`. Hiragana and Katakana count as Han, as in SentencePiece. */
const scripts = [
  'Latin',
  'Common',
  'Inherited',
  'Cyrillic',
  'Arabic',
  'Devanagari',
  'Greek',
  'Hebrew',
  'Hangul',
  'Thai',
  'Bengali',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Gujarati',
  'Gurmukhi',
  'Oriya',
  'Sinhala',
  'Georgian',
  'Armenian',
  'Ethiopic',
  'Khmer',
  'Lao',
  'Myanmar',
  'Tibetan',
  'Mongolian',
] as const;

const tests = scripts.map(name => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
const han = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u;

function scriptOf(character: string): string {
  if (han.test(character)) return 'Han';
  return tests.find(([, test]) => test.test(character))?.[0] ?? 'other';
}

/**
 * Cuts words where the script changes: digits and punctuation (Common) are apart from letters, so that `12-gauge` and
 * `14-gauge` share their pieces. Combining marks stay with their letter, the word mark with what follows.
 * A character outside the alphabet is a cut too and belongs to no run. The same rule as SentencePiece's
 * split_by_unicode_script, applied before training instead of to each candidate piece.
 * @returns a function from a word to its runs, in order
 */
export function scriptRunCutter(alphabet: ReadonlySet<string>): (word: string) => string[] {
  const known = new Map<string, string>();
  const scriptAfter = (character: string, previous: string): string => {
    let script = known.get(character);
    if (script === undefined) {
      script = scriptOf(character);
      known.set(character, script);
    }
    return script === 'Inherited' ? previous : script;
  };
  return word => {
    const runs: string[] = [];
    let run = '';
    let runScript = '';
    const close = (): void => {
      if (run !== '') runs.push(run);
      run = '';
      runScript = '';
    };
    for (const character of word) {
      if (!alphabet.has(character)) {
        close();
        continue;
      }
      if (character !== wordMark) {
        const script = scriptAfter(character, runScript);
        if (runScript !== '' && script !== runScript) close();
        runScript = script;
      }
      run += character;
    }
    close();
    return runs;
  };
}
