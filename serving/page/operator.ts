import { TandemClientError } from '../../src/client/index.js';
import { element, find } from './elements.js';
import { openAnalysis } from './operator/analysis.js';
import { openCompare } from './operator/compare.js';
import { openGenerations } from './operator/generations.js';
import { openHealth } from './operator/health.js';
import { lacksKey, type Part } from './operator/part.js';
import { openReports } from './operator/reports.js';
import { openSlow } from './operator/slow.js';
import { openTexts } from './operator/texts.js';
import { openWhy } from './operator/why.js';
import { keepKey, keptKey, openService, type Service } from './settings.js';

/** What the page has, by what stands behind the `#` of its address. */
const parts: readonly { readonly name: string; readonly label: string; readonly open: Part }[] = [
  { name: 'health', label: 'Health', open: openHealth },
  { name: 'compare', label: 'Compare and judge', open: openCompare },
  { name: 'why', label: 'Why here, why not', open: openWhy },
  { name: 'analysis', label: 'Analysis', open: openAnalysis },
  { name: 'rules', label: 'Rules and words', open: openTexts },
  { name: 'generations', label: 'Generations', open: openGenerations },
  { name: 'reports', label: 'Reports', open: openReports },
  { name: 'slow', label: 'Slow searches', open: openSlow },
];

let service: Service = openService(keptKey());
let close = (): void => {};

const present = () => parts.find(({ name }) => `#${name}` === location.hash) ?? parts[0];

function show(): void {
  close();
  const { name, label, open } = present();
  document.title = `Tandem: ${label}`;
  find('parts', HTMLElement).replaceChildren(
    ...parts.map(each =>
      element('a', { href: `#${each.name}`, ...(each.name === name && { 'aria-current': 'page' }) }, each.label),
    ),
  );
  const place = element('div');
  find('part', HTMLElement).replaceChildren(place);
  // what a part says after it was left concerns nobody
  close = open(place, service, said => void (place.isConnected && tell(said))) ?? (() => {});
}

/** What a part has to say; a failure is an error. */
function tell(said: unknown): void {
  const status = find('status', HTMLElement);
  const failed = said instanceof Error;
  status.classList.toggle('bad', failed);
  status.textContent = failed ? said.message : String(said);
  if (!(said instanceof TandemClientError)) return;
  status.textContent = `${said.message} (${said.code}). ${said.remedy}`;
  if (!lacksKey(said)) return;
  // one that may not is as good as none
  status.textContent = '';
  find('key-fault', HTMLElement).textContent = service.key === undefined ? '' : `${said.message}.`;
  find('key-form', HTMLFormElement).hidden = false;
  find('key', HTMLInputElement).focus();
}

find('key-form', HTMLFormElement).addEventListener('submit', event => {
  event.preventDefault();
  const key = find('key', HTMLInputElement).value.trim();
  keepKey(key);
  service = openService(key);
  find('key-form', HTMLFormElement).hidden = true;
  show();
});
addEventListener('hashchange', () => {
  tell('');
  show();
});
show();
