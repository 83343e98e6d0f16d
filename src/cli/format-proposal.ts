import { basename } from 'node:path';
import {
  type DocumentsCheck,
  gatherReasons,
  type ProposedProject,
  type TrainingEstimate,
} from '../api/project/init-project.js';
import { projectFileName } from '../config/project.js';
import type { DocumentRow } from '../config/rows.js';
import { terminalTable } from './terminal-table.js';

const grouped = (n: number): string => Math.round(n).toLocaleString('en-GB');
const many = (n: number, one: string, more = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : more}`;

/** What was seen and is proposed: files, columns, rows as they would be read, figures, what to look at. */
export function formatProposal(proposed: ProposedProject, estimate: TrainingEstimate): string {
  const sections = [
    kinds(proposed),
    preview(proposed.documents),
    figures(proposed, estimate),
    leftOut(proposed),
    lookAt(proposed),
  ];
  return sections.filter(section => section !== '').join('\n\n');
}

type Columns = Readonly<Record<string, { readonly column: string; readonly reason: string } | undefined>>;

function kinds({ chosen }: ProposedProject): string {
  const parts: readonly (readonly [
    string,
    { readonly tables: readonly { path: string; rows: number }[]; readonly columns: Columns } | undefined,
  ])[] = [
    ['documents', chosen.documents],
    ['pairs', chosen.pairs],
    ['events', chosen.events],
    ['queries', chosen.queries],
  ];
  const told = parts.flatMap(([kind, found]) => {
    if (found === undefined) return [];
    const because = found.tables.length > 1 ? `because (${basename(found.tables[0].path)})` : 'because';
    const files = found.tables.map(({ path, rows }) => `${path} (${many(rows, 'row')})`).join(', ');
    const rows = Object.entries(found.columns).flatMap(([field, choice]) =>
      choice === undefined ? [] : [[`  ${field}`, choice.column, choice.reason]],
    );
    if (rows.length === 0) return [`${kind}: ${files}`];
    const table = terminalTable([{ name: '  field' }, { name: 'column' }, { name: because }], rows).split('\n');
    // the rule under the names says nothing here
    return [[`${kind}: ${files}`, table[0], ...table.slice(2)].join('\n')];
  });
  return [...told, ...(chosen.qrels === undefined ? [] : [`judgements: ${chosen.qrels}`])].join('\n\n');
}

const cut = (text: string, length: number): string => {
  const letters = Array.from(text.replace(/\s+/g, ' '));
  return letters.length <= length ? letters.join('') : `${letters.slice(0, length - 1).join('')}…`;
};

function preview({ preview: rows, filled }: DocumentsCheck): string {
  const widths: Readonly<Record<string, number>> = {
    id: 20,
    title: 40,
    description: 30,
    price: 10,
    currency: 4,
    country: 4,
    language: 5,
    images: 24,
  };
  const shown = Object.keys(widths).filter(field => filled.has(field));
  const cell = (row: DocumentRow, field: string): string => {
    const value = row[field];
    const text = Array.isArray(value) ? value.join(' | ') : value === undefined ? '' : String(value);
    return cut(text, widths[field]);
  };
  const columns = shown.map(name => ({ name, numeric: name === 'price' }));
  const others = [...filled.keys()].filter(field => !(field in widths));
  const attributes = others.length === 0 ? '' : `\nkept as attributes: ${cut(others.join(', '), 400)}`;
  return `as they would be read:\n${terminalTable(
    columns,
    rows.map(row => shown.map(field => cell(row, field))),
  )}${attributes}`;
}

function figures({ documents, pairs, events, notes, preset }: ProposedProject, estimate: TrainingEstimate): string {
  const { documents: count, repeatedIds, equalTitles, filled } = documents;
  const empties = ['title', 'description', 'price', 'images', 'country', 'language']
    .filter(field => filled.has(field) && (filled.get(field) ?? 0) < count)
    .map(field => `${grouped(count - (filled.get(field) ?? 0))} without ${field}`);
  const repeats = [
    repeatedIds > 0 ? `${grouped(repeatedIds)} rows of an id that stood before` : '',
    equalTitles > 0 ? `${grouped(equalTitles)} titles that stood before` : '',
  ].filter(text => text !== '');
  const lines = [
    `${many(count, 'document')}, ${grouped(documents.meanCharacters)} characters of text on average${[...repeats, ...empties].map(text => `, ${text}`).join('')}`,
    languages(documents),
    ...notes,
    pairs &&
      `${many(pairs.pairs, 'pair')} of ${many(pairs.queries, 'query', 'queries')}${pairs.repeated > 0 ? `, ${grouped(pairs.repeated)} repeated` : ''}`,
    events && describeEvents(events),
    `preset ${preset}: about ${duration(estimate.seconds)} of training on one quiet thread (${grouped(estimate.examples)} examples at 4,500 a second) and ${size(estimate.bytes)} of memory; ${size(estimate.servingBytes)} to serve. These are estimates.`,
  ];
  return lines.filter(line => line !== undefined).join('\n');
}

function describeEvents({ events, chain, firstTime, lastTime }: NonNullable<ProposedProject['events']>): string {
  const span = firstTime === undefined || lastTime === undefined ? '' : ` from ${day(firstTime)} to ${day(lastTime)}`;
  const types = chain.events.map(({ type, count }) => `${type} ${grouped(count)}`).join(', ');
  const led = chain.chain.length === 0 ? '' : `; chain: ${chain.chain.join(' > ')}`;
  return `${many(events, 'event')}${span}: ${types}${led}`;
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function languages({ languages: named, countries, language }: DocumentsCheck): string {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts]
      .slice(0, 8)
      .map(([name, count]) => `${name} ${grouped(count)}`)
      .join(', ') + (counts.size > 8 ? `, and ${counts.size - 8} more` : '');
  const told =
    named.size > 0
      ? `languages: ${list(named)}${named.size > 1 ? '; words are searched in the language of their document' : ''}`
      : language.language === undefined
        ? `language: not told (${language.reason})`
        : `language: probably ${language.language} (${language.reason})`;
  return countries.size === 0 ? told : `${told}; countries: ${list(countries)}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

