import type { Hit } from './backend.js';
import type { RankedDocument } from './cursors.js';
import type { IndexParts } from './retrieve.js';
import { inTurns, unitsOfTurn } from './turns.js';

/** Documents that are read in one go. */
const readAtOnce = 32;

function readHits(parts: Pick<IndexParts, 'store'>, ranked: readonly RankedDocument[]): Hit[] {
  const documents = parts.store.getMany(ranked.map(candidate => candidate.id));
  return ranked.flatMap(({ id, score, group }, i): Hit[] => {
    const document = documents[i];
    // deleted since the derived parts were read
    return document === undefined ? [] : [{ id, score, document, ...(group && { group }) }];
  });
}

/** The documents of hits, in turns with other requests where there are many. */
export async function readAllHits(parts: Pick<IndexParts, 'store'>, ranked: readonly RankedDocument[]): Promise<Hit[]> {
  if (ranked.length <= readAtOnce) return readHits(parts, ranked);
  function* read(): Generator<number, Hit[]> {
    const hits: Hit[] = [];
    for (let from = 0; from < ranked.length; from += readAtOnce) {
      hits.push(...readHits(parts, ranked.slice(from, from + readAtOnce)));
      yield unitsOfTurn / 8;
    }
    return hits;
  }
  return inTurns(read());
}
