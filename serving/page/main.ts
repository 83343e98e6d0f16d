import { TandemClientError } from '../../src/client/index.js';
import type { IndexAttribute } from '../../src/search/index-attributes.js';
import { lookLater, showBuilding } from './building.js';
import { refinable } from './choose-attributes.js';
import { button, count, element, find, replaceKeepingFocus } from './elements.js';
import { renderChosen, renderFacets } from './facets.js';
import { renderHit } from './hits.js';
import { renderInside } from './inside.js';
import { fillOrders, fillPlaces } from './orders.js';
import { renderPages } from './paging.js';
import { type Answer, askFor, mostHits } from './search.js';
import { keepKey, keptKey, openService, type Service, type Settings } from './settings.js';
import { emptyState, formatState, isRefined, type PageState, parseState } from './state.js';
import { createSuggestions, latestOnly } from './suggestions.js';

/** Completions that are shown. */
const suggestionsShown = 6;
/** A search that takes longer than this shows that it is under way. */
const slowMs = 250;

const text = find('text', HTMLInputElement);
const place = find('place', HTMLSelectElement);
const sort = find('sort', HTMLSelectElement);
const inside = find('inside', HTMLInputElement);
const filters = find('filters', HTMLElement);
const filtersButton = find('filters-button', HTMLButtonElement);
const list = find('hits', HTMLOListElement);
const status = find('status', HTMLElement);
const modeInputs = [...find('modes', HTMLFieldSetElement).querySelectorAll('input')];

let service: Service = openService(keptKey());
let settings: Settings | undefined;
let offered: readonly IndexAttribute[] = [];
let state: PageState = emptyState;
let shown: Answer | undefined;
const whole = new Set<string>();
let pending = new AbortController();
/** whether the state came by typing: what is typed on stands in its place */
let typing = false;

/** Asks for another state. @param how  push: it is gone back from; replace: it stands in the place of the one before, as while somebody types */
function go(next: PageState, how: 'push' | 'replace'): void {
  const query = formatState(next);
  const address = query === '' ? location.pathname : `?${query}`;
  if (address !== `${location.search || location.pathname}`)
    history[how === 'push' ? 'pushState' : 'replaceState'](null, '', address);
  state = next;
  typing = false;
  showState();
  searchAgain();
}

const search = latestOnly(async () => {
  if (settings === undefined) return;
  const asked = state;
  pending = new AbortController();
  const slow = setTimeout(() => list.setAttribute('aria-busy', 'true'), slowMs);
  try {
    const answer = await askFor(service.client, asked, settings, offered, pending.signal);
    if (asked === state) showAnswer(answer);
  } catch (error) {
    if (asked === state) showFailure(error);
  } finally {
    clearTimeout(slow);
    list.removeAttribute('aria-busy');
  }
});

/** Asks for the state as it is now; nobody waits for the end of a search that is slow. */
function searchAgain(): void {
  if (list.ariaBusy === 'true') pending.abort();
  search();
}

function say(message: string, bad = false): void {
  status.textContent = message;
  status.classList.toggle('bad', bad);
}

function showFailure(error: unknown): void {
  const { message } = error as Error;
  const code = error instanceof TandemClientError ? error.code : undefined;
  if (code === 'request/unauthorised') askForKey();
  else if (code === 'request/forbidden' && service.key !== undefined) askForKey(`${message}.`);
  else if (code === 'client/unreachable') say('The service does not answer.', true);
  else say(code === undefined ? message : `${message} (${code})`, true);
}

/** The form shows the state. */
function showState(): void {
  if (text.value.trim() !== state.text) text.value = state.text;
  place.value = state.place;
  if (place.selectedIndex < 0) place.value = '';
  sort.value = state.sort;
  if (sort.selectedIndex < 0) sort.value = '';
  inside.checked = state.inside;
  const mode = state.mode ?? settings?.modes[0];
  for (const input of modeInputs) input.checked = input.value === mode;
  find('inside-view', HTMLElement).hidden = !state.inside;
}

