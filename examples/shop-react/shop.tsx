// A shop front of React InstantSearch over `tandem serve`; everything of Tandem is in the first component.
import { useEffect, useMemo, useState } from 'react';
import {
  ClearRefinements,
  Configure,
  CurrentRefinements,
  Highlight,
  Hits,
  InstantSearch,
  Pagination,
  RangeInput,
  RefinementList,
  SearchBox,
  SortBy,
  Stats,
  useInstantSearch,
  useSearchBox,
} from 'react-instantsearch';
import { createClient, type TandemClient } from 'tandem-search/client';
import { createSearchClient } from 'tandem-search/instantsearch';

export interface ShopSettings {
  readonly service: string;
  readonly key?: string;
  /** whether the service keeps what people click */
  readonly events?: boolean;
  /** attributes to refine by, by their values or by bounds */
  readonly facets: readonly string[];
  readonly ranges: readonly string[];
  readonly sorts: readonly { readonly label: string; readonly by: string }[];
}

export function Shop({ settings }: { settings: ShopSettings }) {
  const { service, key, events, facets, ranges, sorts } = settings;
  const client = useMemo(() => createClient({ url: service, key }), [service, key]);
  const searchClient = useMemo(() => createSearchClient({ client }), [client]);
  return (
    <InstantSearch
      indexName="shop"
      searchClient={searchClient}
      routing
      insights={events ? { insightsClient: searchClient.insightsClient } : false}
      future={{ preserveSharedStateOnUnmount: true }}
    >
      <Configure hitsPerPage={12} />
      <header>
        <h1>Shop</h1>
        <div id="searchbox">
          <SearchBox placeholder="What are you looking for?" aria-label="Products" autoFocus />
        </div>
        <Completions client={client} />
      </header>
      <aside aria-label="Filters">
        <ClearRefinements translations={{ resetButtonText: 'Clear filters' }} />
        {facets.map(attribute => (
          <section key={attribute} id={attribute}>
            <h2>{attribute}</h2>
            <RefinementList attribute={attribute} showMore />
          </section>
        ))}
        {ranges.map(attribute => (
          <section key={attribute} id={attribute}>
            <h2>{attribute}</h2>
            <RangeInput attribute={attribute} />
          </section>
        ))}
      </aside>
      <main>
        <div className="line">
          <div id="stats" role="status">
            <Stats />
          </div>
          <SortBy
            aria-label="Order"
            items={[
              { label: 'Best match', value: 'shop' },
              ...sorts.map(({ label, by }) => ({ label, value: `shop:${by}` })),
            ]}
          />
        </div>
        <Meant />
        <CurrentRefinements />
        <Hits hitComponent={({ hit }) => <Product hit={hit as ProductHit} service={service} />} />
        <nav aria-label="Pages">
          <Pagination />
        </nav>
      </main>
    </InstantSearch>
  );
}

type ProductHit = Parameters<typeof Highlight>[0]['hit'] & {
  readonly picture?: string;
  readonly images?: readonly string[];
  readonly price?: number;
};

/** Its picture lies beside this page, or among the pictures of the index. */
function Product({ hit, service }: { hit: ProductHit; service: string }) {
  const [image] = hit.images ?? [];
  const picture = hit.picture ?? (image && new URL(`pictures/${image}`, new URL(service).href).href);
  return (
    <article>
      {picture && <img src={picture} alt="" width="64" height="64" loading="lazy" />}
      <h3>
        <Highlight attribute="title" hit={hit} highlightedTagName="mark" />
      </h3>
      <p>
        <Highlight attribute="description" hit={hit} highlightedTagName="mark" />
      </p>
      {hit.price !== undefined && <strong>{hit.price.toFixed(2)} €</strong>}
    </article>
  );
}

/** What widgets have no place for: another spelling, and a redirect of a rule. */
function Meant() {
  const { results, setIndexUiState } = useInstantSearch();
  const [answer] =
    (results._rawResults as readonly {
      readonly tandem?: { readonly suggestion?: string };
      readonly renderingContent?: { readonly redirect?: { readonly url: string } };
    }[]) ?? [];
  const redirect = answer?.renderingContent?.redirect?.url;
  useEffect(() => {
    if (redirect !== undefined) window.location.assign(redirect);
  }, [redirect]);
  const suggestion = answer?.tandem?.suggestion;
  return (
    <p id="meant">
      {suggestion && (
        <button type="button" onClick={() => setIndexUiState(state => ({ ...state, query: suggestion }))}>
          Did you mean “{suggestion}”?
        </button>
      )}
    </p>
  );
}

/** Ways to go on with what is being typed. */
function Completions({ client }: { client: TandemClient }) {
  const { query, refine } = useSearchBox();
  const [completions, setCompletions] = useState<readonly string[]>([]);
  useEffect(() => {
    const ended = new AbortController();
    const found =
      query.trim() === '' ? Promise.resolve([]) : client.complete(query, { k: 5 }, { signal: ended.signal });
    found.then(all => setCompletions(all.map(({ text }) => text).filter(text => text !== query))).catch(() => {});
    return () => ended.abort();
  }, [client, query]);
  return (
    <ul id="completions" aria-label="Completions">
      {completions.map(text => (
        <li key={text}>
          <button type="button" onClick={() => refine(text)}>
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}
