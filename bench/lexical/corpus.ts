import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Random, seededRandom, shuffle } from '../../src/math/random.js';

/** A document of the bench. */
export interface BenchDocument {
  readonly id: string;
  readonly title: string;
}

/** Shares of the words that a copy changes. */
const replaced = 0.15;
const dropped = 0.05;
const coined = 0.01;

/**
 * `size` documents made from real ones: first each of them once, in a shuffled order, then whole copies of that list, each perturbed word
 * by word: 15 % of the words become another word of the collection (drawn as often as it occurs), 5 % are left out, and to 1 % a number is
 * hung on, so that the vocabulary goes on growing as that of real catalogues does (Heaps' law). The same seed gives the same documents.
 * @param titles  real titles, at least one
 */
export function* perturbedDocuments(
  titles: readonly string[],
  size: number,
  seed: number,
): Generator<BenchDocument, void, undefined> {
  const random = seededRandom(seed);
  const order = shuffle(
    Uint32Array.from(titles, (_, i) => i),
    random,
  );
  const words = titles.flatMap(wordsOf);
  for (let i = 0; i < size; i++) {
    const source = order[i % order.length];
    const title = titles[source];
    if (i < order.length) yield { id: `${source}`, title };
    else yield { id: `${source}-${Math.floor(i / order.length)}`, title: perturb(title, words, random) };
  }
}

const wordsOf = (title: string): string[] => title.split(' ').filter(word => word !== '');

function perturb(title: string, words: readonly string[], random: Random): string {
  const kept = wordsOf(title).flatMap(word => {
    const chance = random.next();
    if (chance < dropped) return [];
    if (chance < dropped + replaced) return [words[random.below(words.length)]];
    if (chance < dropped + replaced + coined) return [`${word}${random.below(100_000)}`];
    return [word];
  });
  return kept.length > 0 ? kept.join(' ') : title;
}

/** Writes one JSON value a line, as many as come, in bounded memory. */
export async function writeLines(path: string, values: Iterable<unknown>): Promise<void> {
  const stream = createWriteStream(path);
  let lines = '';
  for (const value of values) {
    lines += `${JSON.stringify(value)}\n`;
    if (lines.length < 2 ** 16) continue;
    if (!stream.write(lines)) await once(stream, 'drain');
    lines = '';
  }
  stream.end(lines);
  await finished(stream);
}
