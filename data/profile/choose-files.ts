import type { LeftOut } from './left-out.js';
import type { Looked, Table } from './look-at-tables.js';
import type { Choices, EventField, PairField, QueryField, TableProposal } from './propose-tables.js';

/** Files of one kind, with their columns. */
export interface Chosen<F extends string = string> {
  readonly tables: readonly Table[];
  readonly columns: Choices<F>;
}

/** Which files hold what. */
export interface ChosenFiles {
  readonly documents?: Chosen & { /** each row of pairs tells of its document */ readonly ofPairs: boolean };
  readonly pairs?: Chosen<PairField>;
  readonly events?: Chosen<EventField>;
  readonly queries?: Chosen<QueryField>;
  readonly qrels?: string;
  /** tables that are left out, and why */
  readonly leftOut: readonly LeftOut[];
}

type OfKind<K extends TableProposal['kind']> = Table & { readonly proposal: Extract<TableProposal, { kind: K }> };

/** Chooses the files of each kind: tables of equal columns belong together; of several that do not, the one with the most rows. */
export function chooseFiles({ tables, judgements }: Looked): ChosenFiles {
  const leftOut: LeftOut[] = [];
  const ofKind = <K extends TableProposal['kind']>(kind: K): OfKind<K>[] =>
    tables.filter((table): table is OfKind<K> => table.proposal.kind === kind);
  const leave = <T extends Table>(others: readonly T[], reason: (table: T) => string): void => {
    leftOut.push(...others.map(table => ({ path: table.path, reason: reason(table) })));
  };

  const lists = largestGroup(ofKind('documents'), ({ columns }) => columns.title?.column ?? '');
  leave(
    lists.others,
    ({ rows }) => `${rows} rows with titles, but other columns than the documents; documents.files names what is read`,
  );
  const heldOut = ofKind('pairs').filter(({ path }) => isHeldOut(path));
  const allPairs =
    heldOut.length < ofKind('pairs').length ? ofKind('pairs').filter(table => !heldOut.includes(table)) : heldOut;
  if (allPairs !== heldOut) leave(heldOut, () => 'its name says that it is held out: it is not trained on');
  const plain = allPairs.filter(({ proposal }) => proposal.columns.gain === undefined);
  const pairs = plain.length > 0 ? largestGroup(plain, pairColumns) : largestGroup(mostJudged(allPairs), pairColumns);
  const unused = allPairs.filter(table => !pairs.group.includes(table));
  const events = largestGroup(ofKind('events'), ({ columns }) =>
    Object.values(columns)
      .map(choice => choice?.column)
      .join(),
  );
  leave(events.others, () => 'events with other columns than those that are read; events.files names what is read');
  const eventsWin = events.group.length > 0 && plain.length === 0;
  leave(unused, () => 'pairs too; pairs.files names what is read');
  if (eventsWin) leave(pairs.group, () => 'pairs too, but events are read; name them in `pairs` in place of `events`');
  else
    leave(
      events.group.filter(() => pairs.group.length > 0),
      () => 'events too, but pairs are read; name them in `events` in place of `pairs`',
    );
  const { queries, qrels } = chooseJudged(ofKind('queries'), judgements, leftOut);
  leave(ofKind('unknown'), table => `${table.proposal.reason}${besideOf(table, lists.group)}`);

  const withDocuments = pairs.group.find(({ proposal }) => proposal.documents !== undefined)?.proposal.documents;
  const documents =
    lists.group.length > 0
      ? { tables: lists.group, columns: lists.group[0].proposal.columns, ofPairs: false }
      : withDocuments && { tables: pairs.group, columns: withDocuments, ofPairs: true };
  return {
    documents,
    pairs: eventsWin ? undefined : chosen(pairs.group),
    events: eventsWin ? chosen(events.group) : undefined,
    queries,
    qrels,
    leftOut,
  };
}

/** Two files of as many rows may be the halves of one table. */
function besideOf({ path, rows }: Table, documents: readonly Table[]): string {
  const beside = documents.find(table => table.rows === rows && rows > 1);
  if (beside === undefined) return '';
  return `; it has as many rows as ${beside.path}: if they belong side by side, join them: ${joining(path, beside.path)}`;
}

/** For bash; the lines of one file may end otherwise than those of the other. */
const joining = (...paths: readonly string[]): string =>
  `paste -d, ${paths.map(path => `<(tr -d '\\r' < '${path.replaceAll("'", "'\\\\''")}')`).join(' ')} > joined.csv`;

const isHeldOut = (path: string): boolean =>
  /(?:^|[^a-z])(?:valid|validation|val|dev|test|eval)(?:[^a-z]|$)/i.test(path.split('/').at(-1) ?? '');

const pairColumns = ({ columns }: { readonly columns: Choices<PairField> }): string =>
  [columns.query?.column, columns.documentId?.column, columns.gain?.column].join();

function chosen<T extends Table & { readonly proposal: { readonly columns: Choices<F> } }, F extends string>(
  group: readonly T[],
): { tables: readonly T[]; columns: Choices<F> } | undefined {
  return group.length === 0 ? undefined : { tables: group, columns: group[0].proposal.columns };
}

/** Of judgements one table: those of several people or of several times contradict each other. */
function mostJudged(tables: readonly OfKind<'pairs'>[]): OfKind<'pairs'>[] {
  const judged = ({ columns, proposal }: OfKind<'pairs'>): number =>
    columns.find(({ name }) => name === proposal.columns.gain?.column)?.present ?? 0;
  const [best] = [...tables].sort((a, b) => judged(b) - judged(a));
  return best === undefined ? [] : [best];
}

/** The tables that share the columns of most rows. */
function largestGroup<T extends Table>(
  tables: readonly T[],
  key: (proposal: T['proposal']) => string,
): { group: readonly T[]; others: readonly T[] } {
  const groups = new Map<string, T[]>();
  for (const table of tables) {
    const name = key(table.proposal);
    groups.set(name, [...(groups.get(name) ?? []), table]);
  }
  const rows = (group: readonly T[]): number => group.reduce((sum, table) => sum + table.rows, 0);
  const [group = []] = [...groups.values()].sort((a, b) => rows(b) - rows(a));
  return { group, others: tables.filter(table => !group.includes(table)) };
}

/** Queries and judgements belong together: those whose names say validation first, never those of a test. */
function chooseJudged(
  queries: readonly OfKind<'queries'>[],
  judgements: readonly string[],
  leftOut: LeftOut[],
): Pick<ChosenFiles, 'queries' | 'qrels'> {
  const order = (path: string): number => (/valid|(?:^|[^a-z])dev/i.test(path) ? 0 : /test/i.test(path) ? 2 : 1);
  const [table, ...moreQueries] = [...queries].sort((a, b) => order(a.path) - order(b.path));
  const [qrels, ...moreQrels] = [...judgements].sort((a, b) => order(a) - order(b));
  if (table === undefined || qrels === undefined) {
    for (const { path } of queries)
      leftOut.push({ path, reason: 'queries, but no judgements of them (TREC: `query 0 document gain`)' });
    for (const path of judgements)
      leftOut.push({ path, reason: 'judgements, but no queries that they name (columns id, text)' });
    return {};
  }
  for (const { path } of moreQueries)
    leftOut.push({ path, reason: 'queries too; `queries.files` names what is validated on' });
  for (const path of moreQrels)
    leftOut.push({
      path,
      reason: 'judgements too; `qrels` names what is validated on, `tandem evaluate --qrels` what is measured on',
    });
  return { queries: { tables: [table], columns: table.proposal.columns }, qrels };
}
