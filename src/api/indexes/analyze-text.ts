import { openIndex } from '../../search/open-index.js';
import { type AnalysisStep, createAnalyzer } from '../../text/analyzer.js';

export type { AnalysisStep };

export interface AnalyzeTextOptions {
  /** BCP 47; that of the index, or en, when absent */
  readonly language?: string;
  /** folder of an index whose own words and synonyms count */
  readonly index?: string;
}

/** Every step that turns a text into terms. @throws TandemError 'text/bad-language' | 'index/*' */
export async function analyzeText(
  text: string,
  { language: tag, index: folder }: AnalyzeTextOptions,
): Promise<{ readonly language: string; readonly steps: readonly AnalysisStep[] }> {
  if (folder === undefined) {
    const language = tag ?? 'en';
    return { language, steps: createAnalyzer(language).steps(text) };
  }
  const index = await openIndex(folder);
  try {
    return await index.analyze(text, tag);
  } finally {
    await index.close();
  }
}
