import { join } from 'node:path';
import { tandemVersion } from '../src/config/version.js';
import { createRuleMatcher, type MatchedSearch } from '../src/curation/match-rules.js';
import { checkRules, type RuleInput } from '../src/curation/rule.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { isThere } from '../src/files/is-there.js';
import { type Random, seededRandom } from '../src/math/random.js';
import { createAnalyzer } from '../src/text/analyzer.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { type OtherwiseFound, otherwiseFoundBy } from './rules/otherwise-found.js';
import { type Paraphrases, paraphrasesFound } from './rules/paraphrases.js';

const rulesOfAll = 1_000;
const queries = 2_000;
const rounds = 7;
const width = 128;
const vocabulary = 5_000;

/** Words that look like words; the first are asked for the most. */
const wordsOf = (random: Random): ((most: number) => string) => {
  const syllables = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti', 'vo', 'zu'];
  const words = Array.from({ length: vocabulary }, () =>
    Array.from({ length: 2 + random.below(3) }, () => syllables[random.below(syllables.length)]).join(''),
  );
  return most =>
    Array.from({ length: 1 + random.below(most) }, () => words[Math.floor(vocabulary * random.next() ** 2)]).join(' ');
};

const kinds: Readonly<Record<string, (draw: (most: number) => string) => NonNullable<RuleInput['when']>>> = {
  exact: draw => ({ exact: draw(3) }),
  phrase: draw => ({ phrase: draw(3) }),
  pattern: draw => ({ pattern: `${draw(1)} * ${draw(1)}` }),
  near: draw => ({ near: { examples: [draw(3)], cosine: 0.8 } }),
};

/** Embeddings that a search has at hand: what it takes to make them is not the rules'. */
function embeddings(random: Random): (query: { text: string }) => Promise<{ embedding: Float32Array }> {
  const known = new Map<string, Promise<{ embedding: Float32Array }>>();
  const draw = (): Float32Array => {
    const values = Float32Array.from({ length: width }, () => random.next() - 0.5);
    const norm = Math.hypot(...values);
    return values.map(value => value / norm);
  };
  return ({ text }) => {
    const found = known.get(text) ?? Promise.resolve({ embedding: draw() });
    known.set(text, found);
    return found;
  };
}

/** Median over rounds of the microseconds that it takes to find the rules of a query, meaned over the queries. */
async function microseconds(
  rules: readonly RuleInput[],
  asked: readonly MatchedSearch[],
  embedQuery: ReturnType<typeof embeddings>,
) {
  const english = createAnalyzer('en');
  const matcher = createRuleMatcher(checkRules(rules), { analyzer: () => english, embedQuery });
  await matcher.ready();
  const times: number[] = [];
  let held = 0;
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    held = 0;
    for (const search of asked) held += (await matcher.match(search, 0)).length;
    if (round > 0) times.push((1_000 * (performance.now() - start)) / asked.length);
  }
  return { time: times.sort((a, b) => a - b)[rounds >> 1], held };
}

/**
 * What 1,000 rules cost a query, by kind and mixed; and with --data DIR, a folder that `tandem demo --dir DIR` wrote or one with an `index` that has a model, what rules that are near in meaning
 * find, and how many other queries: of held-out keywords of what the rule is about, and of paraphrases that are written by hand.
 */
export async function rules({ data }: BenchOptions): Promise<BenchReport> {
  const random = seededRandom(1);
  const draw = wordsOf(random);
  const embedQuery = embeddings(random);
  const asked = Array.from({ length: queries }, () => ({ text: draw(5) }));
  const make = (kind: string, count: number): RuleInput[] =>
    Array.from({ length: count }, (_, i) => ({ id: `${kind}-${i}`, when: kinds[kind](draw), pin: ['a'] }));
  const sets: readonly (readonly [string, readonly RuleInput[]])[] = [
    ...Object.keys(kinds).map(kind => [`1,000 ${kind}`, make(kind, rulesOfAll)] as const),
    ['250 of each', Object.keys(kinds).flatMap(kind => make(kind, rulesOfAll / 4))],
  ];
  const rows: string[][] = [];
  const quality: Record<string, number> = {};
  for (const [name, set] of sets) {
    const { time, held } = await microseconds(set, asked, embedQuery);
    if (held === 0 && !name.includes('near'))
      throw new TandemError('bench/wrong-answer', `${name}: no rule holds for any of ${queries} queries`);
    rows.push([name, time.toFixed(1), (held / queries).toFixed(3)]);
    quality[`${name}, microseconds a query`] = time;
  }
  // a folder of another model has an index alone
  const ofDemo = data !== undefined && (await isThere(join(data, 'data')));
  const found = ofDemo ? await paraphrasesFound(data) : [];
  for (const each of found) rows.push(rowOf(each));
  for (const each of data === undefined ? [] : await otherwiseFoundBy(data)) rows.push(...rowsOf(each));
  for (const { cosine, found: share, others } of found) quality[`cosine ${cosine}`] = share - others;
  return {
    bench: 'rules',
    header: describeMachine({ tandem: tandemVersion() }, { rules: rulesOfAll, queries, width, ...(data && { data }) }),
    results: [],
    ratio: {},
    quality,
    missing: data === undefined ? ['paraphrases (give --data DIR, a folder of `tandem demo`)'] : [],
    table: {
      columns: [
        { name: 'rules' },
        { name: 'microseconds a query, or share found', numeric: true },
        { name: 'rules that hold a query, or share of other queries', numeric: true },
      ],
      rows,
    },
  };
}

const rowOf = ({ cosine, found, others }: Paraphrases): string[] => [
  `near, cosine ${cosine.toFixed(2)}`,
  found.toFixed(3),
  others.toFixed(4),
];

const rowsOf = ({ cosine = 0, reworded, otherWords, others }: OtherwiseFound): string[][] => [
  [`reworded, cosine ${cosine.toFixed(2)}`, reworded.toFixed(3), others.toFixed(5)],
  [`in other words, cosine ${cosine.toFixed(2)}`, otherWords.toFixed(3), others.toFixed(5)],
];
