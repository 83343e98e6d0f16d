import { element } from './elements.js';
import { formatState, type PageState } from './state.js';

/** Pages on either side of the present one. */
const beside = 2;

/** The pages that are named, 0 the first; undefined where some are left out. */
export function namedPages(page: number, pages: number): (number | undefined)[] {
  const named = new Set([0, pages - 1]);
  for (let near = page - beside; near <= page + beside; near++) if (near >= 0 && near < pages) named.add(near);
  const sorted = [...named].sort((a, b) => a - b);
  return sorted.flatMap((each, i) => (i > 0 && each - sorted[i - 1] > 1 ? [undefined, each] : [each]));
}

/** Links to the pages of an answer; none where one holds all. */
export function renderPages(state: PageState, pages: number): HTMLElement[] {
  if (pages <= 1) return [];
  const link = (page: number, text: string, label: string): HTMLElement => {
    const query = formatState({ ...state, page });
    const current = page === state.page ? { 'aria-current': 'page' } : {};
    const attributes = { href: `?${query}`, 'data-page': page, 'data-key': `page ${text}`, 'aria-label': label };
    return element('li', {}, element('a', { ...attributes, ...current }, text));
  };
  const { page } = state;
  const numbers = namedPages(page, pages).map(each =>
    each === undefined
      ? element('li', { 'aria-hidden': 'true' }, '…')
      : link(each, String(each + 1), `Page ${each + 1}`),
  );
  return [
    element(
      'ul',
      {},
      page > 0 && link(page - 1, '‹', 'Page before'),
      ...numbers,
      page < pages - 1 && link(page + 1, '›', 'Next page'),
    ),
  ];
}
