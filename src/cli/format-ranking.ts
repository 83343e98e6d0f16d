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
