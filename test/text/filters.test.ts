import { describe, expect, it } from 'vitest';
import { apostrophes } from '../../src/text/apostrophe.js';
import { accentFold, letterVariants } from '../../src/text/fold.js';
import { functionWordsOf, stopWordLanguages, stopWordsOf, withoutStopWords } from '../../src/text/stop-words.js';

describe('apostrophes', () => {
  it('takes off what hangs on by an apostrophe', () => {
    expect(apostrophes('en')('dog’s')).toBe('dog');
    expect(apostrophes('en')("o'neill")).toBe("o'neill");
    expect(apostrophes('fr')('l’eau')).toBe('eau');
    expect(apostrophes('fr')("aujourd'hui")).toBe("aujourd'hui");
    expect(apostrophes('tr')("istanbul'da")).toBe('istanbul');
    expect(apostrophes('und')('dog’s')).toBe("dog's");
  });
});

describe('accentFold', () => {
  it('folds Latin and Greek, but no letter that the language counts as its own', () => {
    expect(accentFold('en')('smörgåsbord')).toBe('smorgasbord');
    expect(accentFold('sv')('smörgåsbordé')).toBe('smörgåsborde');
    expect(accentFold('de')('straße')).toBe('strasse');
    expect(accentFold('pl')('łódź')).toBe('lodz');
    expect(accentFold('vi')('đỏ')).toBe('đỏ');
    expect(accentFold('el')('οδός')).toBe('οδοσ');
    expect(accentFold('und')('x\u0301')).toBe('x');
  });

  it('leaves marks of other scripts, which make other letters', () => {
    for (const word of ['зелёный', 'が', 'दिल', 'ที่', 'หัวใจ']) expect(accentFold('und')(word)).toBe(word);
  });
});

describe('letterVariants', () => {
  it('writes variants of a letter as one', () => {
    expect(letterVariants('ar')('أُخْتٌ')).toBe('اخت');
    expect(letterVariants('fa')('كي')).toBe('کی');
    expect(letterVariants('he')('שָׁלוֹם')).toBe('שלום');
    expect(letterVariants('ru')('ёж')).toBe('еж');
    expect(letterVariants('ro')('și')).toBe('şi');
    expect(letterVariants('uk')('ёж')).toBe('ёж');
  });
});

describe('stopWordsOf', () => {
  it('has function words in the spelling of the chain, and no other word', () => {
    const romanian = stopWordsOf('ro', letterVariants('ro'));
    expect(romanian).toContain('şi');
    expect(romanian).not.toContain('pisică');
    const english = stopWordsOf('en', term => term);
    expect(english).toContain('the');
    expect(english).not.toContain('constructor');
  });

  it('has none for a language without a list', () => {
    expect(stopWordsOf('und', term => term).size).toBe(0);
  });

  it('holds no empty and no double word', () => {
    for (const language of stopWordLanguages) {
      const words = functionWordsOf(language);
      expect(new Set(words).size, language).toBe(words.length);
      expect(words, language).not.toContain('');
    }
  });
});

describe('withoutStopWords', () => {
  it('leaves the words that a text is about, all of them where there are no others', () => {
    const [the, who]: { term: string; stop?: true }[] = [{ term: 'the', stop: true }, { term: 'who' }];
    expect(withoutStopWords([the, who])).toEqual([who]);
    expect(withoutStopWords([the, the])).toEqual([the, the]);
    expect(withoutStopWords([])).toEqual([]);
  });
});
