import type { Imported } from '../api/training/import-encoder.js';

const quoted = (prefix: string): string => (prefix === '' ? 'none' : JSON.stringify(prefix));

/** What an import has taken from where, what a model reads of a document, and what the check saw; a line each. */
export function formatImport({ taken, reads, check }: Imported): string[] {
  const { pooling, maxTokens, lowerCase, queryPrefix, documentPrefix, unusedPrompts } = taken;
  const settings = [
    `pooling ${pooling.value} (${pooling.from})`,
    `${maxTokens.value} tokens a text (${maxTokens.from})`,
    `prefix of queries ${quoted(queryPrefix.value)} (${queryPrefix.from})`,
    `of documents ${quoted(documentPrefix.value)} (${documentPrefix.from})`,
    lowerCase.value ? `lower case (${lowerCase.from})` : `case as in ${lowerCase.from}`,
  ];
  const lines = [`taken: ${settings.join(', ')}`];
  if (unusedPrompts.length > 0) {
    lines.push(`not used: the prompts ${unusedPrompts.join(', ')}; --query-prefix and --document-prefix give others`);
  }
  if (reads !== undefined) {
    const what = reads.template === undefined ? reads.channel : JSON.stringify(reads.template);
    lines.push(`documents are read as ${what}, to ${reads.tokens} tokens`);
  }
  const least = check.leastCosine.toFixed(4);
  lines.push(
    `checked: ${check.texts} texts alone and beside longer ones give the same vectors, cosine at least ${least}`,
  );
  return lines;
}
