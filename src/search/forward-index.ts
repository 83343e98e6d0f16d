import type { EmbeddedIndex } from './embedded-backend.js';

/**
 * An index that asks another one, which may change from one question to the next.
 * @param current  the one that is asked
 * @param using    asks, and keeps open what is asked until the answer is there
 */
export const forwardIndex = (
  current: () => EmbeddedIndex,
  using: <T>(ask: (index: EmbeddedIndex) => Promise<T>) => Promise<T>,
): Omit<EmbeddedIndex, 'close'> => ({
  get manifest() {
    return current().manifest;
  },
  get vectorKind() {
    return current().vectorKind;
  },
  get rankerDepth() {
    return current().rankerDepth;
  },
  search: request => using(index => index.search(request)),
  next: (cursor, k) => using(index => index.next(cursor, k)),
  complete: request => using(index => index.complete(request)),
  analyze: (text, language) => using(index => index.analyze(text, language)),
  dictionary: () => using(index => index.dictionary()),
  rules: () => using(index => index.rules()),
  refreshRules: () => using(index => index.refreshRules()),
  curatedBy: rules => current().curatedBy(rules),
  synonyms: () => using(index => index.synonyms()),
  count: () => using(index => index.count()),
  status: () => using(index => index.status()),
  filteredReader: filter => ({
    search: request => using(index => index.filteredReader(filter).search(request)),
    next: (cursor, k) => using(index => index.filteredReader(filter).next(cursor, k)),
    explain: (request, id) => using(index => index.filteredReader(filter).explain(request, id)),
    get: id => using(index => index.filteredReader(filter).get(id)),
    count: () => using(index => index.filteredReader(filter).count()),
    complete: request => using(index => index.filteredReader(filter).complete(request)),
  }),
  tokenMeasures: () => current().tokenMeasures(),
  figures: () => current().figures(),
  retuned: settings => current().retuned(settings),
  nearest: (query, k, how) => current().nearest(query, k, how),
  retrieve: request => using(index => index.retrieve(request)),
  candidates: (request, depth) => using(index => index.candidates(request, depth)),
  attributes: () => current().attributes(),
  rankable: () => current().rankable(),
  explain: (request, id) => using(index => index.explain(request, id)),
  get: id => using(index => index.get(id)),
  embedding: id => current().embedding(id),
  ids: () => current().ids(),
  exportTokens: document => current().exportTokens(document),
});

/** The same object with members of another one, getters too. */
export const withMembers = <I extends object, M extends object>(index: I, members: M): I & M =>
  Object.defineProperties(index as I & M, Object.getOwnPropertyDescriptors(members));
