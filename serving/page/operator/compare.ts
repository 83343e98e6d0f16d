import type { Hit } from '../../../src/search/backend.js';
import type { SearchRequest } from '../../../src/search/request.js';
import { button, element } from '../elements.js';
import type { Service } from '../settings.js';
import { type Difference, differenceOf, meanOf, parseGolden } from './golden.js';
import { judged, judgementFiles, keepJudgements, readJudgements } from './judgements.js';
import { field, form, type Part, shown, table } from './part.js';

const shownHits = 10;
/** Searches of one request: half of a batch for each of both settings. */
const atOnce = 25;
const shownQueries = 50;
const grades = ['not what was meant', 'somewhat', 'good', 'just it'];

/** Two settings side by side, on a query and on golden queries; hits are judged where they stand. */
export const openCompare: Part = (place, service, tell) => {
  const text = element('input', { dir: 'auto', required: true });
  const settings = (value: string): HTMLTextAreaElement => {
    const area = element('textarea', { rows: 3, spellcheck: 'false' });
    area.value = value;
    return area;
  };
  const [first, second] = [settings('{}'), settings('{ "mode": "token" }')];
  const file = element('input', { type: 'file', accept: '.jsonl,.json' });
  const sides = element('div', { class: 'sides' });
  const golden = element('div');
  const kept = element('p');

  const compare = async (): Promise<void> => {
    const query = text.value.trim();
    const [a, b] = await both(service, [query], first.value, second.value);
    sides.replaceChildren(
      side('First settings', query, a[0], b[0], judge),
      side('Second settings', query, b[0], a[0], judge),
    );
  };
  const run = async (): Promise<void> => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) throw new Error('Choose a file of golden queries: JSON Lines with id and text.');
    const queries = parseGolden(await chosen.text());
    const judgements = readJudgements();
    const differences: Difference[] = [];
    for (let from = 0; from < queries.length; from += atOnce) {
      const batch = queries.slice(from, from + atOnce).map(each => each.text);
      const [a, b] = await both(service, batch, first.value, second.value);
      const ids = (hits: readonly Hit[]): string[] => hits.map(({ id }) => id);
      differences.push(...batch.map((each, i) => differenceOf(each, ids(a[i]), ids(b[i]), judgements)));
      tell(`${differences.length} of ${queries.length} queries`);
    }
    golden.replaceChildren(
      ...report(differences, query => {
        text.value = query;
        void compare().catch(tell);
        text.focus();
      }),
    );
  };
  const judge: Judge = (query, id, given) => {
    try {
      keepJudgements(judged(readJudgements(), query, id, given));
    } catch (error) {
      // the browser has no room for more
      tell(error);
    }
    tellKept();
  };
  function tellKept(): void {
    const judgements = readJudgements();
    const documents = [...judgements.values()].reduce((sum, { size }) => sum + size, 0);
    const { queries, qrels } = judgementFiles(judgements);
    kept.replaceChildren(
      `${documents} judgements of ${judgements.size} queries are kept by this browser. `,
      download('judged.jsonl', queries),
      ' ',
      download('judged.trec', qrels),
      ' ',
      button('Forget them', {}, () => {
        if (!confirm('Forget all judgements of this browser?')) return;
        keepJudgements(new Map());
        tellKept();
      }),
    );
  }

  place.append(
    element('h2', {}, 'Two settings, side by side'),
    element(
      'p',
      {},
      'Settings are fields of a search request: {"weight": 0.5}, {"ranker": false}, {"fieldWeights": {"title": 2}}.',
    ),
    form(
      [field('Query', text), field('First settings', first), field('Second settings', second)],
      'Compare',
      tell,
      compare,
    ),
    sides,
    element('h2', {}, 'Judgements'),
    kept,
    element('h2', {}, 'Golden queries'),
    form([field('File of golden queries', file)], 'Run with both settings', tell, run),
    golden,
  );
  tellKept();
  return undefined;
};

/** Keeps a grade of a hit of a query, or none. */
type Judge = (query: string, id: string, grade: number | undefined) => void;

/** The hits of each query by both settings. */
async function both(
  { client }: Service,
  texts: readonly string[],
  ...settings: readonly [string, string]
): Promise<readonly [readonly Hit[][], readonly Hit[][]]> {
  const requests = settings.flatMap(written => {
    const given: SearchRequest = JSON.parse(written || '{}');
    return texts.map(text => ({ text, k: shownHits, ...given }));
  });
  const outcomes = await client.multiSearch(requests, { timeoutMs: 60_000 });
  const hits = outcomes.map(outcome => {
    if ('error' in outcome) throw outcome.error;
    return [...outcome.hits];
  });
  return [hits.slice(0, texts.length), hits.slice(texts.length)];
}

function side(caption: string, query: string, hits: readonly Hit[], others: readonly Hit[], judge: Judge): HTMLElement {
  const rows = hits.map(({ id, score, document: { title } }, i) => {
    const before = others.findIndex(other => other.id === id);
    const moved = before < 0 ? 'here alone' : before === i ? '' : before > i ? `↑ ${before - i}` : `↓ ${i - before}`;
    return [
      i + 1,
      element('span', {}, title, element('small', {}, ` ${id}`)),
      score,
      moved,
      grade(query, id, title, judge),
    ];
  });
  return table(caption, ['place', 'document', 'score', 'moved', 'judgement'], rows);
}

function grade(query: string, id: string, title: string, judge: Judge): HTMLElement {
  const present = readJudgements().get(query)?.get(id);
  const select = element(
    'select',
    { 'aria-label': `Judgement of ${title}` },
    element('option', { value: '' }, '–'),
    ...grades.map((label, value) => element('option', { value, selected: value === present }, `${value}: ${label}`)),
  );
  select.addEventListener('change', () => {
    const given = select.value === '' ? undefined : Number(select.value);
    judge(query, id, given);
  });
  return select;
}

function report(differences: readonly Difference[], onQuery: (text: string) => void): HTMLElement[] {
  const { overlap, judged: count, ndcg } = meanOf(differences);
  const rows = differences
    .toSorted((a, b) => a.overlap - b.overlap)
    .slice(0, shownQueries)
    .map(each => [
      button(each.text, { class: 'more', dir: 'auto' }, () => onQuery(each.text)),
      each.overlap,
      ...(each.ndcg ? each.ndcg.map(shown) : ['', '']),
    ]);
  return [
    element(
      'p',
      {},
      `${differences.length} queries: ${shown(100 * overlap)} % of the first ten hits are those of both.`,
    ),
    element(
      'p',
      {},
      ndcg === undefined
        ? 'None of them is judged here, so nothing is said of which settings are better.'
        : `nDCG@10 of the ${count} that are judged: first ${shown(ndcg[0])}, second ${shown(ndcg[1])}.`,
    ),
    table('Those that differ most', ['query', 'overlap', 'nDCG@10 first', 'second'], rows),
  ];
}

/** A button that hands out a file. */
function download(name: string, text: string): HTMLElement {
  return button(`Download ${name}`, { disabled: text === '' }, () => {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    element('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1_000);
  });
}
