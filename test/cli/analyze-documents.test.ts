import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentRowSchema } from '../../src/config/rows.js';
import { readSections, sectionsOf } from '../../src/lexical/section-file.js';
import { lastJson, runTandem } from './run-tandem.js';

const rows = [
  { id: '1', title: 'Garden hoses, 9x15 ft', description: 'For the lawn: to be or not to be.', brand: 'Acme & Sons' },
  { id: '2', title: '赤いテレビ', language: 'ja', colour: ['赤', 'red'], specs: { size: '15"' } },
  { id: '3', title: 'ผ้าสีดำ canonกล้อง', language: 'th' },
  { id: '4', title: '...', description: '' },
  { id: '5', title: 'Given', tokens: { title: ['own', { term: 'part', position: 0, weight: 0.4 }] } },
  { id: '6', title: 'Wi-Fi 🍕 C++', price: 5 },
];
let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-analyze-'));
  await writeFile(at('d.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const linesOf = async (name: string): Promise<Record<string, unknown>[]> =>
  (await readFile(at(name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

/** The segments of a token index, byte by byte, by section; without the words as they are written, of which given terms know less than texts. */
async function segmentsOf(index: string): Promise<Record<string, string>> {
  const names = (await readdir(join(at(index), 'tokens'))).filter(name => name.endsWith('.segment')).sort();
  const sections = names.map(async name => {
    const file = sectionsOf(await readSections(join(at(index), 'tokens', name)));
    const kept = [...file.sections].filter(([section]) => !section.startsWith('word'));
    return [
      [name, JSON.stringify(file.header)],
      ...kept.map(([section, bytes]) => [`${name}: ${section}`, Buffer.from(bytes).toString('base64')]),
    ];
  });
  return Object.fromEntries((await Promise.all(sections)).flat());
}

async function run(...words: string[]) {
  const ended = await runTandem([...words, '--json']);
  return { exit: ended.exit, error: ended.error, ...lastJson(ended) };
}

describe('tandem analyze --documents', () => {
  it('writes documents with their terms, of which comes the same index, byte by byte', async () => {
    expect(await run('analyze', '--documents', at('d.jsonl'), '--out', at('a.jsonl'))).toMatchObject({
      exit: 0,
      documents: 6,
      leftOut: 0,
    });
    const written = await linesOf('a.jsonl');
    expect(written.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    for (const [i, { tokens, ...row }] of written.entries()) {
      const { tokens: given, ...own } = rows[i];
      expect(row).toEqual(own);
      expect(documentRowSchema.safeParse(written[i]).success).toBe(true);
    }
    expect(written[4].tokens).toEqual(rows[4].tokens);
    expect(Object.keys(written[0].tokens as object).sort()).toEqual(['attributes', 'description', 'title']);
    for (const [from, out] of [
      ['d', 'plain'],
      ['a', 'given'],
    ])
      expect((await run('index', '--documents', at(`${from}.jsonl`), '--out', at(out))).exit).toBe(0);
    const [given, plain] = [await segmentsOf('given'), await segmentsOf('plain')];
    expect(Object.keys(given)).toEqual(
      expect.arrayContaining(['0.segment', '0.segment: terms', '0.segment: packedPositions']),
    );
    expect(Object.keys(given)).toEqual(Object.keys(plain));
    for (const [section, bytes] of Object.entries(given)) expect(bytes === plain[section], section).toBe(true);
    for (const text of ['hos', 'wi-f', 'c+', 'cano'])
      expect((await run('suggest', '--index', at('given'), text)).completions).toEqual(
        (await run('suggest', '--index', at('plain'), text)).completions,
      );
  });

  it('uses the fields, the language and the words of an index', async () => {
    const settings = ['--set', 'indexing.language=de', '--set', 'indexing.fieldWeights={"title":1}'];
    expect((await run('index', '--documents', at('d.jsonl'), '--out', at('german'), ...settings)).exit).toBe(0);
    expect((await run('dictionary', '--index', at('german'), '--add', 'c++')).exit).toBe(0);
    expect(
      (await run('analyze', '--documents', at('d.jsonl'), '--index', at('german'), '--out', at('g.jsonl'))).exit,
    ).toBe(0);
    const [hose, , , , , last] = await linesOf('g.jsonl');
    expect(Object.keys(hose.tokens as object)).toEqual(['title']);
    // a word of the dictionary is one term; without it there is the word, and the sign makes another form of it
    expect(JSON.stringify(last.tokens)).toContain('"c++"');
    expect(JSON.stringify(last.tokens)).not.toContain('"c"');
    const configured = await run('analyze', '--documents', at('d.jsonl'), '--out', at('h.jsonl'), ...settings);
    expect([configured.exit, JSON.stringify((await linesOf('h.jsonl'))[5].tokens)]).toEqual([
      0,
      expect.stringContaining('"c"'),
    ]);
  });

  it('leaves a field of too many terms as text, and says so', async () => {
    const description = Array.from({ length: 10_001 }, (_, i) => `w${i}`).join(' ');
    await writeFile(at('long.jsonl'), JSON.stringify({ id: '1', title: 'long', description }));
    const made = await run('analyze', '--documents', at('long.jsonl'), '--out', at('l.jsonl'));
    expect(made).toMatchObject({ exit: 0, leftOut: 1 });
    expect(Object.keys((await linesOf('l.jsonl'))[0].tokens as object)).toEqual(['title']);
  });

  it('refuses what it cannot do, and leaves nothing behind', async () => {
    const documents = ['--documents', at('d.jsonl')];
    const refused = async (code: string, ...words: string[]) =>
      expect(await run('analyze', ...words), words.join(' ')).toMatchObject({ exit: 2, code });
    await refused('usage/missing-option', ...documents);
    await refused('usage/missing-option');
    await refused('usage/bad-value', ...documents, '--out', at('x.jsonl'), 'some', 'text');
    await refused('usage/bad-value', ...documents, '--out', at('x.jsonl'), '--language', 'de');
    await refused('usage/bad-value', ...documents, '--out', at('x.jsonl'), '--index', at('plain'), '--preset', 'text');
    await refused('files/exists', ...documents, '--out', at('a.jsonl'));
    await writeFile(at('bad.jsonl'), '{"id": "1", "title": "x", "language": "not a tag!"}\n');
    await refused('text/bad-language', '--documents', at('bad.jsonl'), '--out', at('x.jsonl'));
    expect((await readdir(folder)).filter(name => name.startsWith('x.jsonl'))).toEqual([]);
  });
});
