import { type IndexingConfig, resolveAttributeWeight } from '../../config/indexing.js';
import type { DocumentRow } from '../../config/rows.js';
import { writeFileAtomically } from '../../files/atomic.js';
import type { ExportedTokens } from '../../lexical/exported-tokens.js';
import { createTokenIndex } from '../../lexical/token-index.js';
import { openIndex } from '../../search/open-index.js';
import type { Documents } from '../options.js';
import { readDocumentRows } from '../project/read-rows.js';
import type { Watch } from '../watch.js';

export interface AnalyzeDocumentsOptions {
  readonly documents: Documents;
  /** file of JSON lines that is written */
  readonly out: string;
  /** folder of an index whose fields, language and words count; those of the configuration otherwise */
  readonly index?: string;
  readonly indexing: IndexingConfig;
}

export interface AnalyzedDocuments {
  readonly out: string;
  readonly documents: number;
  /** fields that were left to be analysed, for they have more terms than a document may give */
  readonly leftOut: number;
}

type ExportTokens = (document: DocumentRow) => ExportedTokens;

/** Rows that are written together. */
const batchSize = 256;

/**
 * Writes documents with the terms that the analysis makes of them: an index that takes them in needs no analysis, and holds the same.
 * @throws TandemError 'data/*' | 'text/bad-language' | 'index/*' | 'files/*'; then nothing is written
 */
export async function analyzeDocuments(options: AnalyzeDocumentsOptions, watch: Watch): Promise<AnalyzedDocuments> {
  if (options.index === undefined) {
    const { indexing } = options;
    const tokens = createTokenIndex({ ...indexing, attributeWeight: resolveAttributeWeight(indexing) });
    return writeAnalyzed(options, document => tokens.exportTokens(document), watch);
  }
  const index = await openIndex(options.index);
  try {
    return await writeAnalyzed(options, document => index.exportTokens(document), watch);
  } finally {
    await index.close();
  }
}

async function writeAnalyzed(
  { documents, out }: AnalyzeDocumentsOptions,
  exportTokens: ExportTokens,
  watch: Watch,
): Promise<AnalyzedDocuments> {
  const progress = watch.progress('analysing', 'documents');
  const counts = { documents: 0, leftOut: 0 };
  try {
    await writeFileAtomically(out, async handle => {
      let lines: string[] = [];
      const write = async (): Promise<void> => {
        await handle.writeFile(lines.join(''));
        lines = [];
        progress.update(counts.documents);
      };
      for await (const document of readDocumentRows(documents, watch.note)) {
        const { tokens, leftOut } = exportTokens(document);
        counts.documents++;
        counts.leftOut += leftOut.length;
        lines.push(`${JSON.stringify({ ...document, tokens })}\n`);
        if (lines.length === batchSize) await write();
      }
      await write();
    });
  } finally {
    progress.finish();
  }
  return { out, ...counts };
}
