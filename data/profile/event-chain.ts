/** An event as far as the chain is concerned. */
export interface ChainEvent {
  readonly session: string;
  /** milliseconds, or any other unit that rises with time */
  readonly time: number;
  readonly type: string;
  readonly query?: string;
  readonly documentId?: string;
}

/** A type of event: how often it was met, and where it stands in sessions. */
export interface EventType {
  readonly type: string;
  readonly count: number;
  /** shares of its events that carry a query, and a document */
  readonly withQuery: number;
  readonly withDocument: number;
  /** mean over sessions of the place of its first event among the first events of all types: 0 = first, 1 = last */
  readonly position: number;
}

export interface ProposedChain {
  /** every type that can be a step, in order; empty where there is none that searches or none that follows */
  readonly types: readonly string[];
  /** as many of them, from the first, as are proposed */
  readonly chain: readonly string[];
  /** how many (session, document) went through the first two types, the first three, ... */
  readonly reached: readonly number[];
  readonly events: readonly EventType[];
}

/** A chain is cut where fewer than this go through it: from less nothing is learnt. */
const leastPositives = 300;

/** Types of events that search, in the languages of shops. */
export const searches =
  /search|query|such|recherche|busqueda|búsqueda|ricerca|pesquisa|busca|zoek|szukaj|wyszuk|hledan|hledán|vyhled|hľad|keres|căut|cauta|søg|sök|haku|etsi|αναζ|arama|検索|搜索|검색|поиск/i;
/** Showing is not choosing, and what is taken back was not wanted. */
const notChosen =
  /impression|item_?list|list_?view|remove|delete|cancel|refund|return|unlike|scroll|shown|login|logout|start/i;

/**
 * The chain that leads from a search to what was wanted, from the types of events: first the type that searches, then those of
 * documents, by where they stand in sessions and, where that tells little, by how often they are met. Steps that few reach are cut off.
 */
export function proposeChain(events: Iterable<ChainEvent>): ProposedChain {
  const sessions = new Map<string, ChainEvent[]>();
  for (const event of events) {
    const session = sessions.get(event.session);
    if (session === undefined) sessions.set(event.session, [event]);
    else session.push(event);
  }
  const ordered = [...sessions.values()].map(session => session.sort((a, b) => a.time - b.time));
  const types = describeTypes(ordered);
  const search = [...types].filter(isSearch).sort((a, b) => b.count - a.count)[0];
  const steps = types
    .filter(type => type !== search && !isSearch(type) && type.withDocument > 0.5 && !notChosen.test(type.type))
    .sort((a, b) => standing(a) - standing(b) || b.count - a.count);
  if (search === undefined || steps.length === 0) return { types: [], chain: [], reached: [], events: types };
  const names = [search.type, ...steps.map(({ type }) => type)];
  const reached = countReached(ordered, names);
  const enough = reached.filter(count => count >= leastPositives).length;
  // where no step has enough, the first has the most
  const chain = names.slice(0, 1 + Math.max(1, enough));
  return { types: names, chain, reached, events: types };
}

const isSearch = ({ type, withQuery, withDocument }: EventType): boolean =>
  withQuery > 0.5 && (searches.test(type) || withDocument < 0.1);

/** Positions within a tenth of each other count as equal. */
const standing = ({ position }: EventType): number => Math.round(position * 10);

function describeTypes(sessions: readonly (readonly ChainEvent[])[]): EventType[] {
  const seen = new Map<
    string,
    { count: number; queries: number; documents: number; positions: number; sessions: number }
  >();
  for (const session of sessions) {
    const firsts = [...new Set(session.map(({ type }) => type))];
    for (const { type, query, documentId } of session) {
      const entry = seen.get(type) ?? { count: 0, queries: 0, documents: 0, positions: 0, sessions: 0 };
      entry.count++;
      if (query !== undefined) entry.queries++;
      if (documentId !== undefined) entry.documents++;
      seen.set(type, entry);
    }
    for (const [place, type] of firsts.entries()) {
      const entry = seen.get(type);
      // a type alone in its session says nothing of its place
      if (entry === undefined || firsts.length < 2) continue;
      entry.positions += place / (firsts.length - 1);
      entry.sessions++;
    }
  }
  return [...seen]
    .map(([type, { count, queries, documents, positions, sessions: met }]) => ({
      type,
      count,
      withQuery: queries / count,
      withDocument: documents / count,
      position: met === 0 ? 0.5 : positions / met,
    }))
    .sort((a, b) => b.count - a.count);
}

/** For each step behind the search: how many documents of sessions went through all steps until there, in order. */
function countReached(sessions: readonly (readonly ChainEvent[])[], chain: readonly string[]): number[] {
  const reached = new Array<number>(chain.length - 1).fill(0);
  for (const session of sessions) {
    const steps = new Map<string, number>();
    let searched = false;
    for (const { type, documentId } of session) {
      const step = chain.indexOf(type);
      if (step === 0) searched = true;
      if (step < 1 || documentId === undefined) continue;
      const done = steps.get(documentId) ?? 0;
      if (step === done + 1 && (step > 1 || searched)) steps.set(documentId, step);
    }
    for (const done of steps.values()) for (let step = 0; step < done; step++) reached[step]++;
  }
  return reached;
}
