import type { Analyzer } from './analyzer.js';
import { alphabetic, type Vocabulary } from './vocabulary.js';

/** A corrected term stands in at least so many documents: else it is chance, or a fault too. */
const leastKnown = 3;
/** shortest term that is corrected, and from which on two edits are allowed */
const shortestCorrected = 5;
const shortestTwoEdits = 9;

/** One edit before two; then the most documents, where another first letter counts as e^2 times fewer; ties by the order of the terms. */
export function nearestTerm(term: string, { stopWords }: Analyzer, vocabulary: Vocabulary): string | undefined {
  if (term.length < shortestCorrected) return undefined;
  return (
    best(vocabulary.near(term, 1)) ?? (term.length < shortestTwoEdits ? undefined : best(vocabulary.near(term, 2)))
  );

  function best(found: Iterable<string>): string | undefined {
    let chosen: string | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const candidate of found) {
      const df = vocabulary.df(candidate);
      if (df < leastKnown || stopWords.has(candidate) || !alphabetic.test(candidate)) continue;
      const score = Math.log(df) - (candidate[0] === term[0] ? 0 : 2);
      if (score < most || (score === most && chosen !== undefined && chosen < candidate)) continue;
      most = score;
      chosen = candidate;
    }
    return chosen;
  }
}
