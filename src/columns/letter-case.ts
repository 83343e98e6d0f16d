/** Of two spellings that differ in case the same one; a character stays one character, so that ß is not ss. */
export function foldCase(point: number): number {
  if (isTurkishI(point)) return 0x69;
  const upper = only(String.fromCodePoint(point).toUpperCase()) ?? point;
  return only(String.fromCodePoint(upper).toLowerCase()) ?? upper;
}

/** İ and ı: which of them an I stands for depends on the language, so that they all stand for one another. */
const isTurkishI = (point: number): boolean => point === 0x130 || point === 0x131;

function only(text: string): number | undefined {
  const point = text.codePointAt(0) ?? 0;
  return text.length === (point > 0xffff ? 2 : 1) ? point : undefined;
}

/** No character that has case stands behind this one. */
const lastCased = 0x1e95f;
const changes = /\p{Changes_When_Casemapped}/u;
let spellings: Map<number, number[]> | undefined;

/** All code points that differ from one in their case alone, itself among them; rising. Made for all when one is first asked for. */
export function caseVariants(point: number): readonly number[] {
  if (spellings === undefined) {
    spellings = new Map();
    for (let each = 0; each <= lastCased; each++) {
      if (!changes.test(String.fromCodePoint(each))) continue;
      const folded = foldCase(each);
      const known = spellings.get(folded);
      if (known === undefined) spellings.set(folded, [each]);
      else known.push(each);
    }
  }
  return spellings.get(foldCase(point)) ?? [point];
}
