import { createRuleMatcher, type MatcherParts, type RuleMatcher } from '../curation/match-rules.js';
import type { Rule } from '../curation/rule.js';
import type { DocumentStore } from '../store/document-store.js';

/** The rules of an index as they are at present. */
export interface RuleBook {
  readonly rules: readonly Rule[];
  /** undefined where there are none */
  readonly matcher: RuleMatcher | undefined;
  /** Takes up what the store has. Resolves when searches need not wait for it. */
  refresh(): Promise<void>;
}

/**
 * Opens the rules of a store: those that it has now, until it is told to look again.
 * @throws TandemError 'index/documents-damaged'
 */
export function openRuleBook(store: DocumentStore, parts: MatcherParts): RuleBook {
  let sequence = 0;
  const book = {
    rules: [] as readonly Rule[],
    matcher: undefined as RuleMatcher | undefined,
    refresh: async () => {
      take();
      // a search whose rules have no embeddings yet waits for them itself, and is told what fails
      await book.matcher?.ready().catch(() => undefined);
    },
  };
  const take = (): void => {
    const last = store.settingSequence('rules');
    if (last === sequence) return;
    Object.assign(book, boundRules(store.setting('rules') as readonly Rule[], parts));
    sequence = last;
  };
  take();
  void book.refresh();
  return book;
}

/** Rules that stay as they are. @param rules  checked */
export const boundRules = (rules: readonly Rule[], parts: MatcherParts): Omit<RuleBook, 'refresh'> => ({
  rules,
  matcher: rules.length === 0 ? undefined : createRuleMatcher(rules, parts),
});
