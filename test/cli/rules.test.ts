import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines } from '../small-model.js';
import { lastJson, runTandem } from './run-tandem.js';
import { documents } from './small-shop.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const rules = async (verb: string, ...words: readonly string[]) => {
  const ended = await runTandem(['rules', verb, '--index', at('index'), ...words, '--json']);
  return { ...lastJson(ended), exit: ended.exit };
};
const write = async (name: string, content: unknown): Promise<string> => {
  await writeFile(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
};
const search = async (...words: readonly string[]) =>
  lastJson(await runTandem(['search', '--index', at('index'), ...words, '--json']));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-rules-'));
  await writeFile(at('documents.jsonl'), jsonLines(documents));
  const made = await runTandem(['index', '--documents', at('documents.jsonl'), '--out', at('index')]);
  expect(made.exit).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const two = {
  rules: [
    { id: 'boots-first', note: 'rain', when: { phrase: 'garden' }, pin: ['boots'] },
    { id: 'no-chair', when: { exact: 'garden hose' }, hide: { ids: ['chair', 'sold-out'] } },
    { id: 'spring', when: { until: '2020-01-01' }, pin: ['hose'] },
  ],
};

describe('tandem rules', () => {
  it('sets the rules of a file, lists them as a file has them, and searches obey', async () => {
    expect(await rules('list')).toMatchObject({ exit: 0, rules: [] });
    const before = (await search('garden')).hits;
    expect(await rules('set', '--file', await write('rules.json', two))).toMatchObject({
      exit: 0,
      rules: 3,
      unknown: [{ rule: 'no-chair', ids: ['sold-out'] }],
    });
    const listed = (await runTandem(['rules', 'list', '--index', at('index')])).out;
    expect(JSON.parse(listed).rules.map(({ id }: { id: string }) => id)).toEqual(two.rules.map(({ id }) => id));
    expect((await search('garden')).hits[0].id).toBe('boots');
    const { out } = await runTandem(['search', '--index', at('index'), 'garden', '--explain']);
    expect(out).toContain('boots: rule boots-first: pin at 1');
    expect(out).toContain('rule boots-first: pin\n');
    expect(await rules('set', '--file', await write('again.json', listed))).toMatchObject({ rules: 3 });
    expect(await rules('set', '--file', await write('none.json', { rules: [] }))).toMatchObject({ rules: 0 });
    expect((await search('garden')).hits).toEqual(before);
  });

  it('shows on golden queries what each rule changes', async () => {
    const golden = await write(
      'golden.jsonl',
      jsonLines(['garden hose', 'garden chair', 'rubber'].map((text, i) => ({ id: `q${i}`, text }))),
    );
    const file = await write('rules.json', two);
    const checked = await rules('check', '--golden', golden, '--file', file);
    expect(checked).toMatchObject({ exit: 0, queries: 3, held: 2, changed: 2 });
    expect(checked.rules).toEqual([
      {
        id: 'boots-first',
        state: 'holds',
        unknown: [],
        queries: [
          { query: 'garden hose', actions: ['pin'], came: ['boots'], went: [], moved: 2 },
          { query: 'garden chair', actions: ['pin'], came: ['boots'], went: [], moved: 2 },
        ],
      },
      {
        id: 'no-chair',
        state: 'holds',
        unknown: ['sold-out'],
        queries: [{ query: 'garden hose', actions: ['hide'], came: [], went: ['chair'], moved: 0 }],
      },
      { id: 'spring', state: 'over', unknown: [], queries: [] },
    ]);
    const { out } = await runTandem(['rules', 'check', '--index', at('index'), '--golden', golden, '--file', file]);
    expect(out).toContain('3 rules on 3 golden queries: 2 have a rule, the first ten hits of 2 change');
    expect(out).toContain('no-chair: 1 query; no documents: sold-out');
    expect(out).toContain('spring: over');
    // nothing was set
    expect((await rules('list')).rules).toEqual([]);
  });

  it.each([
    ['not json', 'rules/invalid', /not JSON/],
    ['[]', 'rules/invalid', /expected \{"rules"/],
    [
      {
        rules: [
          { id: 'a', pin: ['b'] },
          { id: 'b', pin: 'x' },
        ],
      },
      'rules/invalid',
      /^rule "b": pin: /,
    ],
  ])('refuses %j', async (content, code, message) => {
    const refused = await rules('set', '--file', await write('bad.json', content));
    expect(refused).toMatchObject({ code, exit: 2 });
    expect(refused.message).toMatch(new RegExp(String(message).slice(1, -1).replace('^', '(?:^|: )')));
    expect(await rules('set', '--file', at('nowhere.json'))).toMatchObject({ code: 'data/not-found' });
  });
});
