import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { perturbedDocuments, writeLines } from '../../../bench/lexical/corpus.js';

const titles = Array.from({ length: 50 }, (_, i) => `brand${i % 7} thing${i} in colour${i % 5} with ${i} holes`);
const make = (size: number, seed = 1) => [...perturbedDocuments(titles, size, seed)];

describe('perturbedDocuments', () => {
  it('holds each real title once before the first copy', () => {
    const documents = make(50);
    expect(documents.map(({ title }) => title).sort()).toEqual([...titles].sort());
    expect(documents.map(({ title }) => title)).not.toEqual(titles);
  });

  it('has as many documents as asked for, each with an id of its own and a title', () => {
    const documents = make(500);
    expect(new Set(documents.map(({ id }) => id)).size).toBe(500);
    expect(documents.every(({ title }) => title !== '')).toBe(true);
  });

  it('is the same for the same seed, a beginning of the larger one, and another for another seed', () => {
    expect(make(300)).toEqual(make(300));
    expect(make(600).slice(0, 300)).toEqual(make(300));
    expect(make(300, 2)).not.toEqual(make(300));
  });

  it('changes about a fifth of the words of a copy, and coins some', () => {
    const documents = make(5050).slice(50);
    const known = new Set(titles.flatMap(title => title.split(' ')));
    const words = documents.flatMap(({ title }) => title.split(' '));
    const coined = words.filter(word => !known.has(word)).length / words.length;
    expect(coined).toBeGreaterThan(0.005);
    expect(coined).toBeLessThan(0.02);
    const untouched = documents.filter(({ id, title }) => title === titles[Number(id.split('-')[0])]).length;
    // six words or more, each kept with .79: .79^6 = .24, and a word replaced by itself is rare
    expect(untouched / documents.length).toBeGreaterThan(0.1);
    expect(untouched / documents.length).toBeLessThan(0.3);
  });
});

describe('writeLines', () => {
  it('writes one JSON value a line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-test-'));
    try {
      const values = Array.from({ length: 20_000 }, (_, i) => ({ id: `${i}`, title: 'a "title"' }));
      await writeLines(join(folder, 'x.jsonl'), values);
      const lines = (await readFile(join(folder, 'x.jsonl'), 'utf8')).trimEnd().split('\n');
      expect(lines.map(line => JSON.parse(line))).toEqual(values);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
