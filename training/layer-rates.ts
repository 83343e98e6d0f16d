import type { Tower } from '../models/channels.js';

/**
 * Layer-wise learning rates (Howard & Ruder, ULMFiT, 2018; for BERT Sun et al., 2019): layer n of L has the factor decay^(L - 1 - n), what is below the
 * layers (tokens, positions, their norm) decay^L. Lower layers know more of language and less of the task, so they move less.
 * @param name  of a parameter or table
 * @returns 1 for what belongs to no text encoder
 */
export function layerFactor(name: string, towers: Readonly<Record<string, Tower>>, decay: number): number {
  if (decay === 1) return 1;
  if (name === 'token' || name.endsWith('position')) return decay ** deepest(towers);
  const encoder = Object.values(towers).find(tower => name.startsWith(`${tower.encoder.prefix}.`))?.encoder;
  if (encoder === undefined) return 1;
  const layer = /\.layer(\d+)\./.exec(name)?.[1];
  return decay ** (layer === undefined ? encoder.layers : encoder.layers - 1 - Number(layer));
}

/** The token table is shared by both towers: it lies below the deeper one. */
const deepest = (towers: Readonly<Record<string, Tower>>): number =>
  Math.max(...Object.values(towers).map(({ encoder }) => encoder.layers));
