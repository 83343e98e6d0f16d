/** Sizes of clothes: XXL is 2XL. */
const manyX = /^(x{2,5})([ls])$/;
/** Roman numerals from 2 on; single letters are too many other things. */
const roman = new Map(
  'ii iii iv - vi vii viii ix - xi xii xiii xiv xv xvi xvii xviii xix xx'
    .split(' ')
    .map((numeral, i) => [numeral, String(i + 2)]),
);
const letters = /^[ivxls]{2,6}$/;

/** How others write a word in whatever language: XXL and 2XL, IV and 4. @returns undefined where there is no other way */
export function sameWord(word: string): string | undefined {
  if (!letters.test(word)) return undefined;
  const size = manyX.exec(word);
  return size === null ? roman.get(word) : `${size[1].length}x${size[2]}`;
}
