import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { resolvedPath } from './atomic.js';

/** A kind of folder that a command writes: how one is known, and what lies in it beside what its manifest lists under `files`. */
interface FolderKind {
  /** what messages call it */
  readonly name: string;
  /** its manifest, and what this says under `format` */
  readonly manifest: string;
  readonly format: string | 'number';
  /** what lies in it too */
  readonly parts: RegExp;
}

const indexParts =
  /^(?:manifest\.json|documents|model|pictures|places\.json|fusion\.json|ranker\.[0-9a-f]{12}\.json|(?:tokens|vectors)(?:\..*)?)$/;
const folderKinds = {
  data: { name: 'prepared data', manifest: 'manifest.json', format: 'tandem-data', parts: /^manifest\.json$/ },
  model: {
    name: 'a model',
    manifest: 'model.json',
    format: 'tandem-model',
    parts: /^(?:model\.json|training\.(?:html|json|svg))$/,
  },
  encoder: {
    name: 'an encoder',
    manifest: 'encoder.json',
    format: 'tandem-encoder',
    parts: /^(?:encoder\.json|pretraining\.html)$/,
  },
  imageEncoder: {
    name: 'an image encoder',
    manifest: 'image-encoder.json',
    format: 'tandem-image-encoder',
    parts: /^(?:image-encoder\.json|image\.onnx)$/,
  },
  snapshot: { name: 'a snapshot', manifest: 'snapshot.json', format: 'number', parts: /^snapshot\.json$/ },
  index: { name: 'an index', manifest: 'manifest.json', format: 'number', parts: indexParts },
} as const satisfies Readonly<Record<string, FolderKind>>;

/** What a command writes: a folder of a kind, a file, a tandem.json, a report with its figures beside it, or the folder of an ablation, which grows. */
export type DestinationKind = keyof typeof folderKinds | 'file' | 'report' | 'ablation' | 'project';

export interface Destination {
  /** as it was given */
  readonly path: string;
  readonly kind: DestinationKind;
  /** whether what is there may be replaced */
  readonly force: boolean;
}

/** What a system or a killed write leaves in a folder is nobody's work. */
const litter = /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|.*\.\d+\.[0-9a-f]{8}\.(?:tmp|old))$/;
/** Of an ablation: what it goes on from, and what only a finished one has. */
const ablation = { parts: /^(?:runs|report\.(?:json|html|svg))$/, finished: 'report.html' } as const;
/** Names that a message gives of what is in the way. */
const named = 3;

const refused = (path: string, why: string, code: 'files/exists' | 'files/not-ours' = 'files/not-ours'): TandemError =>
  new TandemError(code, `${path}: ${why}`, { path });

/** The folder's manifest of this kind: names that it lists; undefined where there is none that says so. */
async function listedIn(folder: string, kind: FolderKind): Promise<readonly string[] | undefined> {
  try {
    const { format, files } = Object(JSON.parse(await readFile(join(folder, kind.manifest), 'utf8')));
    if (kind.format === 'number' ? typeof format !== 'number' : format !== kind.format) return undefined;
    return Object.keys(Object(files)).map(name => name.split('/')[0]);
  } catch {
    return undefined;
  }
}

/** What kind of folder it is, with the names that belong there; undefined where it is none of ours. */
async function recognise(
  folder: string,
): Promise<{ readonly kind: keyof typeof folderKinds; readonly listed: readonly string[] } | undefined> {
  for (const kind of Object.keys(folderKinds) as (keyof typeof folderKinds)[]) {
    const listed = await listedIn(folder, folderKinds[kind]);
    if (listed !== undefined) return { kind, listed };
  }
  // an index without a sound manifest is made again
  const store = await stat(join(folder, 'documents', 'data.mdb')).catch(() => undefined);
  return store === undefined ? undefined : { kind: 'index', listed: [] };
}

