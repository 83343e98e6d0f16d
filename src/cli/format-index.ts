import { type MadeIndex, mostNamed } from '../api/indexes/make-index.js';
import { formatFusion } from './format-fusion.js';
import { formatCutTexts } from './format-texts.js';
import { vectorLines } from './format-vectors.js';

/** What became of the documents, for people. @param tuned  whether a weight was found for the fusion */
export function describeIndex(folder: string, { manifest, fusion, cutTexts }: MadeIndex, tuned: boolean): string {
  const { documents, duplicates, attributes, indexing } = manifest;
  const counts = `${folder}: ${documents} documents, ${duplicates} ${duplicates === 1 ? 'duplicate' : 'duplicates'} left out${formatCutTexts(cutTexts)}${describeAttributes(attributes)}`;
  return [counts, ...vectorLines(manifest), ...(tuned ? [formatFusion(indexing.fusionWeight, fusion)] : [])].join('\n');
}

/** The same for machines. */
export const indexOutcome = (folder: string, { manifest, fusion, cutTexts }: MadeIndex): Record<string, unknown> => ({
  folder,
  documents: manifest.documents,
  duplicates: manifest.duplicates,
  nothingToEmbed: manifest.nothingToEmbed,
  modelId: manifest.modelId,
  fusionWeight: manifest.indexing.fusionWeight,
  attributeWeight: manifest.indexing.attributeWeight,
  ...(manifest.attributes && { attributes: manifest.attributes }),
  ...(manifest.graph && { graph: manifest.graph }),
  ...(fusion && { fusion }),
  ...(cutTexts && { cutTexts }),
});

/** Attributes named to people; the rest is counted. */
const namedToPeople = 12;

/** Which attributes are searched by their words beside the fields. */
function describeAttributes(paths: readonly string[] = []): string {
  if (paths.length === 0) return '';
  const more = paths.length > namedToPeople ? ', ...' : '';
  const count = paths.length === mostNamed ? `the first ${mostNamed} attributes` : `${paths.length} attributes`;
  return `\nalso searched: ${paths.slice(0, namedToPeople).join(', ')}${more} (${count})`;
}
