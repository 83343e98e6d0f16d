import type { Random } from '../../src/math/random.js';
import type { Sequence } from './token-windows.js';

export interface Masking {
  /** share of the tokens that are predicted */
  readonly share: number;
  readonly maskId: number;
  /** ids that stand for text, ascending: these are predicted, and drawn from */
  readonly ordinary: Int32Array;
  /** by id: 1 for a special token, which is never predicted */
  readonly special: Uint8Array;
}

/** A sequence as the encoder reads it, and what it has to say about it. */
export interface MaskedSequence extends Sequence {
  /** places that are predicted, ascending */
  readonly places: Int32Array;
  /** ids that stood there */
  readonly targets: Int32Array;
}

/** Of the places that are predicted, so many read `<mask>`, and so many another token; the rest stay as they are. BERT, 3.1. */
const maskedShare = 0.8;
const replacedShare = 0.1;

/** Ids of a vocabulary, told apart. @param size  rows of the token table that stand for an id of the tokenizer */
export function maskingOf(share: number, maskId: number, specialIds: ReadonlySet<number>, size: number): Masking {
  const special = new Uint8Array(Math.max(size, maskId + 1));
  for (const id of [...specialIds, maskId]) special[id] = 1;
  return { share, maskId, special, ordinary: Int32Array.from(special.keys()).filter(id => special[id] === 0) };
}

/**
 * Chooses the tokens of a sequence that are predicted, and hides most of them (Devlin et al., NAACL 2019, 3.1): the share, rounded, and
 * at least one; of these 80 % become `<mask>`, 10 % a random token, 10 % stay, so that no token can be taken at its word. They are
 * chosen anew whenever the sequence comes up (RoBERTa, Liu et al., 2019, 4.1).
 */
export function maskSequence(sequence: Sequence, masking: Masking, random: Random): MaskedSequence {
  const { share, maskId, ordinary, special } = masking;
  const { ids, positions } = sequence;
  const open: number[] = [];
  ids.forEach((id, place) => {
    if (special[id] === 0) open.push(place);
  });
  const count = open.length === 0 ? 0 : Math.max(1, Math.round(share * open.length));
  for (let i = 0; i < count; i++) {
    const j = i + random.below(open.length - i);
    [open[i], open[j]] = [open[j], open[i]];
  }
  const places = Int32Array.from(open.slice(0, count)).sort();
  const hidden = ids.slice();
  for (const place of places) {
    const chance = random.next();
    if (chance < maskedShare) hidden[place] = maskId;
    else if (chance < maskedShare + replacedShare) hidden[place] = ordinary[random.below(ordinary.length)];
  }
  return { ids: hidden, positions, places, targets: places.map(place => ids[place]) };
}