function checkNames(path: string, names: readonly string[], belongs: (name: string) => boolean, what: string): void {
  const foreign = names.filter(name => !belongs(name) && !litter.test(name)).sort();
  if (foreign.length === 0) return;
  const more = foreign.length > named ? ', ...' : '';
  const list = foreign.slice(0, named).join(', ');
  throw refused(path, `holds what is no part of ${what}, such as ${list}${more}; it is left as it is`);
}

async function checkFolder(
  { path, kind, force }: Destination,
  target: string,
  names: readonly string[],
): Promise<void> {
  if (kind === 'ablation') {
    checkNames(path, names, name => ablation.parts.test(name), 'an ablation');
    if (names.includes(ablation.finished) && !force) throw refused(path, 'holds a report', 'files/exists');
    return;
  }
  if (kind === 'file' || kind === 'report' || kind === 'project')
    throw refused(path, 'is a folder, and a file is to be written');
  const found = await recognise(target);
  const wanted = folderKinds[kind];
  if (found === undefined) {
    checkNames(path, names, () => false, wanted.name);
    return;
  }
  if (found.kind !== kind)
    throw refused(path, `holds ${folderKinds[found.kind].name}, and ${wanted.name} is to be written`);
  const parts = kind === 'snapshot' ? [wanted.parts, indexParts] : [wanted.parts];
  const belongs = (name: string): boolean => found.listed.includes(name) || parts.some(part => part.test(name));
  checkNames(path, names, belongs, wanted.name);
  if (!force) throw refused(path, `holds ${wanted.name}`, 'files/exists');
}

/** Nothing is made in the place of the folder that somebody stands in, nor of one that a disk is mounted on. */
async function checkReplaceable(path: string, target: string, { dev }: Stats): Promise<void> {
  if (!/^\.\.(?:[\\/]|$)/.test(relative(target, process.cwd())))
    throw refused(path, 'is the folder that this command runs in, or one above it; name a folder inside it');
  const parent = await stat(dirname(target));
  if (parent.dev !== dev) throw refused(path, 'is the root of a disk or a volume; name a folder inside it');
}

/** A folder of ours is whole or not at all: nothing is made inside one. */
async function checkParent(path: string, target: string): Promise<void> {
  const found = await recognise(dirname(target));
  if (found !== undefined)
    throw refused(path, `lies in ${folderKinds[found.kind].name}, which is made and moved whole`);
}

const fileKinds: readonly DestinationKind[] = ['file', 'report', 'project'];
const isFolderKind = (kind: DestinationKind): boolean => !fileKinds.includes(kind);

/** A tandem.json names files of documents. */
async function isProject(target: string): Promise<boolean> {
  try {
    const { documents } = Object(JSON.parse(await readFile(target, 'utf8')));
    return Array.isArray(Object(documents).files);
  } catch {
    return false;
  }
}

/**
 * Whether a command may write to a place. Where nothing is, or an empty folder, it may; what the same command wrote before is replaced with `force`
 * alone; anything else never is.
 * @throws TandemError 'files/exists' | 'files/not-ours'; nothing was changed
 */
export async function checkDestination(destination: Destination): Promise<void> {
  const { path, kind, force } = destination;
  const target = await resolvedPath(path);
  if (isFolderKind(kind)) await checkParent(path, target);
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) {
    const isLink = await lstat(target).then(
      link => link.isSymbolicLink(),
      () => false,
    );
    if (isLink) throw refused(path, 'is a link to what is not there');
  } else if (found.isDirectory()) {
    if (isFolderKind(kind) && kind !== 'ablation') await checkReplaceable(path, target, found);
    await checkFolder(destination, target, await readdir(target));
  } else {
    if (isFolderKind(kind)) throw refused(path, 'is a file, and a folder is to be written');
    if (!found.isFile()) throw refused(path, 'is no plain file');
    if (kind === 'project' && !(await isProject(target))) throw refused(path, 'is no tandem.json');
    if (!force) throw refused(path, 'this file is there', 'files/exists');
  }
  if (kind === 'report') await checkDestination({ path: path.replace(/\.html$/, '.json'), kind: 'file', force });
}
