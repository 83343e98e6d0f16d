import type { Facet, Hit, ScoreParts, SearchResponse } from '../api/indexes/open-search.js';
import { terminalTable } from './terminal-table.js';

/** Hits as a table for people, with the parts of the score where they were asked for. */
export function formatHits(response: SearchResponse): string {
  const { hits, mode, total, facets = [], suggestion, took } = response;
  const of = total === undefined ? '' : ` of ${total}`;
  const meant = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  const line = `${hits.length} hits${of}, ${mode}, ${took.total.toFixed(1)} ms${meant}`;
  const foot = [...facets.map(facetLine), line].join('\n');
  if (hits.length === 0) return [...appliedLines(response), foot].join('\n');
  const explained = hits.some(({ parts }) => parts !== undefined);
  const grouped = hits.some(({ group }) => group !== undefined);
  const columns = [
    { name: '#', numeric: true },
    { name: 'score', numeric: true },
    ...(explained
      ? [
          { name: 'token', numeric: true },
          { name: 'vector', numeric: true },
        ]
      : []),
    { name: 'id' },
    ...(grouped ? [{ name: 'group' }] : []),
    { name: 'title' },
  ];
  const table = terminalTable(
    columns,
    hits.map((hit, i) => rowOf(hit, i + 1, { explained, grouped })),
  );
  return [
    table,
    ...hits.flatMap(passageLines),
    ...channelLine(hits[0].parts),
    ...rankerLines(hits[0]),
    ...hits.flatMap(ruleLines),
    ...appliedLines(response),
    foot,
  ].join('\n');
}

function rowOf(
  { id, score, document, group, parts = {} }: Hit,
  rank: number,
  { explained, grouped }: { readonly explained: boolean; readonly grouped: boolean },
): string[] {
  const { token, tokenRank, vector, vectorRank } = parts;
  const sides = explained ? [side(token, tokenRank), side(vector, vectorRank)] : [];
  return [String(rank), score.toFixed(4), ...sides, id, ...(grouped ? [groupText(group)] : []), document.title];
}

const groupText = (group: Hit['group']): string =>
  group === undefined ? '-' : `${group.value}${group.count === undefined ? '' : ` (${group.count})`}`;

/** The best passage of each field, what matches in square brackets. */
const passageLines = ({ id, highlights = [] }: Hit): string[] =>
  highlights.flatMap(({ field, fragments }) =>
    fragments.slice(0, 1).map(({ text, spans }) => {
      let from = 0;
      let marked = '';
      for (const [start, end] of spans) {
        marked += `${text.slice(from, start)}[${text.slice(start, end)}]`;
        from = end;
      }
      return `${id} ${field}: ${marked}${text.slice(from)}`.replaceAll(/\s+/g, ' ');
    }),
  );

const facetLine = ({ field, values = [], documents }: Facet): string =>
  `${field}: ${values.map(({ value, count }) => `${value} (${count})`).join(', ')}; ${documents} documents have it`;

const side = (score?: number, rank?: number): string =>
  score === undefined ? '-' : `${score.toFixed(3)}${rank === undefined ? '' : ` (#${rank})`}`;

/** What of the score of the first hit comes from which feature. */
function rankerLines({ id, parts }: Hit): string[] {
  if (parts?.ranker === undefined) return [];
  const { features, chance } = parts.ranker;
  const { deep } = parts;
  const most = features
    .slice(0, 8)
    .map(
      ({ feature, value, adds }) =>
        `${feature}=${value === null ? '-' : +value.toFixed(3)} ${adds > 0 ? '+' : ''}${adds.toFixed(3)}`,
    );
  return [
    `${id} by the ranker: ${most.join(', ')}${deep === undefined ? '' : `; the network behind it ${deep > 0 ? '+' : ''}${deep.toFixed(3)}`}${chance === undefined ? '' : `; relevant with a chance of ${chance.toFixed(2)}`}`,
  ];
}

const ruleLines = ({ id, parts }: Hit): string[] =>
  (parts?.rules ?? []).map(
    ({ id: rule, action, position, by }) =>
      `${id}: rule ${rule}: ${action} ${position === undefined ? `by ${by}` : `at ${position}`}`,
  );

/** The rules of curation that held. */
const appliedLines = ({ rules = [], redirect }: SearchResponse): string[] => [
  ...rules.map(
    ({ id, actions, cosine, text }) =>
      `rule ${id}: ${actions.join(', ') || 'nothing to do'}${text === undefined ? '' : ` "${text}"`}${cosine === undefined ? '' : `, near by ${cosine.toFixed(2)}`}`,
  ),
  ...(redirect === undefined ? [] : [`redirect: ${redirect}`]),
];

function channelLine(parts?: ScoreParts): string[] {
  const channels = Object.entries(parts?.channels ?? {});
  return channels.length === 0
    ? []
    : [`channels: ${channels.map(([name, weight]) => `${name} ${weight.toFixed(2)}`).join(', ')}`];
}
