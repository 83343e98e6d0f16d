import type { GenerationInfo } from '../api/options.js';
import { terminalTable } from './terminal-table.js';

const stateOf = ({ active, previous, ready }: GenerationInfo): string => {
  if (active) return 'active';
  if (!ready) return 'not finished';
  return previous ? 'ready, active before' : 'ready';
};

/** A line for each generation. */
export const formatGenerations = (generations: readonly GenerationInfo[]): string =>
  terminalTable(
    ['generation', 'state', 'model', 'embedded', 'writes behind', 'weight', 'added'].map(name => ({ name })),
    generations.map(each => [
      String(each.number),
      stateOf(each),
      each.modelId?.slice(0, 12) ?? 'none',
      each.modelId === null ? '' : `${each.embedded} of ${each.documents}`,
      String(each.behind),
      String(each.fusionWeight),
      each.created.slice(0, 16).replace('T', ' '),
    ]),
  );
