import type { TrainedRankerReport } from '../api/ranking/train-ranker.js';
import { terminalTable } from './terminal-table.js';

/** Figures of several orders of the same candidates: a row each. */
export function formatOrders(orders: Readonly<Record<string, Readonly<Record<string, number>>>>): string {
  const names = Object.keys(Object.values(orders)[0] ?? {});
  const columns = [{ name: '' }, ...names.map(name => ({ name, numeric: true }))];
  return terminalTable(
    columns,
    Object.entries(orders).map(([name, figures]) => [name, ...names.map(figure => figures[figure].toFixed(4))]),
  );
}

type Cut = NonNullable<TrainedRankerReport['cut']>;

/** What leaving out bad hits does. */
export function formatCut({ score, without, with: kept }: Cut): string {
  const change = (figure: keyof Cut['with']): string => `${without[figure].toFixed(4)} -> ${kept[figure].toFixed(4)}`;
  return `minScore auto = ${score.toFixed(4)}, judged hits alone: precision@10 ${change('precision')}, recall@10 ${change('recall')}, empty answers ${change('empty')}`;
}
