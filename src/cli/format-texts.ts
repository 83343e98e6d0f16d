import type { CutTexts } from '../api/embedding/cut-texts.js';

const count = new Intl.NumberFormat('en-US');

/** One line, or none. */
export function formatCutTexts(cut: CutTexts | undefined): string {
  if (cut === undefined) return '';
  const share = (100 * cut.cutShare).toFixed(1);
  return `\n${count.format(cut.longer)} of ${count.format(cut.texts)} texts are longer than the model reads, which leaves out ${share} % of all tokens (textEncoder.maxDocumentTokens of the model)`;
}
