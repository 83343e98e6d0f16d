import type { FastifyRequest } from 'fastify';
import { TandemError } from '../src/errors/tandem-error.js';
import type { ChangeResult, ChangeWriter, FilteredReader } from '../src/search/backend.js';
import { withMembers } from '../src/search/forward-index.js';
import type { DocumentChange } from '../src/search/patch-documents.js';
import type { ApiKey } from './keys/api-key.js';
import type { AppParts } from './parts.js';

/** An index as somebody sees it. */
export interface View {
  readonly reader: FilteredReader;
  /** @throws TandemError 'index/read-only' where nobody may write */
  writer(): ChangeWriter;
  /** Where a picture lies: below one of two folders. @returns undefined where there is none for whoever asks */
  picture(path: string): { readonly folder: string; readonly below: string; readonly path: string } | undefined;
}

/** What routes are given. The index itself is not among it: what of it may be seen depends on who asks. */
export interface RouteParts extends Omit<AppParts, 'backend' | 'writing' | 'access'> {
  /** The index for whoever asks: for a key with a filter, the documents that pass it. */
  of(request: FastifyRequest): View;
  /** The whole of it, for routes that tell nothing of documents, or are closed to keys with a filter. */
  readonly whole: AppParts['backend'];
  /** @throws TandemError 'index/read-only' where nobody may write */
  wholeWriter(): NonNullable<AppParts['writing']>;
}

export function routeParts(parts: AppParts): RouteParts {
  const wholeWriter = (): NonNullable<AppParts['writing']> => {
    if (parts.writing === undefined) throw new TandemError('index/read-only', 'this service does not write');
    return parts.writing;
  };
  const all: View = { reader: parts.backend, writer: wholeWriter, picture: pictureIn(parts, undefined) };
  const of = ({ apiKey: key }: FastifyRequest): View => {
    if (key?.filter === undefined) return all;
    const { filter } = key;
    return {
      reader: parts.backend.filteredReader(filter),
      writer: () => keepingToPictures(wholeWriter().filteredWriter(filter), key),
      picture: pictureIn(parts, key),
    };
  };
  return withMembers({ of, whole: parts.backend, wholeWriter }, parts);
}

/** Whether a picture lies in the folder of a key. */
const isOwn = (path: string, { pictures }: ApiKey): boolean =>
  pictures !== undefined && path.startsWith(`${pictures}/`) && !path.split(/[\\/]/).includes('..');

const pictureIn =
  ({ pictures: folder }: AppParts, key: ApiKey | undefined): View['picture'] =>
  path => {
    if (folder === undefined) return undefined;
    if (key === undefined) return { folder, below: '.', path };
    const { pictures = '' } = key;
    return isOwn(path, key) ? { folder, below: pictures, path: path.slice(pictures.length + 1) } : undefined;
  };

/** A document names no picture that its writer does not see: it would be shown, and its likeness measured. */
function foreignPicture(change: DocumentChange, key: ApiKey): TandemError | undefined {
  if ('delete' in change) return undefined;
  const { id, images }: { readonly id: string; readonly images?: unknown } =
    'put' in change ? change.put : change.patch;
  const named = Array.isArray(images) ? images : [images];
  const foreign = named.find(path => typeof path === 'string' && !/^data:/i.test(path) && !isOwn(path, key));
  if (foreign === undefined) return undefined;
  const own = key.pictures === undefined ? 'none but those in documents' : `those in ${key.pictures}`;
  return new TandemError('key/outside-filter', `"${id}" names a picture that this key does not see; it sees ${own}`, {
    id,
  });
}

const keepingToPictures = (writer: ChangeWriter, key: ApiKey): ChangeWriter => ({
  deleteMatching: writer.deleteMatching,
  write: async changes => {
    const refused = changes.map(change => foreignPicture(change, key)).find(error => error !== undefined);
    if (refused !== undefined) throw refused;
    return writer.write(changes);
  },
  writeEach: async changes => {
    const refused = changes.map(change => foreignPicture(change, key));
    const results = (await writer.writeEach(changes.filter((_, i) => refused[i] === undefined))).values();
    return refused.map(error => error ?? (results.next().value as ChangeResult));
  },
});
