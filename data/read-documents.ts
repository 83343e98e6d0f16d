import { basename } from 'node:path';
import type { ColumnMapping } from '../src/config/mapping.js';
import type { DocumentsProject, PriceRule } from '../src/config/project.js';
import { beyondExact, type DocumentRow, documentRowSchema } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { withLevels } from './category-levels.js';
import type { DecimalMark } from './prices/price-number.js';
import { type PriceEvidence, watchPrices } from './prices/price-rule.js';
import { priceOf, readPrice } from './prices/read-price.js';
import type { BadRow } from './sources/bad-rows.js';
import { locationOf, locationUnit, type SourcedRow } from './sources/parse-row.js';
import type { RawRow, RowFault } from './sources/raw-row.js';
import { readRows, readTable } from './sources/source.js';
import { textOfHtml } from './text-of-html.js';

/** Files of documents and how their rows become documents: the part `documents` of a project, its paths as they can be opened. */
export interface DocumentSource extends Partial<Omit<DocumentsProject, 'files' | 'columns' | 'price'>> {
  readonly files: readonly string[];
  /** field -> column */
  readonly columns?: ColumnMapping;
  readonly price?: Partial<PriceRule>;
}

/** A document and the file that it came from. */
export interface SourcedDocument extends SourcedRow<DocumentRow> {
  readonly path: string;
}

export interface ReadDocumentsOptions {
  /** one sentence about how a file was read */
  readonly onNote?: (note: string) => void;
  /** see RowOptions */
  readonly onBadRow?: (bad: BadRow) => void;
}

/**
 * The documents of one file or several, streamed: columns named as the source says, prices read as people write them
 * (`19,90`, `€19.90`, `{"EUR": 10}`), a currency kept as the attribute `currency` where there is no other.
 * Prices that can be read two ways are decided by all prices of the file, which is then gone through once more, and told.
 * @throws TandemError as readRows
 */
export async function* readDocuments(
  source: DocumentSource,
  options: ReadDocumentsOptions = {},
): AsyncGenerator<SourcedDocument> {
  for (const path of source.files) yield* readDocumentFile(path, source, options);
}

async function* readDocumentFile(
  path: string,
  source: DocumentSource,
  { onNote, onBadRow }: ReadDocumentsOptions,
): AsyncGenerator<SourcedDocument> {
  const { columns: mapping = {}, types, untitled, omit = [], unusable, html, levels = [] } = source;
  const prefix = source.files.length > 1 ? `${basename(path)}:` : '';
  const told = new Set<string>();
  // a file that is gone through again says the same again
  const note = (text: string): void => {
    if (!told.has(text)) onNote?.(text);
    told.add(text);
  };
  const leftOut = gatherLeftOut(path);
  const passOver = onBadRow ?? (unusable === 'leaveOut' ? leftOut.add : undefined);
  let lastBad = 0;
  const tellBad =
    passOver &&
    ((bad: BadRow): void => {
      if (bad.line > lastBad) passOver(bad);
      lastBad = Math.max(lastBad, bad.line);
    });
  let price = source.price ?? {};
  let given = 0;
  for (;;) {
    let passed = 0;
    const adapt = (row: RawRow, line: number, fault: (fault: RowFault) => void): RawRow => {
      const id = source.numbered ? `${prefix}${line}` : undefined;
      return adaptDocument(row, { price, id, untitled, omit, html, levels }, text =>
        fault({ line, kind: 'price', text }),
      );
    };
    try {
      for await (const sourced of readRows(path, documentRowSchema, {
        mapping,
        types,
        adapt,
        onNote: note,
        onBadRow: tellBad,
        mostBad: onBadRow === undefined ? mostLeftOut : 1,
      })) {
        if (++passed <= given) continue;
        given++;
        yield { ...sourced, path };
      }
      leftOut.notes().forEach(note);
      return;
    } catch (error) {
      if (!(error instanceof UndecidedPrice)) throw error;
      const evidence = await priceEvidence([path], mapping.price ?? 'price');
      price = { ...price, decimal: evidence.decimal };
      note(describeRule(path, evidence));
    }
  }
}

/** Share of the rows of a file that are left out at most: where more are wrong, the file is. */
const mostLeftOut = 1 / 20;
/** Rows of which it is told what was wrong. */
const toldLeftOut = 3;

/** Gathers rows that are left out. One that cannot even be read is no row: a file that is torn lacks more than that. */
function gatherLeftOut(path: string): { add(bad: BadRow): void; notes(): string[] } {
  const told: string[] = [];
  let rows = 0;
  return {
    add: ({ line, reason, row }) => {
      if (row === undefined)
        throw new TandemError('data/malformed-row', `${locationOf(path, line)}: ${reason}`, { path, line });
      rows++;
      if (told.length < toldLeftOut) told.push(`${locationUnit(path)} ${line}: ${reason}`);
    },
    notes: () => {
      if (rows === 0) return [];
      const more = rows > told.length ? `; and ${rows - told.length} more` : '';
      return [`${path}: ${rows} ${rows === 1 ? 'row was' : 'rows were'} left out (${told.join('; ')}${more})`];
    },
  };
}