const size = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

function leftOut({ looked, chosen }: ProposedProject): string {
  const files = gatherReasons([...looked.leftOut, ...chosen.leftOut]);
  const lines = files.slice(0, 20).map(entry => `  ${entry.files}: ${entry.reason}`);
  const more = files.length > 20 ? [`  and ${files.length - 20} more`] : [];
  return files.length === 0 ? '' : ['not read:', ...lines, ...more].join('\n');
}

const lookAt = ({ notices }: ProposedProject): string =>
  notices.length === 0 ? '' : ['please look at this:', ...notices.map(notice => `  - ${notice}`)].join('\n');

/** What a person may type now. */
export function formatNext({ file }: ProposedProject): string {
  const project = basename(file) === projectFileName && file === basename(file) ? '' : ` --project ${file}`;
  const steps = ['prepare', 'train', 'index', 'serve'].map(step => `tandem ${step}${project}`).join(' && ');
  const written = `${file} is written; docs/project.md says what its keys mean. What comes next:`;
  return [
    written,
    `  tandem up ${file}     a page at once, towers trained behind it`,
    'or step by step:',
    `  ${steps}`,
  ].join('\n');
}

/** The same for machines. */
export function proposalJson(
  { file, project, documents, pairs, events, preset, notes, notices, looked, chosen }: ProposedProject,
  estimate: TrainingEstimate,
) {
  const reasons = (columns: Columns | undefined): Record<string, string> =>
    Object.fromEntries(
      Object.entries(columns ?? {}).flatMap(([field, choice]) =>
        choice === undefined ? [] : [[field, `${choice.column}: ${choice.reason}`]],
      ),
    );
  return {
    file,
    project,
    because: {
      documents: reasons(chosen.documents?.columns),
      pairs: reasons(chosen.pairs?.columns),
      events: reasons(chosen.events?.columns),
      queries: reasons(chosen.queries?.columns),
    },
    documents: {
      count: documents.documents,
      repeatedIds: documents.repeatedIds,
      equalTitles: documents.equalTitles,
      withoutTitle: documents.withoutTitle,
      filled: Object.fromEntries(documents.filled),
      languages: Object.fromEntries(documents.languages),
      countries: Object.fromEntries(documents.countries),
      language: documents.language,
      preview: documents.preview,
    },
    ...(pairs && {
      pairs: {
        count: pairs.pairs,
        queries: pairs.queries,
        unknownDocuments: pairs.unknownDocuments,
        repeated: pairs.repeated,
        equalToTitle: pairs.equalToTitle,
      },
    }),
    ...(events && {
      events: {
        count: events.events,
        unknownDocuments: events.unknownDocuments,
        types: events.chain.types,
        chain: events.chain.chain,
        reached: events.chain.reached,
      },
    }),
    preset,
    estimate,
    notes,
    notices,
    leftOut: [...looked.leftOut, ...chosen.leftOut],
  };
}
