import type { TextCounts } from '../../../models/runtime/text-counts.js';

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
