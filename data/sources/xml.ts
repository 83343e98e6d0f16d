import { Parser } from 'htmlparser2';
import { TandemError } from '../../src/errors/tandem-error.js';
import { createColumnTyper } from './column-types.js';
import { longestLine } from './lines.js';
import { faultOf, malformedRow, type SourcedRow } from './parse-row.js';
import type { RawRow, TableOptions } from './raw-row.js';
import { readText } from './text.js';
import { typeRow } from './type-row.js';

/** UTF-16 units of the beginning by which the element of a row is found. */
const headLength = 1 << 20;
/** Elements within one another: a feed has five. */
const deepest = 64;

/** An element while it is read: its path from the root, and what it has so far. */
interface Element {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: [name: string, value: unknown][];
  text: string;
}

/** `g:price` is price: prefixes say whose word it is. */
const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

/**
 * Rows of an XML file, such as a product feed (RSS, Atom, Google Merchant, YML), streamed. A row is an element that comes again and again and has elements
 * within; its columns are these and its attributes, without their prefixes. What comes several times is a list, what has elements within is an object, `<param
 * name="Colour">red</param>` is the column Colour, and an element without text that has an address (`href`, `url`, `src`) is this. Texts are of the type that all
 * of a column are, as in CSV, for which the file is read twice.
 * @throws TandemError 'data/malformed-row' with the row, counted from 1, and as `readText`
 */
export async function* readXml(path: string, options: TableOptions): AsyncGenerator<SourcedRow<RawRow>> {
  const rowPath = await findRowPath(path, options);
  if (rowPath === undefined) return;
  const { onColumn, onNote, types: given = {}, asWritten = [] } = options;
  const typer = createColumnTyper({ ...given, ...Object.fromEntries(asWritten.map(name => [name, 'text' as const])) });
  for await (const { line, row } of elements(path, rowPath, options)) {
    for (const [name, value] of Object.entries(row)) {
      onColumn?.(name);
      typer.see(line, name, typeof value === 'string' ? value : 'a list or an object');
    }
  }
  onNote?.(`rows are the elements ${rowPath.slice(rowPath.lastIndexOf('/') + 1)}`);
  for (const note of typer.notes()) onNote?.(note);
  const types = { ...typer.types(), ...given };
  const fault = faultOf(path, options);
  for await (const { line, row } of elements(path, rowPath, options)) {
    const typed = typeRow(row, line, types, fault, typer.styles());
    if (typed !== undefined) yield { line, row: typed };
  }
}

/** Gives the elements of a text as they end. */
function readElements(file: string, onEnd: (element: Element, parent: Element | undefined) => void) {
  const open: Element[] = [];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        const path = `${open.at(-1)?.path ?? ''}/${name}`;
        if (open.length === deepest)
          throw new TandemError('data/malformed-row', `${file}: has more than ${deepest} elements within one another`, {
            path: file,
          });
        open.push({ path, attributes, children: [], text: '' });
      },
      ontext: text => {
        const element = open.at(-1);
        if (element !== undefined) element.text += text;
      },
      onclosetag: () => {
        const element = open.pop();
        if (element !== undefined) onEnd(element, open.at(-1));
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  return { parser, open };
}

/** The element of a row: of those that have elements within and come more than once the ones nearest to the root, and of these the most frequent. */
async function findRowPath(path: string, { onNote }: TableOptions): Promise<string | undefined> {
  const counts = new Map<string, number>();
  const { parser } = readElements(path, ({ path: own, children }, parent) => {
    parent?.children.push(['', '']);
    if (children.length > 1) counts.set(own, (counts.get(own) ?? 0) + 1);
  });
  let read = 0;
  for await (const piece of readText(path, onNote)) {
    parser.write(piece);
    read += piece.length;
    if (read >= headLength) break;
  }
  const depth = (of: string): number => of.split('/').length;
  const all = [...counts].sort((a, b) => depth(a[0]) - depth(b[0]) || b[1] - a[1]);
  return (all.find(([, count]) => count > 1) ?? all.at(-1))?.[0];
}

async function* elements(
  path: string,
  rowPath: string,
  options: TableOptions,
): AsyncGenerator<{ readonly line: number; readonly row: RawRow }> {
  const ready: Element[] = [];
  const { parser, open } = readElements(path, (element, parent) => {
    if (element.path === rowPath) ready.push(element);
    else if (element.path.startsWith(`${rowPath}/`)) addChild(parent, element);
  });
  let line = 0;
  for await (const piece of readText(path)) {
    parser.write(piece);
    for (const element of ready.splice(0)) yield { line: ++line, row: rowOf(element) };
    if (open.some(({ text }) => text.length > longestLine))
      throw malformedRow(path, line + 1, `longer than ${longestLine} characters`);
  }
  // what is open at the end is not closed by a tag
  if (open.length > 0) faultOf(path, options)({ line: line + 1, kind: 'end', text: 'the file ends within an element' });
}

function addChild(parent: Element | undefined, { path, attributes, children, text }: Element): void {
  const name = localName(path.slice(path.lastIndexOf('/') + 1));
  const { name: called } = attributes;
  const value =
    children.length > 0 ? rowOf({ path, attributes, children, text: '' }) : text.trim() || addressIn(attributes);
  if (value === undefined || value === '') return;
  parent?.children.push([children.length === 0 && called !== undefined ? called : name, value]);
}

const addressIn = ({ href, url, src }: Readonly<Record<string, string>>): string | undefined => href ?? url ?? src;

function rowOf({ attributes, children }: Element): RawRow {
  const row = new Map<string, unknown>();
  for (const [name, value] of children) {
    const before = row.get(name);
    row.set(name, before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]);
  }
  for (const [name, value] of Object.entries(attributes)) {
    const own = localName(name);
    if (!name.startsWith('xmlns') && value !== '' && !row.has(own)) row.set(own, value);
  }
  return Object.fromEntries(row);
}
