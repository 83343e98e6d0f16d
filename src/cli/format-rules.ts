import type { ComparedRule, ComparedRules, RuledQuery } from '../api/curation/check-rules.js';
import { terminalTable } from './terminal-table.js';

/** Queries that are shown of a rule; --json has all. */
const shown = 5;

/** What rules change on golden queries, rule by rule. */
export function formatRules({ queries, held, changed, rules }: ComparedRules): string {
  const head = `${rules.length} rules on ${queries} golden queries: ${held} have a rule, the first ten hits of ${changed} change`;
  return [head, ...rules.map(formatRule)].join('\n\n');
}

function formatRule({ id, state, queries, unknown }: ComparedRule): string {
  const held = `${queries.length} ${queries.length === 1 ? 'query' : 'queries'}`;
  const status = { holds: held, waiting: 'not yet', over: 'over' }[state];
  const missing = unknown.length === 0 ? '' : `; no documents: ${unknown.slice(0, 10).join(', ')}`;
  const head = `${id}: ${status}${missing}`;
  if (queries.length === 0) return head;
  const more = queries.length > shown ? [`  and ${queries.length - shown} more`] : [];
  const columns = [
    { name: 'query' },
    { name: 'does' },
    { name: 'came' },
    { name: 'went' },
    { name: 'moved', numeric: true },
  ];
  const table = terminalTable(columns, queries.slice(0, shown).map(rowOf));
  return [head, ...table.split('\n').map(line => `  ${line}`), ...more].join('\n');
}

function rowOf({ query, actions, cosine, text, came, went, moved }: RuledQuery): string[] {
  const near = cosine === undefined ? '' : ` (cosine ${cosine.toFixed(2)})`;
  const does = `${actions.join(', ') || 'nothing'}${text === undefined ? '' : ` "${text}"`}${near}`;
  return [query, does, namesOf(came), namesOf(went), String(moved)];
}

const namesOf = (ids: readonly string[]): string =>
  ids.length === 0
    ? '-'
    : ids.length <= 3
      ? ids.join(', ')
      : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`;
