import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere } from '../../src/files/is-there.js';
import { writeRanker } from '../../src/ranking/learned/ranker-file.js';
import { dearFirst } from '../ranker-fixture.js';
import { jsonLines, trainSmallModel } from '../small-model.js';
import { type Ended, lastJson, runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const run = async (...words: string[]): Promise<Ended> => runTandem(words);
const done = async (...words: string[]): Promise<Ended> => {
  const ended = await run(...words);
  expect(ended.error).not.toMatch(/tandem: [a-z]+\/[a-z-]+:/);
  expect(ended.exit).toBe(0);
  return ended;
};
const judged = (): string[] => ['--queries', at('many.jsonl'), '--qrels', at('many.trec')];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-rank-'));
  const { documents } = await trainSmallModel(folder);
  // what people want are the things from Germany among those with the words that they typed: nothing that both sides could know
  const queries = documents.map(({ id, title }) => ({ id: `q-${id}`, text: title.split(' ').slice(0, 2).join(' ') }));
  const wanted = queries.flatMap(({ id, text }) => {
    const [colour, noun] = text.split(' ');
    return documents
      .filter(({ title }) => title.includes(colour) && title.includes(noun))
      .map(document => `${id} 0 ${document.id} ${document.country === 'de' ? 2 : 0}\n`);
  });
  const priced = documents.map((document, i) => ({
    ...document,
    price: document.country === 'de' ? 5 : 50,
    size: i % 10,
  }));
  // and for whom a tree of one question is too little: of those the large ones
  const sizes = new Map(priced.map(({ id, size }) => [id, size]));
  const large = wanted.map(line => {
    const [query, zero, document, gain] = line.trim().split(' ');
    return `${query} ${zero} ${document} ${Number(gain) + ((sizes.get(document) ?? 0) >= 5 ? 1 : 0)}\n`;
  });
  await writeFile(at('large.trec'), large.join(''));
  await writeFile(at('priced.jsonl'), jsonLines(priced));
  await writeFile(at('many.jsonl'), jsonLines(queries));
  await writeFile(at('many.trec'), wanted.join(''));
  const colours = queries.map(({ id, text }) => [id, { colour: text.startsWith('red') ? 'red' : 'other' }]);
  await writeFile(at('slices.json'), JSON.stringify(Object.fromEntries(colours)));
  await done('index', '--model', at('model'), '--documents', at('priced.jsonl'), '--out', at('index'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe('tandem rank', () => {
  it('learns, tells how well, serves, explains, and is taken away', async () => {
    const trees = ['--set', 'trees=20', '--set', 'minLeaf=5', '--set', 'threads=1'];
    const trained = lastJson(
      await done(
        'rank',
        'train',
        '--index',
        at('index'),
        ...judged(),
        '--out',
        at('ranker.json'),
        ...trees,
        '--popularity',
        'no',
        '--json',
      ),
    );
    expect(trained.after['nDCG@10']).toBeGreaterThan(trained.before['nDCG@10'] + 0.1);
    expect(trained.queries + trained.validationQueries).toBeLessThanOrEqual(120);

    const evaluated = lastJson(
      await done(
        'rank',
        'evaluate',
        '--index',
        at('index'),
        '--ranker',
        at('ranker.json'),
        ...judged(),
        '--slices',
        at('slices.json'),
        '--out',
        at('rank.html'),
        '--json',
      ),
    );
    const { red, other } = evaluated.slices.colour;
    for (const order of ['ranker', 'token'])
      expect((red.queries * red[order] + other.queries * other[order]) / (red.queries + other.queries)).toBeCloseTo(
        evaluated.metrics[order]['nDCG@10'],
        10,
      );
    expect(Object.keys(evaluated.metrics)).toEqual(['ranker', 'hybrid', 'rrf', 'vector', 'token']);
    expect(evaluated.metrics.ranker['nDCG@10']).toBeGreaterThan(evaluated.metrics.hybrid['nDCG@10']);
    expect(await readFile(at('rank.html'), 'utf8')).toContain('Ranking');

    const plain = lastJson(await done('search', '--index', at('index'), 'red hammer', '--json'));
    await done('rank', 'set', '--index', at('index'), '--ranker', at('ranker.json'));
    const ranked = lastJson(await done('search', '--index', at('index'), 'red hammer', '--explain', '--json'));
    expect(ranked.hits).not.toEqual(plain.hits);
    expect(ranked.hits[0].parts.ranker.features.length).toBeGreaterThan(0);
    const shown = await done('search', '--index', at('index'), 'red hammer', '--explain');
    expect(shown.out).toMatch(/by the ranker: .*(?:relative|number):price=/);
    // what is measured is what is served
    const measured = lastJson(
      await done('evaluate', '--index', at('index'), '--mode', 'hybrid', ...judged(), '--json'),
    );
    expect(measured.metrics.hybrid).toEqual(evaluated.metrics.ranker);

    const explained = lastJson(
      await done(
        'rank',
        'explain',
        '--index',
        at('index'),
        '--queries',
        at('many.jsonl'),
        '--out',
        at('explain.html'),
        '--json',
      ),
    );
    const most = explained.features.slice(0, 3).map(({ feature }: { feature: string }) => feature);
    expect(most.join()).toMatch(/price/);
    expect(explained.features.reduce((sum: number, { gain }: { gain: number }) => sum + gain, 0)).toBeCloseTo(1, 9);
    expect(await readFile(at('explain.html'), 'utf8')).toContain('mean score');

    await done('rank', 'set', '--index', at('index'), '--remove');
    const again = lastJson(await done('search', '--index', at('index'), 'red hammer', '--json'));
    expect(again.hits).toEqual(plain.hits);
  });

  it('learns a network behind the trees, measures it, serves it', async () => {
    const large = ['--queries', at('many.jsonl'), '--qrels', at('large.trec')];
    const trees = ['--set', 'trees=1', '--set', 'leaves=2', '--set', 'minLeaf=5', '--set', 'threads=1'];
    const network = ['depth=20', 'epochs=40', 'learningRate=0.02', 'earlyStop=0'].flatMap(set => ['--deep-set', set]);
    const held = ['--validation-queries', at('many.jsonl'), '--validation-qrels', at('large.trec')];
    const all = ['--index', at('index'), ...large, ...held, ...trees, '--popularity', 'no', '--deep', ...network];
    const { deep } = lastJson(await done('rank', 'train', ...all, '--out', at('deep.json'), '--json'));
    expect(deep.after['nDCG@10']).toBeGreaterThan(deep.before['nDCG@10']);

    const of = ['--index', at('index'), '--ranker', at('deep.json'), ...large];
    const { metrics } = lastJson(await done('rank', 'evaluate', ...of, '--json'));
    expect(metrics.ranker['nDCG@10']).toBeCloseTo(deep.before['nDCG@10'], 9);
    expect(metrics.deep['nDCG@10']).toBeCloseTo(deep.after['nDCG@10'], 3);

    await done('rank', 'set', '--index', at('index'), '--ranker', at('deep.json'));
    const { hits, took } = lastJson(await done('search', '--index', at('index'), 'red hammer', '--explain', '--json'));
    expect(took.deep).toBeGreaterThan(0);
    expect(hits[0].parts.deep).not.toBe(0);
    expect((await done('search', '--index', at('index'), 'red hammer', '--explain')).out).toContain(
      'the network behind it',
    );
    await done('rank', 'set', '--index', at('index'), '--remove');

    // the same from rows with embeddings; rows without them are refused
    await done('rank', 'rows', '--index', at('index'), ...large, '--embeddings', '--out', at('embedded.rows'));
    const read = lastJson(
      await done('rank', 'train', ...all, '--rows', at('embedded.rows'), '--out', at('deep-rows.json'), '--json'),
    );
    expect(read.deep).toEqual(deep);
    await done('rank', 'rows', '--index', at('index'), ...large, '--out', at('plain.rows'));
    const refused = await run('rank', 'train', ...all, '--rows', at('plain.rows'), '--out', at('no.json'));
    expect(refused.error).toContain('ranker/bad-rows');
    expect(refused.error).toContain('--embeddings');
  });

  it('goes to LightGBM and back with equal scores, by the commands of the page', async () => {
    const exported = await done('rank', 'export', '--ranker', at('ranker.json'), '--out', at('model.txt'));
    expect(exported.error).not.toContain('warning');
    await done('rank', 'import', '--from', at('model.txt'), '--out', at('back.json'));
    const namesOf = async (name: string): Promise<string[]> =>
      JSON.parse(await readFile(at(name), 'utf8')).trees.features.map((feature: { name: string }) => feature.name);
    expect(await namesOf('back.json')).toEqual(await namesOf('ranker.json'));
    expect(await namesOf('back.json')).toContain('bm25:title');
    const orders = async (ranker: string) =>
      lastJson(await done('rank', 'evaluate', '--index', at('index'), '--ranker', at(ranker), ...judged(), '--json'))
        .metrics.ranker;
    expect(await orders('back.json')).toEqual(await orders('ranker.json'));
  });

  it('asks towers that do not know the queries', async () => {
    const trees = ['--set', 'trees=3', '--set', 'minLeaf=5', '--set', 'threads=1'];
    const all = ['rank', 'train', '--index', at('index'), ...judged(), ...trees, '--folds', '2', '--data', at('data')];
    const ended = await done(...all, '--out', at('folded.json'));
    expect(ended.error).toMatch(/part 2 of 2: towers that do not know \d+ queries/);
    expect(await isThere(`${at('folded.json')}.folds`)).toBe(false);
    const { learnt } = JSON.parse(await readFile(at('folded.json'), 'utf8'));
    expect(learnt.queries + learnt.validationQueries).toBeGreaterThan(60);
  });

  it('learns from the training pairs where no queries are given', async () => {
    const trees = ['--set', 'trees=3', '--set', 'minLeaf=5', '--set', 'threads=1'];
    const learn = ['rank', 'train', '--index', at('index'), '--out', at('paired.json'), ...trees];
    const ended = await done(...learn, '--data', at('data'), '--folds', '2', '--json');
    expect(ended.error).toMatch(/part 2 of 2: towers that do not know \d+ queries/);
    const pairs = (await readFile(at('data/pairs.train.jsonl'), 'utf8')).trim().split('\n');
    const asked = new Set(pairs.map(line => JSON.stringify([JSON.parse(line).query, JSON.parse(line).country])));
    const { queries } = lastJson(ended);
    expect(queries).toBeGreaterThanOrEqual(50);
    expect(queries).toBeLessThanOrEqual(asked.size);
    const nothing = await run(...learn, '--force');
    expect([nothing.exit, nothing.error]).toEqual([2, expect.stringContaining('usage/missing-option')]);
  });

  it('says of a ranker that is no better that it is none to serve with', async () => {
    // judgements that no feature tells apart from chance
    const chance = (await readFile(at('many.trec'), 'utf8'))
      .trim()
      .split('\n')
      .map(line => {
        const [query, zero, document] = line.split(' ');
        return `${query} ${zero} ${document} ${(query.length * 31 + Number(document.replace(/\D/g, '')) * 17) % 2}\n`;
      });
    await writeFile(at('chance.trec'), chance.join(''));
    const trees = ['--set', 'trees=1', '--set', 'leaves=2', '--set', 'minLeaf=1', '--set', 'threads=1'];
    const feature = ['--feature', 'queryLength', '--feature', 'number:size'];
    const judgedByChance = ['--queries', at('many.jsonl'), '--qrels', at('chance.trec'), '--popularity', 'no'];
    const learn = ['rank', 'train', '--index', at('index'), '--out', at('poor.json'), ...judgedByChance];
    const ended = await done(...learn, ...trees, ...feature);
    const { learnt } = JSON.parse(await readFile(at('poor.json'), 'utf8'));
    expect(learnt.after['nDCG@10']).toBeLessThanOrEqual(learnt.before['nDCG@10']);
    expect(ended.out).toContain('no better than the first ranking');
    expect(ended.out).not.toContain('serve with it');
    const set = await done('rank', 'set', '--index', at('index'), '--ranker', at('poor.json'));
    expect(set.error).toContain('no better than the first ranking');
    await done('rank', 'set', '--index', at('index'), '--remove');
  });

  it('says what LightGBM cannot hold, and what it did not get', async () => {
    const ranker = dearFirst({ popularity: new Map([['d1', 1]]) });
    const features = [
      { name: 'number:net price', kind: 'number' as const },
      { name: 'popularity', kind: 'number' as const },
    ];
    await writeRanker(at('odd.json'), { ...ranker, trees: { ...ranker.trees, features } });
    const exported = await done('rank', 'export', '--ranker', at('odd.json'), '--out', at('odd.txt'));
    expect(exported.error).toContain('LightGBM does not keep the signs of number:net price');
    expect(exported.error).toContain('the trees alone, without popularity');
    const back = await run('rank', 'import', '--from', at('odd.txt'), '--out', at('never.json'));
    expect([back.exit, await isThere(at('never.json'))]).toEqual([1, false]);
    expect(back.error).toContain('ranker/unsupported');
  });

  it('is the same by the library', async () => {
    const [{ setRanker }, { trainRanker }] = await Promise.all([
      import('../../src/api/index.js'),
      import('../../src/api/training.js'),
    ]);
    const files = { queries: at('many.jsonl'), qrels: at('many.trec') };
    const trees = { trees: 5, minLeaf: 5, threads: 1 };
    const options = { index: at('index'), judged: files, validation: files, trees, out: at('library.json') };
    const { after, before } = await trainRanker(options);
    expect(after['nDCG@10']).toBeGreaterThan(before['nDCG@10']);
    await setRanker(at('index'), at('library.json'));
    await setRanker(at('index'), null);
    const bad = { ...options, tress: 1 };
    await expect(trainRanker(bad)).rejects.toMatchObject({ code: 'usage/unknown-option' });
    await expect(setRanker(at('index'), at('none'))).rejects.toMatchObject({ code: 'ranker/not-found' });
  });

  it('learns the same from rows that were written before', async () => {
    const trees = ['--set', 'trees=5', '--set', 'minLeaf=5', '--set', 'threads=1'];
    const held = ['--validation-queries', at('many.jsonl'), '--validation-qrels', at('many.trec')];
    const all = ['--index', at('index'), ...judged(), ...held, ...trees];
    await done('rank', 'train', ...all, '--out', at('asked.json'));
    await done('rank', 'rows', '--index', at('index'), ...judged(), '--out', at('all.rows'));
    await done('rank', 'train', ...all, '--rows', at('all.rows'), '--out', at('read.json'));
    const [asked, read] = await Promise.all(
      ['asked.json', 'read.json'].map(async name => JSON.parse(await readFile(at(name), 'utf8'))),
    );
    expect(read.trees).toEqual(asked.trees);
    expect(read.popularity).toEqual(asked.popularity);
  });

  it.each([
    [['rank', 'set', '--index', 'INDEX'], 'usage/missing-option'],
    [['rank', 'set', '--index', 'INDEX', '--ranker', 'none.json'], 'ranker/not-found'],
    [['rank', 'evaluate', '--index', 'INDEX', '--queries', 'Q', '--qrels', 'R'], 'ranker/not-found'],
    [
      ['rank', 'train', '--index', 'INDEX', '--queries', 'Q', '--qrels', 'R', '--out', 'x.json', '--set', 'tree=5'],
      'config/unknown-key',
    ],
    [
      ['rank', 'train', '--index', 'INDEX', '--queries', 'Q', '--qrels', 'R', '--out', 'x.json', '--set', 'trees=0'],
      'config/bad-value',
    ],
    [
      ['rank', 'train', '--index', 'I', '--queries', 'Q', '--qrels', 'R', '--out', 'x', '--deep-set', 'hidden=3'],
      'usage/missing-option',
    ],
    [
      [
        'rank',
        'train',
        '--index',
        'I',
        '--queries',
        'Q',
        '--qrels',
        'R',
        '--out',
        'x',
        '--deep',
        '--deep-set',
        'hide=3',
      ],
      'config/unknown-key',
    ],
    [
      [
        'rank',
        'train',
        '--index',
        'I',
        '--queries',
        'Q',
        '--qrels',
        'R',
        '--out',
        'x',
        '--deep',
        '--deep-set',
        'loss=l1',
      ],
      'config/bad-value',
    ],
    [
      ['rank', 'train', '--index', 'INDEX', '--queries', 'Q', '--qrels', 'R', '--out', 'x.json', '--feature', 'moon'],
      'ranker/unknown-feature',
    ],
    [
      ['rank', 'train', '--index', 'INDEX', '--queries', 'FEW', '--qrels', 'R', '--out', 'x.json'],
      'ranker/nothing-to-learn',
    ],
    [['rank', 'import', '--from', 'Q', '--out', 'x.json'], 'ranker/damaged'],
    [['rank', 'export', '--ranker', 'Q', '--out', 'x.txt'], 'ranker/damaged'],
    [['rank', 'tarin'], 'usage/unknown-option'],
  ])('refuses %j', async (words, code) => {
    await writeFile(at('few.jsonl'), jsonLines([{ id: 'q-d1', text: 'red hammer' }]));
    const places: Record<string, string> = {
      INDEX: at('index'),
      Q: at('many.jsonl'),
      R: at('many.trec'),
      FEW: at('few.jsonl'),
    };
    const { exit, error: err } = await run(...words.map(word => places[word] ?? word));
    expect(exit).not.toBe(0);
    expect(err).toContain(code);
  });
});