/** What all prices of files show. @param column  that holds them */
export async function priceEvidence(paths: readonly string[], column: string): Promise<PriceEvidence> {
  const watch = watchPrices();
  for (const path of paths) {
    for await (const { line, row } of readTable(path, { asWritten: [column] })) {
      watch.add(row[column], () => locationOf(path, line));
    }
  }
  return watch.evidence();
}

/** `shop.csv: 30 prices such as "1.234" are read with the comma before the fraction (1234): 270 other prices show it so; ...` */
export function describeRule(path: string, { decimal, ambiguous, example, shown }: PriceEvidence): string {
  const read = readPrice(example);
  const amount = typeof read === 'string' ? '' : ` (${priceOf(read, decimal).amount})`;
  const these = ambiguous === 1 ? `1 price such as "${example}" is` : `${ambiguous} prices such as "${example}" are`;
  const others = shown[decimal] === 1 ? '1 other price shows it so' : `${shown[decimal]} other prices show it so`;
  const why = shown[decimal] > 0 ? others : 'no price shows which, so that three digits are taken for thousands';
  return `${path}: ${these} read with the ${decimal} before the fraction${amount}: ${why}; documents.price.decimal of tandem.json says otherwise`;
}

/** A price that its file has to decide. */
class UndecidedPrice extends Error {}

interface DocumentRules {
  readonly price: Partial<PriceRule>;
  /** the id of a numbered row */
  readonly id?: string;
  readonly untitled?: DocumentsProject['untitled'];
  readonly html?: DocumentsProject['html'];
  readonly omit: readonly string[];
  readonly levels: readonly string[];
}

/** @param refuse  told why a price cannot be read */
function adaptDocument(
  row: RawRow,
  { price, id, untitled, omit, html, levels }: DocumentRules,
  refuse: (reason: string) => void,
): RawRow {
  const kept =
    omit.length === 0 ? row : Object.fromEntries(Object.entries(row).filter(([name]) => !omit.includes(name)));
  const numbered = id === undefined ? kept : { ...kept, id };
  const titled = untitled === 'keep' && row.title === undefined ? { ...numbered, title: '' } : numbered;
  return withLevels(withImages(withPrice(html === 'text' ? withoutHtml(titled) : titled, price, refuse)), levels);
}

/** Titles and descriptions as a reader sees them. */
function withoutHtml(row: RawRow): RawRow {
  const read = (name: string): RawRow => {
    const value = row[name];
    return typeof value === 'string' ? { [name]: textOfHtml(value) } : {};
  };
  return { ...row, ...read('title'), ...read('description') };
}

function withPrice(row: RawRow, rule: Partial<PriceRule>, refuse: (reason: string) => void): RawRow {
  const value = row.price;
  const { divideBy = 1 } = rule;
  if (value === undefined || (typeof value === 'number' && divideBy === 1)) return row;
  const { price: _, ...rest } = row;
  const read = readPrice(value);
  if (read === 'none') return rest;
  if (read === 'unreadable') {
    const text = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 64);
    const expected = 'expected an amount such as 19.90, 19,90 or €19.90, or {"EUR": 19.9}';
    if (rule.unreadable !== 'leaveOut') refuse(`price: "${text}" cannot be read as a price; ${expected}`);
    return rest;
  }
  const { amount, currency } = priceOf(read, decided(read.amounts, rule.decimal), divideBy);
  if (Math.abs(amount * divideBy) > Number.MAX_SAFE_INTEGER) {
    if (rule.unreadable !== 'leaveOut') refuse(`price: ${JSON.stringify(value).slice(0, 64)} ${beyondExact}`);
    return rest;
  }
  return { ...rest, price: amount, ...(currency === undefined || row.currency !== undefined ? {} : { currency }) };
}

function decided(
  { point, comma }: Readonly<Record<DecimalMark, number>>,
  decimal: DecimalMark | undefined,
): DecimalMark {
  if (decimal === undefined && point !== comma) throw new UndecidedPrice();
  return decimal ?? 'point';
}

/** One picture by itself is a list of one; addresses may be parted by commas or spaces. */
function withImages(row: RawRow): RawRow {
  const { images } = row;
  if (typeof images !== 'string' || images.startsWith('[') || /^data:/i.test(images)) return row;
  const parts = images.split(/\||[,;]?\s+(?=https?:\/\/)|[,;](?=https?:\/\/)/i).map(part => part.trim());
  return { ...row, images: parts.filter(part => part !== '') };
}
