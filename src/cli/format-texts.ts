import type { TextCounts } from '../../models/runtime/text-counts.js';

/** What was cut off the texts of documents. */
export interface CutTexts {
  readonly texts: number;
  readonly longer: number;
  /** part of all tokens, 0..1 */
  readonly cutShare: number;
}

/** @returns nothing where every text was read whole */
export function cutTexts({ texts, longer, tokens, cut }: TextCounts): { cutTexts?: CutTexts } {
  return longer === 0 ? {} : { cutTexts: { texts, longer, cutShare: cut / tokens } };
}

const count = new Intl.NumberFormat('en-US');

/** One line, or none. */
export function formatCutTexts(cut: CutTexts | undefined): string {
  if (cut === undefined) return '';
  const share = (100 * cut.cutShare).toFixed(1);
  return `\n${count.format(cut.longer)} of ${count.format(cut.texts)} texts are longer than the model reads, which leaves out ${share} % of all tokens (textEncoder.maxDocumentTokens of the model)`;
}
