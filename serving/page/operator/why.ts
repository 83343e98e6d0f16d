import type { Filter } from '../../../src/query/filter.js';
import type { SearchResponse } from '../../../src/search/backend.js';
import type { SearchRequest } from '../../../src/search/request.js';
import { element } from '../elements.js';
import { renderExplanation } from '../inside.js';
import type { Service } from '../settings.js';
import { field, form, type Part, shown, table } from './part.js';

/** As deep as a search goes. */
const deepest = 1_000;

/** A stage of a search, asked so that it shows where a document stands after it. */
interface Stage {
  readonly name: string;
  readonly request: SearchRequest;
}

/** The stages that a document goes through, each with a search that ends there. @param filter  of the search; none when empty */
export function stagesOf(text: string, hasVectors: boolean, filter: Filter = []): Stage[] {
  const all = { text, k: deepest, ...(filter.length > 0 && { filter }) } as const;
  return [
    { name: 'words', request: { ...all, mode: 'token', rules: false } },
    ...(hasVectors
      ? [
          { name: 'meaning', request: { ...all, mode: 'vector', rules: false } as const },
          { name: 'both', request: { ...all, mode: 'hybrid', rules: false, ranker: false } as const },
          { name: 'ranker', request: { ...all, mode: 'hybrid', rules: false } as const },
        ]
      : []),
    { name: 'rules', request: all },
  ];
}

/** Where a document stands after each stage, from 1; undefined where the stage has lost it. */
export const placesOf = (answers: readonly Pick<SearchResponse, 'hits'>[], id: string): (number | undefined)[] =>
  answers.map(({ hits }) => {
    const place = hits.findIndex(hit => hit.id === id);
    return place < 0 ? undefined : place + 1;
  });

/** What to say of a document that is not among the hits. @param places  by stage, as stagesOf has them */
export function verdict(places: readonly (number | undefined)[]): string {
  const last = places.at(-1);
  if (last !== undefined)
    return last <= 10 ? `It is hit ${last}.` : `It is hit ${last}: found, and ranked behind the first ten.`;
  const sides = places.length > 2 ? places.slice(0, 2) : places.slice(0, 1);
  if (sides.every(place => place === undefined))
    return places.length > 2
      ? `Neither side finds it among its first ${deepest}: no word leads to it, and others are nearer in meaning.`
      : 'No word of the query leads to it.';
  if (places.slice(0, -1).at(-1) !== undefined) return 'A rule hides it.';
  return 'A side finds it, and the ranking of both leaves it behind the first thousand.';
}

/** Why a document is where it is, or which stage lost it. */
export const openWhy: Part = (place, service, tell) => {
  const text = element('input', { dir: 'auto', required: true });
  const id = element('input', { required: true });
  const filter = element('textarea', { rows: 2, spellcheck: 'false', placeholder: '[]' });
  const answer = element('div');
  const look = async (): Promise<void> => {
    const clauses: unknown = JSON.parse(filter.value.trim() || '[]');
    if (!Array.isArray(clauses)) throw new Error('A filter is a list of clauses: [{"terms": {...}}]');
    answer.replaceChildren(...(await explain(service, text.value.trim(), id.value.trim(), clauses)));
  };
  place.append(
    element('h2', {}, 'Why is this document here, and why is that one not?'),
    form(
      [
        field('Query', text),
        field('Id of the document', id),
        field('Filter of the search, if any (docs/filters.md)', filter),
      ],
      'Look',
      tell,
      look,
    ),
    answer,
  );
  return undefined;
};

const labels: Readonly<Record<string, string>> = {
  words: 'found by its words',
  meaning: 'found by its meaning',
  both: 'both sides mixed',
  ranker: 'after the ranker',
  rules: 'after rules: what people see',
};

async function explain(service: Service, text: string, id: string, filter: Filter): Promise<HTMLElement[]> {
  const { client } = service;
  const [document, { modes }] = await Promise.all([client.get(id), service.settings()]);
  if (document === undefined) return [element('p', { class: 'bad' }, `There is no document “${id}”.`)];
  if (filter.length > 0) {
    // each clause by itself: that which it does not meet is the answer
    const alone: Filter = [{ terms: { field: 'id', values: [id] } }];
    const met = await client.multiSearch(filter.map(clause => ({ filter: [...alone, clause], rules: false, k: 1 })));
    const unmet = filter.filter((_, i) => {
      const outcome = met[i];
      if ('error' in outcome) throw outcome.error;
      return outcome.hits.length === 0;
    });
    if (unmet.length > 0)
      return [
        element('p', {}, element('strong', { dir: 'auto' }, document.title)),
        element(
          'p',
          {},
          `The filter leaves it out: it does not meet ${unmet.map(each => JSON.stringify(each)).join(' and ')}.`,
        ),
      ];
  }
  const stages = stagesOf(text, modes.includes('vector'), filter);
  const outcomes = await client.multiSearch(
    stages.map(({ request }) => request),
    { timeoutMs: 60_000 },
  );
  const answers = outcomes.map(outcome => {
    if ('error' in outcome) throw outcome.error;
    return outcome;
  });
  const places = placesOf(answers, id);
  const rows = stages.map(({ name }, i) => {
    const hit = answers[i].hits.find(each => each.id === id);
    return [
      labels[name],
      places[i] === undefined ? 'not there' : `place ${places[i]}`,
      hit === undefined ? '' : shown(hit.score),
    ];
  });
  const found = await client.explain({ id, text });
  return [
    element('p', {}, element('strong', { dir: 'auto' }, document.title)),
    element('p', {}, verdict(places)),
    table(`Stages, as deep as ${deepest.toLocaleString('en')} hits`, ['stage', 'place', 'score'], rows),
    element(
      'h3',
      {},
      found.value === 0 ? 'No word of the query stands in it' : 'Its score by words, part by part, and its nearness',
    ),
    ...renderExplanation(found),
  ];
}
