import { TandemError } from '../../errors/tandem-error.js';
import type { NumberedField } from '../index-fields.js';

/**
 * The weights of the fields for one query: those of the index, but for the fields that the query names.
 * @param own  >= 0 by name
 * @throws TandemError 'request/invalid' naming the field
 */
export function queryWeights(
  fields: readonly NumberedField[],
  weights: readonly number[],
  own: Readonly<Record<string, number>>,
): number[] {
  for (const [name, weight] of Object.entries(own)) {
    if (!fields.some(field => field.name === name))
      throw new TandemError('request/invalid', `fieldWeights: ${name} is not indexed`);
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw new TandemError('request/invalid', `fieldWeights: the weight of ${name} must be at least 0, got ${weight}`);
  }
  return fields.map(({ name, share }, field) => (Object.hasOwn(own, name) ? own[name] * share : weights[field]));
}
