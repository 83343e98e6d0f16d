import { find } from './elements.js';
import type { Settings } from './settings.js';

/** Between two looks at what is being built behind the service. */
const lookEveryMs = 2_000;

let next: ReturnType<typeof setTimeout> | undefined;
/** Looks in a while; once, however often it is said. */
export function lookLater(look: () => Promise<void>): void {
  clearTimeout(next);
  next = setTimeout(() => void look(), lookEveryMs);
}

/** What is made behind the service, for as long as it goes on. @param look  asks how far it is */
export function showBuilding({ building }: Settings, look: () => Promise<void>): void {
  const box = find('building', HTMLElement);
  box.hidden = building === undefined;
  if (building === undefined) return;
  box.classList.toggle('failed', building.state === 'failed');
  find('building-text', HTMLElement).textContent = building.text;
  const bar = find('building-share', HTMLProgressElement);
  bar.hidden = building.state !== 'running';
  if (building.share === undefined) bar.removeAttribute('value');
  else bar.value = building.share;
  if (building.state === 'running') lookLater(look);
}
