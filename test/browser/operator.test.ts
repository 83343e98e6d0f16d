import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createKeyIn } from '../../src/api/keys/keys.js';
import { createClient, type TandemClient } from '../../src/client/index.js';
import { trainSmallModel } from '../small-model.js';
import { describeInBrowser } from './in-browser.js';
import { axeFindings, until } from './open-page.js';

/** What a real browser shows whoever runs a service with keys, towers and documents that change. */
describeInBrowser("the operator's page", opened => {
  let service: Server;
  let client: TandemClient;
  let admin: string;
  let search: string;
  let page: typeof opened.page;
  const { faults } = opened;

  beforeAll(async () => {
    const { folder, closing } = opened;
    ({ page } = opened);
    const { model, documents } = await trainSmallModel(join(folder, 'small'));
    const index = join(folder, 'index');
    await buildIndex({ documents, model, out: index });
    const keys = join(folder, 'keys.json');
    admin = (await createKeyIn(keys, { name: 'operator', scope: ['admin'] })).key;
    search = (await createKeyIn(keys, { name: 'shop', scope: ['search'] })).key;
    const reports = join(opened.folder, 'reports');
    service = await createServer({ index, port: 0, keys, writable: true, slowQueryMs: 0, logText: true, reports });
    closing(() => service.close());
    client = createClient({ url: service.url, key: admin });
  });

  const said = async (): Promise<string> => (await page.locator('#status').textContent()) ?? '';
  const part = async (): Promise<string> => (await page.locator('#part').textContent()) ?? '';
  const open = async (name: string): Promise<void> => {
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await page.waitForSelector('#part h2');
  };

  it('asks for a key, and says when one may not', async () => {
    await page.goto(`${service.url}operator`);
    await page.waitForSelector('#key-form:not([hidden])');
    await page.fill('#key', search);
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('#key-fault').textContent(), { timeout: 10_000 })
      .toContain('has scope search');
    await page.fill('#key', admin);
    await page.keyboard.press('Enter');
    await page.waitForSelector('table');
    expect(await page.locator('#key-form').isVisible()).toBe(false);
    faults.splice(0); // the answers that refused
  });

  it('tells health, the time of each stage, the queue and the caches', async () => {
    await client.search('red hammer');
    await open('Health');
    await expect.poll(part, { timeout: 10_000 }).toMatch(/documents120/);
    expect(await part()).toMatch(/requests in flight\d/);
    await expect
      .poll(() => page.locator('table').nth(1).textContent(), { timeout: 15_000 })
      .toMatch(/token\d.*vector\d/);
    expect(await page.locator('table').nth(3).textContent()).toMatch(/postings\d/);
  });

  it('puts two settings side by side, and takes judgements that it hands out as files', async () => {
    await open('Compare and judge');
    await page.getByLabel('Query').fill('red hammer');
    await page.getByLabel('Second settings').fill('{ "mode": "vector" }');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.waitForSelector('.sides table');
    const { hits } = await client.search('red hammer');
    const cells = await page.locator('.sides table').first().locator('tbody tr td:nth-child(2)').allTextContents();
    expect(cells).toEqual(hits.map(({ id, document }) => `${document.title} ${id}`));
    await page.locator('.sides select').first().selectOption('3');
    await page.locator('.sides select').nth(1).selectOption('0');
    await expect.poll(part, { timeout: 10_000 }).toContain('2 judgements of 1 queries');
    const downloaded = async (name: string): Promise<string> => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Download ${name}` }).click(),
      ]);
      return readFile(await file.path(), 'utf8');
    };
    expect(JSON.parse(await downloaded('judged.jsonl'))).toEqual({ id: 'j1', text: 'red hammer' });
    expect((await downloaded('judged.trec')).split('\n').sort()).toEqual(
      ['', `j1 0 ${hits[0].id} 3`, `j1 0 ${hits[1].id} 0`].sort(),
    );
    // where the browser keeps no more, that is said
    await page.evaluate(
      'window.kept = Storage.prototype.setItem; Storage.prototype.setItem = () => { throw new Error("no room") }',
    );
    await page.locator('.sides select').nth(2).selectOption('1');
    await expect.poll(said, { timeout: 10_000 }).toBe('no room');
    expect(await part()).toContain('2 judgements of 1 queries');
    await page.evaluate('Storage.prototype.setItem = kept');
  });

  it('runs golden queries with both settings, and says which are better where queries are judged', async () => {
    const golden = join(opened.folder, 'golden.jsonl');
    const texts = ['red hammer', 'blue saw', 'lamp'];
    await writeFile(
      golden,
      texts.map((text, i) => `${JSON.stringify({ id: `g${i}`, text, stratum: 'head' })}\n`).join(''),
    );
    await page.getByLabel('File of golden queries').setInputFiles(golden);
    await page.getByRole('button', { name: 'Run with both settings' }).click();
    await expect.poll(part, { timeout: 10_000 }).toMatch(/3 queries: [\d.]+ % of the first ten hits/);
    // the only document above 0 stands first by the first settings
    expect(await part()).toMatch(/nDCG@10 of the 1 that are judged: first 1, second/);
    await page.getByRole('button', { name: 'blue saw' }).click();
    await until(() => page.getByLabel('Query').inputValue(), 'blue saw');
  });

  it('says why a document is here, and which stage lost another one', async () => {
    const { hits } = await client.search('red hammer');
    await open('Why here, why not');
    const ask = async (id: string): Promise<void> => {
      await page.getByLabel('Query').fill('red hammer');
      await page.getByLabel('Id of the document').fill(id);
      await page.getByRole('button', { name: 'Look' }).click();
    };
    await ask(hits[2].id);
    await expect.poll(part, { timeout: 10_000 }).toContain('It is hit 3.');
    expect(await part()).toContain('cosine');
    await client.setRules([{ id: 'gone', hide: { ids: [hits[2].id] } }]);
    await ask(hits[2].id);
    await expect.poll(part, { timeout: 10_000 }).toContain('A rule hides it.');
    await client.setRules([]);
    const filter = page.getByLabel('Filter of the search');
    const other = '{"terms":{"field":"id","values":["d119"]}}';
    await filter.fill(`[${other}]`);
    await ask(hits[2].id);
    await expect.poll(part, { timeout: 10_000 }).toContain(`The filter leaves it out: it does not meet ${other}.`);
    await filter.fill(JSON.stringify([{ terms: { field: 'id', values: [hits[2].id] } }]));
    await ask(hits[2].id);
    await expect.poll(part, { timeout: 10_000 }).toContain('It is hit 1.');
    await filter.fill('');
    await ask('none');
    await expect.poll(part, { timeout: 10_000 }).toContain('There is no document “none”.');
    faults.splice(0); // the answer that there is none
  });

  it('shows what becomes of a text', async () => {
    await open('Analysis');
    await page.getByLabel('Text').fill('The Hammers');
    await page.getByRole('button', { name: 'Analyse' }).click();
    await expect.poll(part, { timeout: 10_000 }).toMatch(/hammer/);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(2);
  });

  it('edits rules, synonyms and words, and says what is wrong with them', async () => {
    await open('Rules and words');
    await page.getByLabel('Synonyms', { exact: true }).fill('tool, hammer');
    await page.getByRole('button', { name: 'Save synonyms' }).click();
    await expect.poll(said, { timeout: 10_000 }).toContain('Synonyms: saved');
    expect(await client.synonyms()).toEqual(['tool, hammer']);
    const rules = page.getByLabel('Rules', { exact: true });
    await rules.fill('[{ "id": "lamp", "when": { "exact": "light" }, "replace": "lamp" }]');
    await page.getByRole('button', { name: 'Save rules' }).click();
    await expect.poll(said, { timeout: 10_000 }).toContain('Rules: saved');
    expect(await client.rules()).toMatchObject([{ id: 'lamp' }]);
    await rules.fill('[{ "id": "lamp", "pin": 3 }]');
    await page.getByRole('button', { name: 'Save rules' }).click();
    await expect.poll(said, { timeout: 10_000 }).toContain('rules/invalid');
    expect(await client.rules()).toMatchObject([{ id: 'lamp', replace: 'lamp' }]);
    await page.getByLabel('Words kept whole', { exact: true }).fill('red hammer => redhammer');
    await page.getByRole('button', { name: 'Save words kept whole' }).click();
    await expect.poll(said, { timeout: 10_000 }).toContain('Words kept whole: saved');
    expect(await client.dictionary()).toMatchObject([{ text: 'red hammer', term: 'redhammer' }]);
    faults.splice(0); // the answer that refused a rule
  });

  it('saves nothing over what it could not read', async () => {
    await page.route('**/rules', route => route.fulfill({ status: 500, body: '' }), { times: 1 });
    await open('Analysis');
    await open('Rules and words');
    await expect.poll(said, { timeout: 10_000 }).toContain('500');
    const save = page.getByRole('button', { name: 'Save rules' });
    expect(await save.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Read rules again' }).click();
    await expect
      .poll(() => page.getByLabel('Rules', { exact: true }).inputValue(), { timeout: 10_000 })
      .toContain('lamp');
    expect(await save.isDisabled()).toBe(false);
    faults.splice(0); // the answer that failed
  });

  it('goes on with figures after an answer that failed, and says nothing of parts that were left', async () => {
    await open('Analysis');
    await page.route('**/metrics', route => route.fulfill({ status: 500, body: '' }), { times: 1 });
    await page.getByRole('navigation').getByRole('link', { name: 'Health' }).click();
    await expect.poll(said, { timeout: 10_000 }).toContain('500');
    await expect.poll(part, { timeout: 10_000 }).toContain('documents');
    expect(await said()).toBe('');
    let answer = (): void => undefined;
    const late = new Promise<void>(resolve => {
      answer = resolve;
    });
    await page.route(
      '**/generations',
      async route => {
        await late;
        await route.fulfill({ status: 401, json: { code: 'request/unauthorised', message: 'no', remedy: '' } });
      },
      { times: 1 },
    );
    await page.getByRole('navigation').getByRole('link', { name: 'Generations' }).click();
    await open('Analysis');
    const answered = page.waitForResponse('**/generations');
    answer();
    await (await answered).finished();
    await page.waitForTimeout(100);
    expect(await page.locator('#key-form').isVisible()).toBe(false);
    faults.splice(0); // the answers that failed
  });

  it('lists the generations of the index', async () => {
    await open('Generations');
    await expect.poll(part, { timeout: 10_000 }).toMatch(/120 of 120.*searched/);
  });

  it('lists slow searches, with what was asked where that may be told', async () => {
    await client.search('slow words');
    await open('Slow searches');
    await expect.poll(part, { timeout: 10_000 }).toContain('slow words');
  });

  it('shows reports that commands wrote, each in a tab of its own', async () => {
    await open('Reports');
    await expect.poll(part, { timeout: 10_000 }).toContain('holds none yet');
    const reports = join(opened.folder, 'reports');
    await mkdir(reports);
    const report =
      '<!doctype html><title>Golden</title><style>h1{color:red}</style><h1>Golden queries</h1><script>document.title="run"</script>';
    await writeFile(join(reports, 'golden.html'), report);
    await open('Slow searches');
    await open('Reports');
    await expect.poll(part, { timeout: 10_000 }).toContain('golden.html');
    const tab = await opened.browser.newPage({ httpCredentials: { username: 'any', password: admin } });
    await tab.goto(`${service.url}${await page.getByRole('link', { name: 'golden.html' }).getAttribute('href')}`);
    // it is drawn as it is, and runs nothing
    expect(await tab.title()).toBe('Golden');
    expect(await tab.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe('rgb(255, 0, 0)');
    await tab.close();
  });

  it('has no fault that axe knows', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const name of [
        'Health',
        'Compare and judge',
        'Why here, why not',
        'Analysis',
        'Rules and words',
        'Generations',
        'Reports',
        'Slow searches',
      ]) {
        await open(name);
        expect([colorScheme, name, await axeFindings(page)]).toEqual([colorScheme, name, []]);
      }
    }
  });
});
