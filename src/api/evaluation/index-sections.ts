import { curveDepth, randomNegatives, type VectorMeasures } from '../../evaluation/measure-vectors.js';
import { efCurveSection, fusionCurveSection } from '../../evaluation/report/curve-sections.js';
import type { Section } from '../../evaluation/report/sections.js';
import { tunedFigure } from '../../evaluation/tune-index.js';
import type { StoredFusion } from '../../search/tuned-fusion.js';

/** What a report shows of an index itself: how its fusion was tuned, and how good its embeddings and their graph are. */
export function indexSections(fusion: StoredFusion | undefined, vectors: VectorMeasures | undefined): Section[] {
  const sections: Section[] = [];
  if (fusion !== undefined) {
    const curve = fusion.curve.map(({ weight, score }) => ({ weight, value: score }));
    sections.push(
      fusionCurveSection(
        curve,
        `${tunedFigure} on ${fusion.on === 'known-item' ? 'known-item queries' : 'judged queries'}`,
        fusion.weight,
      ),
    );
  }
  if (vectors === undefined) return sections;
  sections.push({
    kind: 'keyValues',
    title: 'Embeddings',
    note: `Of ${vectors.queries} queries with a relevant document. KNN Recall: part of the relevant documents among the nearest of all. Batch Recall: the same among the documents of 256 pairs. ROC AUC: relevant documents against judged ones that are not, and against ${randomNegatives} random ones a query.`,
    entries: Object.entries(vectors.figures).map(([name, value]) => [name, value.toFixed(4)]),
  });
  if (vectors.efCurve.length > 0) sections.push(efCurveSection(vectors.efCurve, curveDepth));
  return sections;
}
