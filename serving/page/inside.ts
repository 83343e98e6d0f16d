import type { AppliedRule } from '../../src/curation/rule.js';
import type { Explanation } from '../../src/lexical/explain.js';
import type { Hit, HitExplanation, ScoreParts, VectorExplanation } from '../../src/search/backend.js';
import { button, element } from './elements.js';
import { type Answer, hasOperators } from './search.js';
import type { Service } from './settings.js';
import type { PageState } from './state.js';

/** Features of a ranker that are shown before a hit is opened. */
const firstFeatures = 6;

interface Bar {
  readonly name: string;
  readonly kind: 'token' | 'vector' | 'channel';
  /** in [0, 1] */
  readonly share: number;
  readonly label: string;
}

function renderBars(bars: readonly Bar[]): HTMLElement {
  const rows = bars.map(({ name, kind, share, label }) => {
    const fill = element('div', { class: 'fill' });
    fill.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
    const track = element('span', { class: 'track', 'aria-hidden': 'true' }, fill);
    return element('div', { class: kind }, element('dt', {}, name), element('dd', {}, track, label));
  });
  return element('dl', { class: 'bars' }, ...rows);
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

/** What each side gave a hit, and what a ranker and rules made of it. @param strongest  highest token score among the hits */
export function hitParts({ parts = {}, score }: Hit, strongest: number): HTMLElement[] {
  const { token, vector, tokenRank, vectorRank } = parts;
  const place = (rank: number | undefined): string => (rank === undefined ? '' : ` #${rank}`);
  const bars: Bar[] = [
    ...(token === undefined
      ? []
      : [
          {
            name: `token${place(tokenRank)}`,
            kind: 'token' as const,
            share: token / (strongest || 1),
            label: token.toFixed(2),
          },
        ]),
    ...(vector === undefined
      ? []
      : [{ name: `vector${place(vectorRank)}`, kind: 'vector' as const, share: vector, label: vector.toFixed(3) }]),
  ];
  return [renderBars(bars), element('p', { class: 'parts' }, `score ${score.toFixed(4)}`), ...rankerParts(parts)];
}

function rankerParts({ ranker, deep, rules = [] }: ScoreParts): HTMLElement[] {
  const told = [
    ...(ranker
      ? [
          `ranker: from ${ranker.base.toFixed(3)}`,
          ...ranker.features
            .slice(0, firstFeatures)
            .map(
              ({ feature, value, adds }) =>
                `${feature}${value === null ? '' : ` (${Number(value.toFixed(3))})`} ${signed(adds)}`,
            ),
          ...(ranker.features.length > firstFeatures ? [`${ranker.features.length - firstFeatures} more`] : []),
          ...(ranker.chance === undefined ? [] : [`chance ${ranker.chance.toFixed(2)}`]),
        ]
      : []),
    ...(deep === undefined ? [] : [`network ${signed(deep)}`]),
    ...rules.map(({ id, action }) => `${action} by rule ${id}`),
  ];
  return told.length === 0 ? [] : [element('p', { class: 'parts' }, told.join(' · '))];
}

/** How an answer came about: channels of the query, stages with their times, rules that held. */
export function renderInside({ hits, mode, took, rules = [] }: Answer): HTMLElement[] {
  const channels = mode === 'token' ? [] : Object.entries(hits[0]?.parts?.channels ?? {});
  const stages = Object.entries(took).map(([stage, ms]) => `${stage} ${ms.toFixed(2)} ms`);
  return [
    ...(channels.length > 0
      ? [
          element('h2', {}, 'Channels of the query'),
          renderBars(
            channels.map(([name, weight]) => ({ name, kind: 'channel', share: weight, label: weight.toFixed(2) })),
          ),
        ]
      : []),
    element('h2', {}, 'Stages'),
    element('p', {}, [`answered by ${mode}`, ...stages].join(' · ')),
    ...(rules.length > 0 ? [element('h2', {}, 'Rules'), element('p', {}, rules.map(tellRule).join(' · '))] : []),
  ];
}

const tellRule = ({ id, actions, cosine, text }: AppliedRule): string =>
  [
    `${id}: ${actions.join(', ')}`,
    ...(cosine === undefined ? [] : [`near by ${cosine.toFixed(2)}`]),
    ...(text === undefined ? [] : [`searched for “${text}”`]),
  ].join(', ');

/** Asks why a document has its scores, and shows it in the place of the button. */
export function explainButton(id: string, service: Service, state: PageState): HTMLElement {
  const place = element('div', { class: 'why' });
  const text = state.text.trim();
  if (text === '') return place;
  const show = async (): Promise<void> => {
    const [country, language] = state.place.split(' ');
    const asked = {
      ...{ id, text },
      ...(hasOperators(text) && { syntax: 'query' as const }),
      ...(state.mode && { mode: state.mode }),
      ...(country && { country }),
      ...(language && { language }),
    };
    try {
      place.replaceChildren(...renderExplanation(await service.client.explain(asked)));
    } catch (error) {
      place.replaceChildren(element('p', { class: 'bad' }, (error as Error).message));
    }
  };
  place.append(button('Why here?', {}, () => void show()));
  return place;
}

/** The token side as a tree of sums, the vector side word by word. */
export const renderExplanation = ({ vector, rules = [], ...tokens }: HitExplanation): HTMLElement[] => [
  element('ul', { class: 'tree' }, tree(tokens)),
  ...(vector ? [vectorWords(vector)] : []),
  ...(rules.length > 0 ? [element('p', {}, `rules: ${rules.map(tellRule).join(' · ')}`)] : []),
];

const tree = ({ value, description, details }: Explanation): HTMLElement =>
  element(
    'li',
    {},
    `${Number(value.toFixed(4))} ${description}`,
    details.length > 0 && element('ul', {}, ...details.map(tree)),
  );

function vectorWords({ cosine, query, document = {} }: VectorExplanation): HTMLElement {
  const words = (shares: VectorExplanation['query']): string =>
    shares.map(({ word, adds }) => `${word} ${signed(adds)}`).join(' · ');
  return element(
    'dl',
    { class: 'attributes' },
    ...[
      ['cosine', cosine.toFixed(4)],
      ['words of the query', words(query)],
      ...Object.entries(document).map(([field, shares]) => [field, words(shares)]),
    ].flatMap(([name, value]) => [element('dt', {}, name), element('dd', { dir: 'auto' }, value)]),
  );
}
