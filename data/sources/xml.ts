import { Parser } from 'htmlparser2';
import { TandemError } from '../../src/errors/tandem-error.js';
import { isInline } from '../text-of-html.js';
import { createColumnTyper } from './column-types.js';
import { longestLine } from './lines.js';
import { faultOf, malformedRow, type SourcedRow } from './parse-row.js';
import type { RawRow, RowFault, TableOptions } from './raw-row.js';
import { saysWhatItIs } from './rows-within.js';
import { readText } from './text.js';
import { typeRow } from './type-row.js';

/** UTF-16 units of the beginning by which the element of a row is found, or more where none ends in them. */
const headLength = 1 << 20;
/** Elements within one another: a feed has five. */
const deepest = 64;

/** What stands in an element: an element by its name, or by what it is called, without its prefix then. */
interface Child {
  readonly name: string;
  readonly value: unknown;
  readonly isCalled: boolean;
}

/** An element while it is read: its path from the root, and what it has so far. */
interface Element {
  readonly path: string;
  /** where it begins, in UTF-16 units of the file */
  readonly start: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Child[];
  /** with that of the elements within; '' where nobody asks for it */
  text: string;
  /** whether there is text beside the elements within */
  hasOwnText: boolean;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** `g:price` is price: prefixes say whose word it is. */
const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

/**
 * Rows of an XML file, such as a product feed (RSS, Atom, Google Merchant, YML), streamed. A row is an element that comes again and again and has elements
 * within; its columns are these and its attributes, without their prefixes where no other has the same word. What comes several times is a list, what has elements
 * within is an object, or its text where there is some between them, `<param name="Colour">red</param>` is the column Colour, and an element without text that has
 * an address or a value (`href`, `url`, `src`, `value`) is this. Texts are of the type that all of a column are, as in CSV, for which the file is read twice.
 * @throws TandemError 'data/malformed-row' with the row, counted from 1, and as `readText`
 */
export async function* readXml(path: string, options: TableOptions): AsyncGenerator<SourcedRow<RawRow>> {
  const rowPath = await findRowPath(path);
  if (rowPath === undefined) return;
  const { onColumn, onNote, types: given = {}, asWritten = [], keepsCurrencies } = options;
  const known = { ...given, ...Object.fromEntries(asWritten.map(name => [name, 'text' as const])) };
  const typer = createColumnTyper(known, keepsCurrencies !== true);
  for await (const { line, row } of elements(path, rowPath, () => {}, onNote)) {
    for (const [name, value] of Object.entries(row)) {
      onColumn?.(name);
      typer.see(line, name, typeof value === 'string' ? value : 'a list or an object');
    }
  }
  onNote?.(`rows are the elements ${nameOf(rowPath)}`);
  for (const note of typer.notes()) onNote?.(note);
  const types = { ...typer.types(), ...given };
  const [styles, mixed] = [typer.styles(), typer.mixed()];
  const fault = faultOf(path, options);
  for await (const { line, row } of elements(path, rowPath, fault)) {
    const typed = typeRow(row, line, types, fault, styles, mixed);
    if (typed !== undefined) yield { line, row: typed };
  }
}

/**
 * Gives the elements of a text as they end.
 * @param keepsText  whether somebody asks for the text of an element, by its path
 */
function readElements(
  file: string,
  keepsText: (path: string) => boolean,
  onEnd: (element: Element, parent: Element | undefined, end: number) => void,
) {
  const open: Element[] = [];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        const path = `${open.at(-1)?.path ?? ''}/${name}`;
        if (open.length === deepest)
          throw new TandemError('data/malformed-row', `${file}: has more than ${deepest} elements within one another`, {
            path: file,
          });
        open.push({ path, start: parser.startIndex, attributes, children: [], text: '', hasOwnText: false });
      },
      ontext: text => {
        const element = open.at(-1);
        if (element === undefined || !keepsText(element.path)) return;
        element.text += text;
        element.hasOwnText ||= text.trim() !== '';
      },
      onclosetag: () => {
        const element = open.pop();
        if (element !== undefined) onEnd(element, open.at(-1), parser.endIndex);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  return { parser, open };
}

/**
 * The element of a row: of those that have elements within and come more than once the ones nearest to the root, and of these the ones that most of the text is.
 * Where none comes twice, the innermost that is called something.
 */
async function findRowPath(path: string): Promise<string | undefined> {
  const found = new Map<string, { count: number; units: number; isCalled: boolean }>();
  const onEnd = ({ path: own, start, children }: Element, parent: Element | undefined, end: number): void => {
    parent?.children.push({ name: nameOf(own), value: '', isCalled: false });
    if (children.length < 2) return;
    const { count, units, isCalled: before } = found.get(own) ?? { count: 0, units: 0, isCalled: false };
    const called = children.some(({ name }) => saysWhatItIs(localName(name)));
    found.set(own, { count: count + 1, units: units + end - start, isCalled: before || called });
  };
  const { parser } = readElements(path, () => false, onEnd);
  let read = 0;
  for await (const piece of readText(path)) {
    parser.write(piece);
    read += piece.length;
    if (read >= (found.size > 0 ? headLength : longestLine)) break;
  }
  const depth = (of: string): number => of.split('/').length;
  const all = [...found].sort(([a, of], [b, other]) => depth(a) - depth(b) || other.units - of.units);
  const once = all.findLast(([, { isCalled: called }]) => called) ?? all.at(-1);
  return (all.find(([, { count }]) => count > 1) ?? once)?.[0];
}

async function* elements(
  path: string,
  rowPath: string,
  fault: (fault: RowFault) => void,
  onNote?: (note: string) => void,
): AsyncGenerator<{ readonly line: number; readonly row: RawRow }> {
  const ready: Element[] = [];
  const isWithin = (own: string): boolean => own.startsWith(`${rowPath}/`);
  let goesOn = true;
  const { parser, open } = readElements(path, isWithin, (element, parent) => {
    if (isWithin(element.path)) addChild(parent, element);
    else goesOn = false;
    if (element.path === rowPath) ready.push(element);
  });
  let line = 0;
  let held = 0;
  for await (const piece of readText(path, onNote)) {
    goesOn = true;
    parser.write(piece);
    for (const element of ready.splice(0)) yield { line: ++line, row: rowOf(element) };
    held = goesOn ? held + piece.length : 0;
    if (held > longestLine) throw malformedRow(path, line + 1, `longer than ${longestLine} characters`);
  }
  // what is open at the end is not closed by a tag
  if (open.length > 0) fault({ line: line + 1, kind: 'end', text: 'the file ends within an element' });
}

function addChild(parent: Element | undefined, element: Element): void {
  if (parent === undefined) return;
  const { path, attributes, children, text, hasOwnText } = element;
  const name = nameOf(path);
  parent.text += isInline(localName(name)) ? text : ` ${text} `;
  const isObject = children.length > 0 && !hasOwnText;
  const value = isObject ? rowOf(element) : text.trim() || plainValue(attributes);
  if (value === undefined || value === '') return;
  const { name: called } = attributes;
  if (isObject || called === undefined) parent.children.push({ name, value, isCalled: false });
  else parent.children.push({ name: called, value, isCalled: true });
}

const plainValue = ({ href, url, src, value }: Readonly<Record<string, string>>): string | undefined =>
  href ?? url ?? src ?? value;

function rowOf({ attributes, children }: Pick<Element, 'attributes' | 'children'>): RawRow {
  const row = new Map<string, unknown>();
  const columns = columnsOf(children);
  for (const { name, value, isCalled } of children) {
    const column = isCalled ? name : (columns.get(name) ?? name);
    const before = row.get(column);
    if (Array.isArray(before)) before.push(value);
    else row.set(column, before === undefined ? value : [before, value]);
  }
  for (const [name, value] of Object.entries(attributes)) {
    const own = localName(name);
    if (!name.startsWith('xmlns') && value !== '' && !row.has(own)) row.set(own, value);
  }
  return Object.fromEntries(row);
}

/** By the name of an element: its column, without its prefix where no other has the same word: `title` and `g:title` are two. */
function columnsOf(children: readonly Child[]): ReadonlyMap<string, string> {
  const names = new Set(children.filter(({ isCalled }) => !isCalled).map(({ name }) => name));
  const columns = new Map([...names].filter(name => localName(name) === name).map(name => [name, name]));
  const taken = new Set(columns.keys());
  for (const name of names) {
    const own = localName(name);
    if (!columns.has(name)) columns.set(name, taken.has(own) ? name : own);
    taken.add(own);
  }
  return columns;
}
