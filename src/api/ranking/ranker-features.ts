import { isMonotone, standardFeatures } from '../../ranking/features/catalogue.js';
import type { EnsembleFeature } from '../../ranking/trees/ensemble.js';
import type { Rankable } from '../../search/embedded-backend.js';

/** Attributes that become features at most, those of most documents first. */
const mostAttributes = 16;

/**
 * What a ranker of an index may look at: the features of every ranker, those of its fields, and its numbers and dates.
 * @param chosen  names, in place of all of these
 */
export function rankerFeatures({ fields, attributes }: Rankable, chosen?: readonly string[]): EnsembleFeature[] {
  const names = chosen ?? [
    ...standardFeatures,
    ...fields.flatMap(field => [`bm25:${field}`, `length:${field}`]),
    ...attributes
      .slice(0, mostAttributes)
      .flatMap(({ path, kind }) => (kind === 'date' ? [`age:${path}`] : [`number:${path}`, `relative:${path}`])),
  ];
  return names.map(name => ({ name, kind: 'number', ...(isMonotone(name) && { monotone: 1 as const }) }));
}
