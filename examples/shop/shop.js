// A shop front of InstantSearch widgets over `tandem serve`; everything of Tandem is in the first lines.
import { createClient, createCompletionSource } from 'tandem-search/client';
import { createSearchClient } from 'tandem-search/instantsearch';

const { service, key, events } = await (await fetch('settings.json')).json();
const client = createClient({ url: service, key });
const searchClient = createSearchClient({ client });
const completions = createCompletionSource(client, { k: 5 });

const { instantsearch } = window;
const widgets = instantsearch.widgets;
const search = instantsearch({
  indexName: 'shop',
  searchClient,
  routing: true,
  ...(events && { insights: { insightsClient: searchClient.insightsClient } }),
  future: { preserveSharedStateOnUnmount: true },
});
const answer = () => search.helper?.lastResults?._rawResults?.[0];

search.addWidgets([
  widgets.configure({ hitsPerPage: 12 }),
  widgets.searchBox({ container: '#searchbox', placeholder: 'What are you looking for?', autofocus: true }),
  widgets.stats({ container: '#stats' }),
  widgets.clearRefinements({ container: '#clear', templates: { resetLabel: () => 'Clear filters' } }),
  widgets.currentRefinements({ container: '#refinements' }),
  widgets.hierarchicalMenu({ container: '#categories', attributes: ['categories.lvl0', 'categories.lvl1'] }),
  widgets.refinementList({
    container: '#brands',
    attribute: 'brand',
    searchable: true,
    searchablePlaceholder: 'Find a brand',
  }),
  widgets.rangeInput({ container: '#price', attribute: 'price' }),
  widgets.toggleRefinement({
    container: '#stock',
    attribute: 'in_stock',
    on: true,
    templates: { labelText: () => 'In stock' },
  }),
  widgets.sortBy({
    container: '#sort',
    items: [
      { label: 'Best match', value: 'shop' },
      { label: 'Price, low to high', value: 'shop:price:asc' },
      { label: 'Price, high to low', value: 'shop:price:desc' },
      { label: 'Rating', value: 'shop:rating:desc' },
    ],
  }),
  widgets.hits({
    container: '#hits',
    templates: {
      item: (hit, { html, components }) => html`
        <article>
          <img src=${hit.picture ?? ''} alt="" width="64" height="64" loading="lazy" />
          <h3>${components.Highlight({ hit, attribute: 'title' })}</h3>
          <p>${components.Highlight({ hit, attribute: 'description' })}</p>
          <p><strong>${hit.price === undefined ? '' : `${Number(hit.price).toFixed(2)} €`}</strong> <span>${hit.rating} of 5</span></p>
        </article>
      `,
      empty: (_, { html }) => html`<p>Nothing found.</p>`,
    },
  }),
  widgets.pagination({ container: '#pages' }),
]);

search.on('render', () => {
  // two search boxes on one page need names
  document.querySelector('#searchbox form').ariaLabel = 'Products';
  document.querySelector('#brands form')?.setAttribute('aria-label', 'Brands');
  const { renderingContent, tandem } = answer() ?? {};
  if (renderingContent?.redirect) window.location.assign(renderingContent.redirect.url);
  const meant = document.querySelector('#meant');
  meant.replaceChildren();
  if (tandem?.suggestion === undefined) return;
  const link = document.createElement('button');
  link.textContent = `Did you mean “${tandem.suggestion}”?`;
  link.addEventListener('click', () => search.helper.setQuery(tandem.suggestion).search());
  meant.append(link);
});
search.start();

const list = document.querySelector('#completions');
document.querySelector('#searchbox input').addEventListener('input', async ({ target }) => {
  const query = target.value;
  const items = await completions.getItems({ query });
  if (target.value !== query) return;
  list.replaceChildren(
    ...items.map(({ label }) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.textContent = label;
      button.addEventListener('click', () => {
        search.helper.setQuery(label).search();
        list.replaceChildren();
      });
      item.append(button);
      return item;
    }),
  );
});
document.querySelector('#searchbox').addEventListener('submit', () => list.replaceChildren());
