import type { TandemClient } from './client.js';

/** A completion as Autocomplete takes it. */
export interface CompletionItem extends Record<string, unknown> {
  readonly label: string;
  readonly kind: 'word' | 'title';
  /** document of a title */
  readonly id?: string;
}

/** What Autocomplete calls a source. */
export interface CompletionSource {
  readonly sourceId: string;
  getItems(state: { readonly query: string }): Promise<CompletionItem[]>;
  getItemInputValue(state: { readonly item: CompletionItem }): string;
}

/**
 * Ways to go on with what is being typed, for `getSources` of @algolia/autocomplete-js; `templates` are up to the page.
 * @param k  completions wanted, 1..50; 5 when absent
 */
export function createCompletionSource(
  client: Pick<TandemClient, 'complete'>,
  { k = 5 }: { readonly k?: number } = {},
): CompletionSource {
  return {
    sourceId: 'tandem',
    getItems: async ({ query }) => {
      if (query.trim() === '') return [];
      const completions = await client.complete(query, { k });
      return completions.map(({ text, ...completion }) => ({ label: text, ...completion }));
    },
    getItemInputValue: ({ item }) => item.label,
  };
}
