import { renderBars, renderHit } from './render.js';

const waitMs = 120;
const hitsWanted = 24;
/** between two looks at what is being built behind the service */
const lookEveryMs = 2000;
const find = id => document.getElementById(id);
const [form, text, place, list, status] = ['form', 'text', 'place', 'hits', 'status'].map(find);

let places = [];
let pending = new AbortController();
let timer;

/** What is asked for now: read from the form, so that the form is the only state. */
function currentQuery() {
  const chosen = places[Number(place.value)];
  return {
    text: text.value.trim(),
    syntax: 'query',
    k: hitsWanted,
    mode: form.elements.mode.value,
    explain: true,
    ...(place.value === '' ? {} : { country: chosen.country, ...(chosen.language && { language: chosen.language }) }),
  };
}

/** Asks after a pause in the typing; the request before is given up, so that an old answer never covers a new one. */
function ask(delay = waitMs) {
  clearTimeout(timer);
  pending.abort();
  timer = setTimeout(search, delay);
}

async function search() {
  const query = currentQuery();
  rememberInAddress(query);
  if (query.text === '') return clear();
  pending = new AbortController();
  const { signal } = pending;
  list.setAttribute('aria-busy', 'true');
  try {
    const reply = await fetch('/search', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(query),
      signal,
    });
    const answer = await reply.json();
    if (signal.aborted) return;
    if (reply.ok) show(answer);
    else say(`${answer.message} (${answer.code})`, true);
  } catch (error) {
    if (error.name !== 'AbortError') say('The service does not answer.', true);
  } finally {
    if (!signal.aborted) list.removeAttribute('aria-busy');
  }
}

function say(message, bad = false) {
  status.textContent = message;
  status.classList.toggle('bad', bad);
}

function clear() {
  list.replaceChildren();
  list.removeAttribute('aria-busy');
  find('query').hidden = true;
  say('');
}

function show({ hits, took, mode, suggestion, warnings = [], partial = [] }) {
  const strongest = Math.max(...hits.map(hit => hit.parts?.token ?? 0), 0);
  list.replaceChildren(...hits.map(hit => renderHit(hit, strongest)));
  const count = hits.length === 0 ? 'No hits' : hits.length === 1 ? '1 hit' : `${hits.length} hits`;
  const altered = partial.length > 0 ? [`not whole: ${partial.length} documents are altered on disk`] : [];
  say([`${count} in ${took.total.toFixed(1)} ms`, ...altered, ...warnings].join(' · '));
  if (suggestion !== undefined) status.append(' · did you mean ', suggestionButton(suggestion), '?');
  const channels = Object.entries(hits[0]?.parts?.channels ?? {});
  find('query').hidden = mode === 'token' || channels.length === 0;
  find('channels').replaceChildren(...renderBars(channels.map(([name, weight]) => ({ name, kind: 'channel', share: weight, label: weight.toFixed(2) }))));
  const stages = Object.entries(took).filter(([stage]) => stage !== 'total');
  find('took').textContent = stages.map(([stage, ms]) => `${stage} ${ms.toFixed(2)} ms`).join(' · ');
}

/** Asks for what may have been meant. */
function suggestionButton(suggestion) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = suggestion;
  button.addEventListener('click', () => {
    text.value = suggestion;
    ask(0);
  });
  return button;
}

/** The query stands in the address, so that it can be kept and sent. */
function rememberInAddress({ text: words, mode }) {
  const parameters = new URLSearchParams();
  if (words !== '') parameters.set('q', words);
  if (mode !== defaultMode()) parameters.set('mode', mode);
  if (place.value !== '') parameters.set('country', places[Number(place.value)].country);
  const search = parameters.toString();
  history.replaceState(null, '', search === '' ? location.pathname : `?${search}`);
}

const defaultMode = () => form.querySelector('input[name=mode]:not(:disabled)').value;

