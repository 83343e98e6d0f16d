/** Elements for data. Text goes in through textContent alone, so that no document can bring markup along. */

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** @param bars  { name, kind, share in [0, 1], label } each; share is what the bar shows, label what stands beside it */
export function renderBars(bars) {
  return bars.map(({ name, kind, share, label }) => {
    const fill = element('div', 'fill');
    fill.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
    const track = element('dd', 'track', fill);
    track.setAttribute('aria-hidden', 'true');
    return element('div', kind, element('dt', '', name), track, element('dd', 'number', label));
  });
}

/** @param strongest  highest token score among the hits; token bars are relative to it */
function scoreBars({ token, vector, tokenRank, vectorRank }, strongest) {
  const place = rank => (rank === undefined ? '' : ` #${rank}`);
  return renderBars([
    ...(token === undefined ? [] : [{ name: `token${place(tokenRank)}`, kind: 'token', share: token / (strongest || 1), label: token.toFixed(2) }]),
    ...(vector === undefined ? [] : [{ name: `vector${place(vectorRank)}`, kind: 'vector', share: vector, label: vector.toFixed(3) }]),
  ]);
}

/** Pictures of the index alone: the content policy forbids those of other origins. */
const ownPictures = ({ images = [] }) => images.filter(path => !/^[a-z][a-z0-9+.-]*:|^\//i.test(path)).slice(0, 3);

function renderPicture(path) {
  const picture = document.createElement('img');
  picture.src = `/pictures/${path.split('/').map(encodeURIComponent).join('/')}`;
  picture.alt = '';
  picture.loading = 'lazy';
  picture.addEventListener('error', () => picture.remove());
  return picture;
}

/** One hit as a list entry. @param strongest  see scoreBars */
export function renderHit({ score, document: found, parts = {} }, strongest) {
  const { title, description, images, ...attributes } = found;
  const heading = element('h3', '', title);
  heading.dir = 'auto';
  const about = element('p', 'about', description ?? '');
  about.dir = 'auto';
  const more = element('p', 'attributes', Object.entries({ score, ...attributes }).map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join('\n'));
  more.hidden = true;
  const body = element('div', 'body', heading, about, element('dl', 'bars', ...scoreBars(parts, strongest)), more);
  const pictures = ownPictures(found).map(renderPicture);
  const card = element('article', '', ...(pictures.length > 0 ? [element('div', 'pictures', ...pictures)] : []), body);
  card.tabIndex = 0;
  card.setAttribute('role', 'button');
  card.setAttribute('aria-expanded', 'false');
  card.setAttribute('aria-label', title);
  const entry = document.createElement('li');
  entry.append(card);
  return entry;
}
