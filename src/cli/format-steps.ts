import type { AnalysisStep } from '../api/indexes/analyze-text.js';
import { terminalTable } from './terminal-table.js';

/** The steps of an analysis: for each its tokens with their positions and spans. */
export function formatSteps(steps: readonly AnalysisStep[]): string {
  const columns = [
    { name: 'step' },
    { name: 'position', numeric: true },
    { name: 'span', numeric: true },
    { name: 'term' },
  ];
  const rows = steps.flatMap(({ name, tokens }) => {
    const terms = tokens.flatMap(({ parts = [], variants = [], ...token }) => [
      token,
      ...variants.map(({ term, piece }) => ({ ...token, term, ...piece })),
      ...parts.map(part => ({ ...part, position: token.position })),
    ]);
    return terms.map(({ term, position, start, end }, i) => [
      i === 0 ? name : '',
      String(position),
      `${start}-${end}`,
      term,
    ]);
  });
  return rows.length === 0 ? 'no tokens' : terminalTable(columns, rows);
}
