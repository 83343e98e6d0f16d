/** Sizes of clothes: XXL is 2XL. */
const manyX = /^(x{2,5})([ls])$/;
/** Roman numerals from 2 on; single letters are too many other things. */
const roman = new Map(
  'ii iii iv - vi vii viii ix - xi xii xiii xiv xv xvi xvii xviii xix xx'
    .split(' ')
    .map((numeral, i) => [numeral, String(i + 2)]),
);
const letters = /^[ivxls]{2,6}$/;

/** Cyrillic letters that look like Latin ones stand for them in the number of an article: А54, М8, ВТ50. */
const lookalikes = 'авекмнорстух';
const latin = 'abekmhopctyx';
const codeOfLookalikes = new RegExp(`^[${lookalikes}]{1,4}\\d{1,5}[${lookalikes}]{0,2}$`);
const asLatin = (code: string): string => code.replace(/\D/g, letter => latin[lookalikes.indexOf(letter)]);

/** How others write a word in whatever language: XXL and 2XL, IV and 4, A54 in Cyrillic letters. @returns undefined where there is no other way */
export function sameWord(word: string): string | undefined {
  if (codeOfLookalikes.test(word)) return asLatin(word);
  if (!letters.test(word)) return undefined;
  const size = manyX.exec(word);
  return size === null ? roman.get(word) : `${size[1].length}x${size[2]}`;
}
