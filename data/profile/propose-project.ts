import { type PresetName, presets } from '../../src/config/presets.js';
import { type ProjectInput, projectFileName } from '../../src/config/project.js';
import { type Config, configSchema } from '../../src/config/schema.js';
import { merge } from '../../src/config/tree.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { PriceEvidence } from '../prices/price-rule.js';
import { type DocumentSource, priceEvidence, readDocuments } from '../read-documents.js';
import { readPairs } from '../read-pairs.js';
import { openBeirFolder } from '../sources/beir.js';
import { checkDocuments, type DocumentsCheck } from './check-documents.js';
import { checkEvents, type EventsCheck } from './check-events.js';
import { checkPairs, type PairsCheck } from './check-pairs.js';
import { type Chosen, type ChosenFiles, chooseFiles } from './choose-files.js';
import { gatherReasons } from './left-out.js';
import { type Looked, lookAtTables } from './look-at-tables.js';
import { noticesOf } from './notices.js';
import { documentSource, filesOf, languageOf, pairSourceOf, pathsOf, projectOf } from './project-of.js';
import { type BeirProposal, proposeBeir } from './propose-beir.js';

/** What is proposed for the files of a person, with all that was seen on the way. */
export interface ProposedProject {
  /** as it is written to tandem.json: paths relative to the folder of `file` */
  readonly project: ProjectInput;
  /** where tandem.json would stand */
  readonly file: string;
  readonly looked: Looked;
  readonly chosen: ChosenFiles;
  readonly documents: DocumentsCheck;
  /** of the prices, where there is a column of them */
  readonly prices?: PriceEvidence;
  readonly pairs?: PairsCheck;
  readonly events?: EventsCheck;
  readonly preset: PresetName;
  /** of training and indexing, as the project says it */
  readonly config: Config;
  /** what training will see: pairs of documents that are there, from pairs or events */
  readonly sizes: { readonly documents: number; readonly pairs: number; readonly bytes: number };
  /** sentences about how the documents were read */
  readonly notes: readonly string[];
  /** what to look at: sentences, each with the key or the flag that changes it */
  readonly notices: readonly string[];
}

export interface ProposeOptions {
  /** tandem.json; its folder is what paths are relative to (default: in the current folder) */
  readonly file?: string;
  /** what is gone through */
  readonly onFile?: (path: string, what: string) => void;
}

/**
 * Looks at a file or a folder and proposes which file holds documents, pairs, events, queries and judgements, and which columns hold
 * their fields. Every file is gone through twice, in bounded memory; nothing is written.
 * @throws TandemError 'data/not-found' | 'data/no-documents'
 */
export async function proposeProject(path: string, options: ProposeOptions = {}): Promise<ProposedProject> {
  const { file = projectFileName, onFile = () => {} } = options;
  const beir = await openBeirFolder(path).catch(() => undefined);
  if (beir !== undefined) return fromBeir(path, await proposeBeir(path, beir), file);
  const looked = await lookAtTables(path, found => onFile(found, 'columns'));
  const first = chooseFiles(looked);
  if (!hasDocuments(first)) throw noDocuments(path, looked, first);
  const checked = await checkByNamedIds(await checkFiles(first, onFile), onFile);
  const { chosen, prices, source, documents, notes, pairSource, pairs, events } = checked;
  const preset: PresetName = 'default';
  const seen = { chosen, documents, prices, pairs, events, language: languageOf(documents) };
  const project = projectOf({ ...seen, source, pairSource, preset }, file);
  const config: Config = configSchema.parse(merge(presets[preset], project.config ?? {}));
  return { project, file, looked, notes, ...seen, preset, config, sizes: sizesOf(seen), notices: noticesOf(seen) };
}

type ChosenDocuments = ChosenFiles & Required<Pick<ChosenFiles, 'documents'>>;
const hasDocuments = (chosen: ChosenFiles): chosen is ChosenDocuments => chosen.documents !== undefined;

/** Goes through the files that were chosen. */
async function checkFiles(chosen: ChosenDocuments, onFile: NonNullable<ProposeOptions['onFile']>) {
  const prices = await pricesOf(chosen.documents);
  const found = documentSource(chosen.documents, prices);
  onFile(found.files[0], 'documents');
  const { source, documents, notes } = await checkSource(found);
  const pairSource = chosen.pairs && pairSourceOf(chosen.pairs);
  const leftOut = { lower: 0, unjudged: 0 };
  if (pairSource !== undefined) onFile(pairSource.files[0], 'pairs');
  const pairs = pairSource && (await checkPairs(readPairs(pairSource, { leftOut }), documents, leftOut));
  const eventSource = chosen.events && filesOf(chosen.events);
  if (eventSource !== undefined) onFile(eventSource.files[0], 'events');
  const events = eventSource && (await checkEvents(eventSource, documents));
  return { chosen, prices, source, documents, notes, pairSource, pairs, events };
}

