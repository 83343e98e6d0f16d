import type { DocumentRow } from '../../src/config/rows.js';
import { element } from './elements.js';
import type { Service, Settings } from './settings.js';

/** Pictures of one document that are shown. */
const most = 3;

const isRemote = (path: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(path);

/** Where a picture may be loaded from; undefined where the content policy forbids it. */
function addressOf(path: string, { pictureOrigins }: Settings): string | undefined {
  if (!isRemote(path)) return `pictures/${path.split('/').map(encodeURIComponent).join('/')}`;
  return URL.canParse(path) && pictureOrigins.includes(new URL(path).origin) ? path : undefined;
}

/** The pictures of a document, as far as they may be shown. */
export function renderPictures(document: DocumentRow, service: Service, settings: Settings): HTMLImageElement[] {
  const { images = [] } = document;
  return images.slice(0, most).flatMap(path => {
    const address = addressOf(path, settings);
    if (address === undefined) return [];
    const picture = element('img', { alt: '', loading: 'lazy', decoding: 'async' });
    picture.addEventListener('error', () => picture.remove());
    if (service.key === undefined || isRemote(path)) picture.src = address;
    else void showWithKey(picture, address, service.key);
    return [picture];
  });
}

/** An element that loads a picture sends no key: it is read first. */
async function showWithKey(picture: HTMLImageElement, address: string, key: string): Promise<void> {
  try {
    const answer = await fetch(address, { headers: { authorization: `Bearer ${key}` }, credentials: 'omit' });
    if (!answer.ok) return picture.remove();
    const bytes = await answer.blob();
    // another answer has taken its place meanwhile
    if (!picture.isConnected) return;
    const place = URL.createObjectURL(bytes);
    // the bytes are here: they are shown now, and not held until somebody gets to them
    picture.loading = 'eager';
    for (const end of ['load', 'error']) picture.addEventListener(end, () => URL.revokeObjectURL(place));
    picture.src = place;
  } catch {
    picture.remove();
  }
}