function showAnswer(answer: Answer): void {
  if (settings === undefined) return;
  shown = answer;
  const { hits, pages, facets } = answer;
  const strongest = Math.max(...hits.map(({ parts }) => parts?.token ?? 0), 0);
  list.replaceChildren(
    ...hits.map(hit => renderHit(hit, { service, settings: settings as Settings, state, offered, strongest })),
  );
  replaceKeepingFocus(find('pages', HTMLElement), ...renderPages(state, pages));
  const view = { state, facets, whole, onChange: (next: PageState) => go(next, 'push'), onWhole: showWhole };
  const sets = renderFacets(offered, view);
  filters.hidden = sets.length === 0;
  filtersButton.hidden = sets.length === 0;
  replaceKeepingFocus(filters, ...sets);
  const clear = button('Clear filters', { class: 'clear', 'data-key': 'clear' }, () =>
    go({ ...state, page: 0, chosen: {}, ranges: {} }, 'push'),
  );
  const chosen = renderChosen(state, view.onChange);
  replaceKeepingFocus(find('chosen', HTMLElement), ...chosen, ...(chosen.length > 0 ? [clear] : []));
  if (state.inside) find('inside-parts', HTMLElement).replaceChildren(...renderInside(answer));
  say(found(answer));
  showNotices(answer);
}

function found({ hits, total, near, took, warnings, partial }: Answer): string {
  const altered = partial.length > 0 ? [`not whole: ${partial.length} documents are altered on disk`] : [];
  const ending = [`${(took.total ?? 0).toFixed(1)} ms`, ...altered, ...warnings].join(' · ');
  if (hits.length === 0) return `Nothing found${state.text === '' ? '' : ` for “${state.text}”`} · ${ending}`;
  if (total === undefined) return `The nearest documents · ${ending}`;
  if (total === 0) return `No document has these words; ${count(near)} are near in meaning · ${ending}`;
  const beside = near > 0 ? `, and ${count(near)} near in meaning` : '';
  return `${count(total)} ${total === 1 ? 'document' : 'documents'}${beside} · ${ending}`;
}

/** What else there is to say, and to do about it. */
function showNotices({ hits, suggestion, redirect, total = 0, pages }: Answer): void {
  const notices: Node[] = [];
  if (suggestion !== undefined)
    notices.push(
      element(
        'span',
        {},
        'Did you mean ',
        button(suggestion, { dir: 'auto' }, () => typeIn(suggestion)),
        '?',
      ),
    );
  if (redirect !== undefined && /^(?:https?:|\/|\.)/i.test(redirect))
    notices.push(element('span', {}, 'See also ', element('a', { href: redirect, dir: 'auto' }, redirect)));
  if (hits.length === 0 && isRefined(state)) notices.push(element('span', {}, 'Fewer filters find more.'));
  else if (hits.length === 0 && suggestion === undefined && state.text !== '')
    notices.push(element('span', {}, 'Try fewer or other words.'));
  if (total > mostHits && state.page === pages - 1)
    notices.push(element('span', {}, `The first ${count(mostHits)} can be paged to: filters lead to the others.`));
  find('notices', HTMLElement).replaceChildren(...notices);
}

function showWhole(name: string): void {
  whole.add(name);
  if (shown !== undefined) showAnswer(shown);
}

function typeIn(words: string): void {
  go({ ...state, text: words, page: 0 }, 'push');
  text.focus();
}

const suggestions = createSuggestions(
  text,
  find('suggestions', HTMLUListElement),
  async typed => {
    const [, language] = state.place.split(' ');
    const completions = await service.client.complete(typed, { k: suggestionsShown, ...(language && { language }) });
    return completions.map(completion => completion.text);
  },
  typeIn,
);

