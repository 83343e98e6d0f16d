import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preparedDocuments } from '../../../src/api/project/prepared-places.js';
import { readProject } from '../../../src/api/project/project.js';
import { isMadeOf, madeOf, noteMadeOf } from '../../../src/api/up/up-state.js';
import { temporaryFolder } from '../../data/temporary-folder.js';

/** A project over a folder of BEIR; `at` is a path below its folder. */
async function beirProject() {
  const root = await temporaryFolder();
  const at = (...names: string[]): string => join(root, ...names);
  await mkdir(at('beir', 'qrels'), { recursive: true });
  await writeFile(at('beir', 'corpus.jsonl'), '{"_id":"a","text":"red hose"}\n');
  await writeFile(at('beir', 'queries.jsonl'), '{"_id":"q","text":"hose"}\n');
  await writeFile(at('beir', 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq\ta\t1\n');
  await writeFile(at('tandem.json'), JSON.stringify({ documents: { files: ['beir'] }, out: 'out' }));
  await mkdir(at('out'));
  return { at, opened: await readProject(at('tandem.json')) };
}

describe('what a project was made of', () => {
  it.each([['corpus.jsonl'], ['qrels', 'test.tsv']])(
    'is another thing when a file in its folder is written anew: %s',
    async (...names) => {
      const { at, opened } = await beirProject();
      const name = (): Promise<string> => madeOf(opened.file, opened.project.documents.files, {});
      await noteMadeOf(opened.project.out, await name());
      expect(await isMadeOf(opened.project.out, await name())).toBe(true);
      // the folder itself is as it was
      await writeFile(at('beir', ...names), 'something else');
      expect(await isMadeOf(opened.project.out, await name())).toBe(false);
    },
  );

  it('is told where a file in its folder has changed since it was prepared', async () => {
    const { at, opened } = await beirProject();
    await mkdir(opened.data, { recursive: true });
    await writeFile(join(opened.data, 'documents.jsonl'), '');
    const told: string[] = [];
    const tell = (message: string): void => void told.push(message);
    const soon = Date.now() / 1000 + 60;
    await utimes(join(opened.data, 'documents.jsonl'), soon, soon);
    expect(await preparedDocuments(opened, tell)).toBe(join(opened.data, 'documents.jsonl'));
    expect(told).toEqual([]);
    await utimes(at('beir', 'corpus.jsonl'), soon + 60, soon + 60);
    await preparedDocuments(opened, tell);
    expect(told).toEqual([expect.stringContaining(`${at('beir')} was changed after`)]);
  });
});
