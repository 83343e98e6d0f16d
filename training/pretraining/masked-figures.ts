/** How well held-out tokens are told: of all masked places together. */
export interface MaskedFigures {
  /** mean cross-entropy over the whole vocabulary, in nats */
  readonly loss: number;
  /** share of places where the token that stood there has the highest score */
  readonly accuracy: number;
}