function moveFocus(step: number): void {
  const titles = [...list.querySelectorAll<HTMLElement>('.title')];
  const { activeElement } = document;
  const at = (activeElement instanceof HTMLElement ? titles.indexOf(activeElement) : -1) + step;
  (at < 0 ? text : titles[Math.min(at, titles.length - 1)])?.focus();
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { target, key } = event;
  if (!(target instanceof Element)) return;
  const typing = target === text;
  const onTitle = target.matches('.title');
  if (typing && suggestions.key(event)) event.preventDefault();
  else if (key === '/' && !target.matches('input, select, textarea')) text.select();
  else if (key === 'ArrowDown' && (typing || onTitle)) moveFocus(1);
  else if (key === 'ArrowUp' && onTitle) moveFocus(-1);
  else if (key === 'Escape' && onTitle) text.focus();
  else return;
  event.preventDefault();
}

function onTyped(): void {
  const typed = text.value.trim();
  suggestions.ask();
  if (typed === state.text) return;
  go({ ...state, text: typed, page: 0 }, typing ? 'replace' : 'push');
  typing = true;
}

function offer(told: Settings): void {
  settings = told;
  offered = refinable(told.attributes, told.documents);
  for (const input of modeInputs) input.disabled = !told.modes.some(mode => mode === input.value);
  text.placeholder = `Search ${count(told.documents)} documents`;
  fillPlaces(place, told.places);
  find('place-label', HTMLElement).hidden = told.places.length === 0;
  find('sort-label', HTMLElement).hidden = fillOrders(sort, offered) === 0;
  showBuilding(told, lookAgain);
}

async function lookAgain(): Promise<void> {
  try {
    const told = await service.settings();
    const changed = told.modes.join() !== settings?.modes.join() || told.documents !== settings?.documents;
    if (!changed) return showBuilding(told, lookAgain);
    offer(told);
    showState();
    searchAgain();
  } catch {
    lookLater(lookAgain);
  }
}

/** @param fault  of the key that was given */
function askForKey(fault = service.key === undefined ? '' : 'The service does not know this key.'): void {
  find('key-fault', HTMLElement).textContent = fault;
  find('key-form', HTMLFormElement).hidden = false;
  find('key', HTMLInputElement).focus();
  say('');
}

async function begin(): Promise<void> {
  try {
    offer(await service.settings());
  } catch (error) {
    return showFailure(error);
  }
  find('key-form', HTMLFormElement).hidden = true;
  state = parseState(location.search);
  showState();
  searchAgain();
  text.focus();
}

function listen(): void {
  find('form', HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault();
    suggestions.close();
    if (settings === undefined) return void begin();
    const before = state;
    onTyped();
    suggestions.close();
    // what failed is tried again
    if (state === before) searchAgain();
  });
  text.addEventListener('input', onTyped);
  place.addEventListener('change', () => go({ ...state, page: 0, place: place.value }, 'push'));
  sort.addEventListener('change', () => go({ ...state, page: 0, sort: sort.value }, 'push'));
  inside.addEventListener('change', () => go({ ...state, inside: inside.checked }, 'push'));
  for (const input of modeInputs)
    input.addEventListener('change', () => {
      const { mode: _, ...others } = state;
      const mode = settings?.modes.find(each => each === input.value);
      go({ ...others, page: 0, ...(mode !== settings?.modes[0] && mode && { mode }) }, 'push');
    });
  filtersButton.addEventListener('click', () => {
    const open = filtersButton.getAttribute('aria-expanded') !== 'true';
    filtersButton.setAttribute('aria-expanded', String(open));
    filters.classList.toggle('open', open);
  });
  find('pages', HTMLElement).addEventListener('click', event => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go({ ...state, page: Number(link.dataset.page) }, 'push');
    scrollTo({ top: 0 });
    list.focus({ preventScroll: true });
  });
  find('key-form', HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault();
    const key = find('key', HTMLInputElement).value.trim();
    keepKey(key);
    service = openService(key);
    void begin();
  });
  document.addEventListener('keydown', onKey);
  addEventListener('popstate', () => {
    state = parseState(location.search);
    typing = false;
    suggestions.close();
    showState();
    searchAgain();
  });
}

listen();
void begin();