type CheckedFiles = Awaited<ReturnType<typeof checkFiles>>;

/** Pairs and events that name no document. */
const unknownIn = ({ pairs, events }: CheckedFiles): number =>
  (pairs?.unknownDocuments ?? 0) + (events?.unknownDocuments ?? 0);

/** Columns that may be the id beside the one that was chosen, and are tried. */
const mostIds = 3;

/** The same with another id where pairs and events name documents by that: a log that knows the number of an article says which column is the id. */
async function checkByNamedIds(
  checked: CheckedFiles,
  onFile: NonNullable<ProposeOptions['onFile']>,
): Promise<CheckedFiles> {
  const { documents } = checked.chosen;
  const { id } = documents.columns;
  let best = checked;
  if (id === undefined) return checked;
  for (const column of id.others.slice(0, mostIds)) {
    if (unknownIn(best) === 0) break;
    const others = [id.column, ...id.others.filter(other => other !== column)];
    const columns = { ...documents.columns, id: { column, reason: 'pairs or events name documents by it', others } };
    const tried = await checkFiles({ ...checked.chosen, documents: { ...documents, columns } }, onFile);
    if (2 * unknownIn(tried) < unknownIn(best) && tried.documents.fault === undefined) best = tried;
  }
  return best;
}

const ofHtml = 'titles or descriptions hold HTML: the text that a reader sees is taken (documents.html)';

const ofLevels = (column: string): string =>
  `${column} leads from wider categories to narrower ones: documents get ${column}.lvl0, ${column}.lvl1 and so on for hierarchical menus (documents.levels)`;

/** Goes through the documents; where a few rows of them cannot be used, they are read without these. */
async function checkSource(
  source: DocumentSource,
): Promise<{ readonly source: DocumentSource; readonly documents: DocumentsCheck; readonly notes: readonly string[] }> {
  const notes = [...(source.html === 'text' ? [ofHtml] : []), ...(source.levels ?? []).map(ofLevels)];
  const documents = await checkDocuments(readDocuments(source, { onNote: note => notes.push(note) }));
  if (documents.fault === undefined || source.unusable !== undefined) return { source, documents, notes };
  const without = await checkSource({ ...source, unusable: 'leaveOut' });
  return without.documents.fault === undefined ? without : { source, documents, notes };
}

/** A BEIR folder is read as it is: nothing is mapped. */
function fromBeir(path: string, { chosen, documents, pairs }: BeirProposal, file: string): ProposedProject {
  const preset: PresetName = 'default';
  const found = { chosen, documents, language: languageOf(documents) };
  const project = projectOf({ ...found, source: { files: [path] }, preset }, file);
  const config = configSchema.parse(merge(presets[preset], project.config ?? {}));
  const looked = { tables: [], judgements: [], leftOut: [], faults: [] };
  const notes = [`${path}: a BEIR folder, whose own queries and judgements are read`];
  const sizes = { documents: documents.documents, pairs, bytes: documents.bytes };
  return { project, file, looked, notes, ...found, preset, config, sizes, notices: noticesOf(found) };
}

function sizesOf({ documents, pairs, events }: Pick<ProposedProject, 'documents' | 'pairs' | 'events'>) {
  const fromPairs = pairs === undefined ? 0 : pairs.pairs - pairs.unknownDocuments;
  const fromEvents = events?.chain.reached[events.chain.chain.length - 2] ?? 0;
  return { documents: documents.documents, pairs: fromPairs + fromEvents, bytes: documents.bytes };
}

/** What the prices of all documents show. */
async function pricesOf(chosen: Chosen): Promise<PriceEvidence | undefined> {
  const column = chosen.columns.price?.column;
  return column === undefined ? undefined : priceEvidence(pathsOf(chosen), column);
}

function noDocuments(path: string, { tables, leftOut, faults }: Looked, chosen: ChosenFiles): TandemError {
  // a file by itself that cannot be read says why in its own words
  if (leftOut.length === 1 && faults.length === 1) return faults[0];
  const reasons = gatherReasons([...leftOut, ...chosen.leftOut]).map(({ files, reason }) => `${files} ${reason}`);
  const columns = tables.map(
    table => `${table.path} has the columns ${table.columns.map(({ name }) => name).join(', ')}`,
  );
  const told = [...reasons, ...columns].slice(0, 5);
  return new TandemError(
    'data/no-documents',
    `${path}: no file of documents was found${told.length === 0 ? '; it holds no data files' : `: ${told.join('; ')}`}`,
    { path },
  );
}