function moveFocus(step) {
  const cards = [...list.querySelectorAll('article')];
  const at = cards.indexOf(document.activeElement) + step;
  (at < 0 ? text : cards[Math.min(at, cards.length - 1)])?.focus();
}

function toggle(card) {
  const open = card.getAttribute('aria-expanded') !== 'true';
  card.setAttribute('aria-expanded', String(open));
  card.querySelector('.attributes').hidden = !open;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const card = event.target.closest?.('article');
  const typing = event.target === text;
  if (event.key === '/' && !typing) text.select();
  else if (event.key === 'ArrowDown' && (typing || card)) moveFocus(1);
  else if (event.key === 'ArrowUp' && card) moveFocus(-1);
  else if (event.key === 'Escape' && card) text.focus();
  else if ((event.key === 'Enter' || event.key === ' ') && card) toggle(card);
  else return;
  event.preventDefault();
}

async function fetchSettings() {
  const reply = await fetch('/page/settings');
  const settings = await reply.json();
  if (!reply.ok) throw new Error(settings.message);
  return settings;
}

async function readSettings() {
  const settings = await fetchSettings();
  offerModes(settings);
  places = settings.places;
  place.append(...places.map(placeOption));
  find('place-label').hidden = places.length === 0;
  showBuilding(settings);
}

function offerModes({ modes, documents }) {
  for (const input of form.querySelectorAll('input[name=mode]')) {
    input.disabled = !modes.includes(input.value);
    input.checked = input.value === modes[0];
  }
  text.placeholder = `Search ${documents.toLocaleString('en')} documents`;
}

/** What is made behind the service, for as long as it goes on; what comes of it is offered at once. */
function showBuilding({ building }) {
  find('building').hidden = building === undefined;
  if (building === undefined) return;
  find('building').classList.toggle('failed', building.state === 'failed');
  find('building-text').textContent = building.text;
  const bar = find('building-share');
  bar.hidden = building.state !== 'running';
  if (building.share === undefined) bar.removeAttribute('value');
  else bar.value = building.share;
  if (building.state === 'running') setTimeout(lookAgain, lookEveryMs);
}

async function lookAgain() {
  try {
    const settings = await fetchSettings();
    const offered = [...form.querySelectorAll('input[name=mode]:not(:disabled)')].map(input => input.value);
    if (offered.join() !== settings.modes.join()) {
      offerModes(settings);
      if (text.value !== '') ask(0);
    }
    showBuilding(settings);
  } catch {
    setTimeout(lookAgain, lookEveryMs);
  }
}

function placeOption({ country, language }, index) {
  const option = document.createElement('option');
  option.value = String(index);
  option.textContent = [named('region', country), language && named('language', language)].filter(Boolean).join(' · ');
  return option;
}

/** The English name of a country or language, or the code itself where it is none. */
function named(type, code) {
  try {
    return new Intl.DisplayNames(['en'], { type }).of(type === 'region' ? code.toUpperCase() : code);
  } catch {
    return code;
  }
}

function readAddress() {
  const parameters = new URLSearchParams(location.search);
  text.value = parameters.get('q') ?? '';
  const mode = form.querySelector(`input[name=mode][value="${CSS.escape(parameters.get('mode') ?? '')}"]:not(:disabled)`);
  if (mode) mode.checked = true;
  const index = places.findIndex(({ country }) => country === parameters.get('country'));
  if (index >= 0) place.value = String(index);
}

async function start() {
  form.addEventListener('submit', event => {
    event.preventDefault();
    ask(0);
  });
  form.addEventListener('input', event => ask(event.target === text ? waitMs : 0));
  document.addEventListener('keydown', onKey);
  list.addEventListener('click', event => {
    const card = event.target.closest('article');
    if (card && getSelection().isCollapsed) toggle(card);
  });
  try {
    await readSettings();
  } catch {
    say('The service does not answer.', true);
    return;
  }
  readAddress();
  text.focus();
  if (text.value !== '') ask(0);
}

start();
