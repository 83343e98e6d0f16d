export interface Schedule {
  /** rate at the top */
  readonly rate: number;
  readonly warmupSteps: number;
  readonly steps: number;
  /** rate at the last step, as a part of the top */
  readonly finalRate: number;
}

/**
 * Learning rate of a step: linear from 0 over the warm-up, then linear down to finalRate * rate at the last step.
 * @param step  0..steps - 1
 */
export function rateAt(step: number, { rate, warmupSteps, steps, finalRate }: Schedule): number {
  const warm = Math.min(1, (step + 1) / Math.max(1, warmupSteps));
  const progress = steps > 1 ? step / (steps - 1) : 1;
  return rate * warm * (1 - (1 - finalRate) * progress);
}
