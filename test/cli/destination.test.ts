import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands/all.js';
import { checkDestination } from '../../src/files/destination.js';
import { claimPath } from '../../src/files/path-claim.js';
import { narrow, trainSmallModel } from '../small-model.js';
import { runTandem } from './run-tandem.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-destination-'));
  await trainSmallModel(at('small'));
  await writeFile(at('narrow.json'), JSON.stringify(narrow));
  const made = [
    ['index', '--documents', at('small/documents.jsonl'), '--model', at('small/model'), '--out', at('index')],
    ['snapshot', '--index', at('index'), '--out', at('snapshot')],
    ['run', '--index', at('index'), '--queries', at('small/data/queries.test.jsonl'), '--out', at('first.trec')],
  ];
  for (const words of made) expect(await runTandem(words)).toMatchObject({ exit: 0 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** Every file below a path with what it holds. */
async function contentOf(path: string): Promise<Record<string, string>> {
  const hash = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  if ((await stat(path)).isFile()) return { [path]: await hash(path) };
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  // LMDB notes who reads in its lock file
  const files = entries.filter(entry => entry.isFile() && entry.name !== 'lock.mdb');
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(await Promise.all(paths.map(async each => [each, await hash(each)] as const)));
}

const data = (): string[] => ['--data', at('small/data')];
/** Command lines that write, less --out: a name, and what they write. */
const writing: Readonly<Record<string, () => string[]>> = {
  data: () => ['prepare', '--documents', at('small/documents.jsonl'), '--pairs', at('small/pairs.jsonl')],
  model: () => ['train', ...data(), '--config', at('narrow.json')],
  index: () => ['index', '--documents', at('small/documents.jsonl')],
  'embeddings.jsonl': () => [
    'embed',
    'queries',
    '--model',
    at('small/model'),
    '--in',
    at('small/data/queries.test.jsonl'),
  ],
  'embeddings.parquet': () => [
    'embed',
    'queries',
    '--model',
    at('small/model'),
    '--in',
    at('small/data/queries.test.jsonl'),
  ],
  'run.trec': () => ['run', '--index', at('index'), '--queries', at('small/data/queries.test.jsonl')],
  'report.html': () => ['evaluate', '--run', at('first.trec'), '--qrels', at('small/data/qrels.test.trec')],
  'inspection.html': () => ['inspect', '--model', at('small/model'), ...data()],
  snapshot: () => ['snapshot', '--index', at('index')],
  restored: () => ['restore', '--snapshot', at('snapshot')],
};

describe('what a command writes', { timeout: 300_000 }, () => {
  it('is said by every command that has an --out: it has a --force too', () => {
    for (const { name, describe: describeCommand } of commands) {
      const command = new Command(name);
      describeCommand(command);
      const flags = command.options.map(({ long }) => long);
      expect([name, flags.includes('--force')]).toEqual([name, flags.includes('--out')]);
    }
  });

  it.each(Object.keys(writing))('%s is not replaced, but with --force, and then as a whole', async name => {
    const out = join(folder, 'written', name);
    const words = [...writing[name](), '--out', out];
    expect(await runTandem(words)).toMatchObject({ exit: 0 });
    const before = await contentOf(out);
    const again = await runTandem(words);
    expect(again).toMatchObject({ exit: 2, error: expect.stringContaining(`tandem: files/exists: ${out}: `) });
    expect(again.error).toContain('--force');
    expect(await contentOf(out)).toEqual(before);
    expect(await runTandem([...words, '--force'])).toMatchObject({ exit: 0 });
    expect(Object.keys(await contentOf(out)).sort()).toEqual(Object.keys(before).sort());
    // neither claims nor anything half-made
    const beside = await readdir(join(folder, 'written'));
    expect(beside.filter(each => /claim|tmp|old$/.test(each))).toEqual([]);
  });

  it('is never what the same command reads, with --force too', async () => {
    const queries = at('small/data/queries.test.jsonl');
    const before = await contentOf(queries);
    const written = await runTandem(['run', '--index', at('index'), '--queries', queries, '--out', queries, '--force']);
    expect(written).toMatchObject({ exit: 2, error: expect.stringContaining('files/not-ours: --out') });
    expect(await contentOf(queries)).toEqual(before);
    await writeFile(at('shop.csv'), 'id,title\n1,Chair\n2,Table\n');
    for (const out of [at('shop.csv'), queries]) {
      const { exit, error } = await runTandem(['init', at('shop.csv'), '--out', out, '--force']);
      expect([exit, error]).toEqual([2, expect.stringContaining('files/not-ours')]);
    }
    expect(await readFile(at('shop.csv'), 'utf8')).toBe('id,title\n1,Chair\n2,Table\n');
    expect(await contentOf(queries)).toEqual(before);
    // what it made itself it makes again
    const out = ['init', at('shop.csv'), '--out', at('shop.json')];
    for (const words of [out, [...out, '--force']]) expect(await runTandem(words)).toMatchObject({ exit: 0 });
  });

  it('may be an empty folder, also one that a link leads to', async () => {
    for (const name of ['data', 'index', 'restored']) {
      const [out, link] = [at(`empty-${name}`), at(`link-${name}`)];
      await mkdir(out);
      await symlink(out, link);
      expect(await runTandem([...writing[name](), '--out', link])).toMatchObject({ exit: 0 });
      expect((await readdir(out)).length).toBeGreaterThan(0);
    }
  });

  it.each(['data', 'model', 'index', 'snapshot', 'restored'])(
    '%s never comes in the place of what is not ours',
    async name => {
      const words = (out: string): string[] => [...writing[name](), '--out', out, '--force'];
      const home = at(`home-${name}`);
      await mkdir(join(home, 'letters'), { recursive: true });
      await writeFile(join(home, 'letters', 'a.txt'), 'dear');
      const before = await contentOf(home);
      for (const out of [home, join(home, 'letters'), join(home, 'letters', 'a.txt'), join(home, '.'), folder]) {
        const { exit, error } = await runTandem(words(out));
        expect([exit, error]).toEqual([2, expect.stringContaining('tandem: files/not-ours: ')]);
      }
      expect(await contentOf(home)).toEqual(before);
      // a folder of ours in which somebody has put something
      const own = at(`own-${name}`);
      expect(await runTandem(words(own))).toMatchObject({ exit: 0 });
      await writeFile(join(own, 'notes.txt'), 'mine');
      const refused = await runTandem(words(own));
      expect(refused).toMatchObject({ exit: 2, error: expect.stringContaining('notes.txt') });
      expect(await readFile(join(own, 'notes.txt'), 'utf8')).toBe('mine');
      // one of another kind
      const others: Readonly<Record<string, string>> = { data: at('small/model'), model: at('snapshot') };
      const other = others[name] ?? at('small/data');
      expect(await runTandem(words(other))).toMatchObject({
        exit: 2,
        error: expect.stringMatching(/holds .*, and .* is to be written/),
      });
    },
  );

  it('is not made while another command makes it', async () => {
    const out = at('claimed');
    const claim = await claimPath(out);
    const { exit, error } = await runTandem([...writing.index(), '--out', out]);
    expect([exit, error]).toEqual([
      1,
      expect.stringContaining(`tandem: files/claimed: ${out}: process ${process.pid} `),
    ]);
    await claim.release();
    expect(await runTandem([...writing.index(), '--out', out])).toMatchObject({ exit: 0 });
  });

  it('is given free when a command fails', async () => {
    const words = ['index', '--documents', at('none.jsonl'), '--out', at('failed')];
    expect(await runTandem(words)).toMatchObject({ exit: 1 });
    expect((await readdir(folder)).filter(name => name.startsWith('failed'))).toEqual([]);
    await cp(at('index'), at('kept'), { recursive: true });
    const before = await contentOf(at('kept'));
    expect(await runTandem([...words.slice(0, 3), '--out', at('kept'), '--force'])).toMatchObject({ exit: 1 });
    expect((await readdir(folder)).filter(name => name.startsWith('kept'))).toEqual(['kept']);
    const after = await contentOf(at('kept'));
    // the claim was written into its documents, and taken out again
    const changed = Object.keys(after).filter(path => after[path] !== before[path]);
    const documents = [at('kept/documents/data.mdb'), at('kept/documents/writer')];
    expect(changed.filter(path => !documents.includes(path))).toEqual([]);
  });
});

describe('a run that was interrupted', { timeout: 300_000 }, () => {
  it('goes on with --resume in the place of a model that it was allowed to replace', async () => {
    const out = at('resumed');
    const words = [...writing.model(), '--out', out];
    expect(await runTandem(words)).toMatchObject({ exit: 0 });
    expect(await runTandem([...words, '--resume'])).toMatchObject({ exit: 2 });
    // what an interrupted run leaves
    await mkdir(`${out}.training`);
    expect(await runTandem(words)).toMatchObject({ exit: 2 });
    expect(await runTandem([...words, '--resume'])).toMatchObject({ exit: 0 });
    expect(await runTandem([...words, '--resume'])).toMatchObject({ exit: 2 });
  });
});

describe('checkDestination', () => {
  const refusal = (path: string, kind: Parameters<typeof checkDestination>[0]['kind'], force = true) =>
    checkDestination({ path, kind, force }).then(
      () => undefined,
      ({ code, message }) => `${code}: ${message.replace(path, 'PATH')}`,
    );

  it('refuses what cannot be replaced, and says why', async () => {
    await symlink(at('nowhere'), at('dangling'));
    expect(await refusal(at('dangling'), 'file')).toBe('files/not-ours: PATH: is a link to what is not there');
    expect(await refusal('/dev/null', 'file')).toBe('files/not-ours: PATH: is no plain file');
    expect(await refusal(at('first.trec'), 'index')).toBe(
      'files/not-ours: PATH: is a file, and a folder is to be written',
    );
    expect(await refusal(at('index'), 'file')).toBe('files/not-ours: PATH: is a folder, and a file is to be written');
    expect(await refusal(at('index/model'), 'model')).toContain('lies in an index');
    for (const here of [process.cwd(), join(process.cwd(), '..'), '/'])
      expect(await refusal(here, 'index')).toMatch(/^files\/not-ours: .*runs in, or one above it|volume/);
  });

  it.skipIf(process.platform !== 'linux')('refuses the root of a volume', async () => {
    expect(await refusal('/proc', 'index')).toContain('is the root of a disk or a volume');
  });

  it('lets an index be made again whose manifest is damaged, and a folder with what systems leave behind', async () => {
    await cp(at('index'), at('damaged'), { recursive: true });
    await writeFile(at('damaged/manifest.json'), '{');
    await writeFile(at('damaged/.DS_Store'), '');
    await mkdir(at('damaged/tokens.3.17.0123abcd.tmp'));
    expect([await refusal(at('damaged'), 'index'), await refusal(at('damaged'), 'index', false)]).toEqual([
      undefined,
      'files/exists: PATH: holds an index',
    ]);
    await mkdir(at('littered'));
    await writeFile(at('littered/.DS_Store'), '');
    expect(await refusal(at('littered'), 'model', false)).toBeUndefined();
  });

  it('lets an index with a ranker be made again', async () => {
    await cp(at('index'), at('ranked'), { recursive: true });
    await writeFile(at('ranked/ranker.0123456789ab.json'), '{}');
    expect(await refusal(at('ranked'), 'index')).toBeUndefined();
    await writeFile(at('ranked/ranker.json'), '{}');
    expect(await refusal(at('ranked'), 'index')).toContain('no part of an index, such as ranker.json');
  });

  it('lets an ablation grow, and its report be written again with --force', async () => {
    await mkdir(at('ablation/runs'), { recursive: true });
    expect(await refusal(at('ablation'), 'ablation', false)).toBeUndefined();
    await writeFile(at('ablation/report.html'), '');
    expect(await refusal(at('ablation'), 'ablation', false)).toBe('files/exists: PATH: holds a report');
    expect(await refusal(at('ablation'), 'ablation')).toBeUndefined();
    await writeFile(at('ablation/notes'), '');
    expect(await refusal(at('ablation'), 'ablation')).toContain('such as notes');
  });

  it('asks for the figures beside a report too', async () => {
    await writeFile(at('figures.json'), '{}');
    expect(await refusal(at('figures.html'), 'report', false)).toContain('files/exists');
    expect(await refusal(at('figures.html'), 'report')).toBeUndefined();
  });
});
