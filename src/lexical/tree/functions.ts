import type { NumberColumn, SegmentColumns } from '../../columns/segment-columns.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { ScoreFunction } from '../../query/query.js';

const day = 86_400_000;

export const functionBody = (each: ScoreFunction): Decay | Saturation =>
  'decay' in each ? each.decay : each.saturation;

/** A score function that is ready to be asked. */
export interface Factor {
  readonly field: string;
  readonly weight: number;
  readonly description: string;
  /** f in [0, 1]; 0 for a document without the attribute */
  value(numbers: NumberColumn | undefined, doc: number): number;
}

/**
 * @param now  milliseconds since 1970; what the origin 'now' means
 * @throws TandemError 'request/invalid' for an origin that is no date
 */
export const compileFunctions = (functions: readonly ScoreFunction[], now: number | undefined): Factor[] =>
  functions.map(each => ('decay' in each ? decayFactor(each.decay, now) : saturationFactor(each.saturation)));

/** What the functions make of the score of a document; they are applied in their order. */
export type Multiply = (score: number, doc: number) => number;

export function multiplyIn(factors: readonly Factor[], columns: SegmentColumns): Multiply {
  const numbers = factors.map(({ field }) => columns.numbers(field));
  return (score, doc) => {
    let product = score;
    for (let i = 0; i < factors.length; i++) product *= factorAt(factors[i], numbers[i], doc);
    return product;
  };
}

export const factorAt = ({ weight, value }: Factor, numbers: NumberColumn | undefined, doc: number): number =>
  1 + weight * value(numbers, doc);

type Decay = Extract<ScoreFunction, { decay: unknown }>['decay'];
type Saturation = Extract<ScoreFunction, { saturation: unknown }>['saturation'];

function decayFactor(decay: Decay, now: number | undefined): Factor {
  const { field, shape, offset = 0, at = 0.5, weight = 1 } = decay;
  const unit = typeof decay.origin === 'string' ? day : 1;
  const origin = originOf(decay.origin, now);
  const shapes = {
    gauss: (d: number) => Math.exp(Math.log(at) * d * d),
    exponential: (d: number) => Math.exp(Math.log(at) * d),
    linear: (d: number) => Math.max(0, 1 - (1 - at) * d),
  };
  return {
    field,
    weight,
    description: `${shape} decay of ${field}`,
    value: (numbers, doc) => {
      const distance = numbers === undefined ? Number.NaN : distanceTo(numbers, doc, origin);
      if (Number.isNaN(distance)) return 0;
      return shapes[shape](Math.max(0, distance - offset * unit) / (decay.scale * unit));
    },
  };
}

function saturationFactor({ field, pivot, weight = 1 }: Saturation): Factor {
  return {
    field,
    weight,
    description: `saturation of ${field}`,
    value: (numbers, doc) => {
      const value = numbers?.greatest(doc) ?? Number.NaN;
      return value > 0 ? value / (value + pivot) : 0;
    },
  };
}

function originOf(origin: number | string, now: number | undefined): number {
  if (typeof origin === 'number') return origin;
  const time = origin === 'now' ? (now ?? Number.NaN) : Date.parse(origin);
  if (Number.isNaN(time))
    throw new TandemError('request/invalid', `decay: the origin must be a number, a date or now, got ${origin}`);
  return time;
}

/** From the nearest of the values of a document; NaN where it has none. */
function distanceTo(numbers: NumberColumn, doc: number, origin: number): number {
  const [least, greatest] = [numbers.least(doc), numbers.greatest(doc)];
  if (Number.isNaN(least) || least >= origin || least === greatest) return Math.abs(least - origin);
  if (greatest <= origin) return origin - greatest;
  return numbers.values(doc).reduce((nearest, value) => Math.min(nearest, Math.abs(value - origin)), Infinity);
}
