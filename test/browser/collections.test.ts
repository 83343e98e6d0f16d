import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createKeyIn } from '../../src/api/keys/keys.js';
import { describeInBrowser } from './in-browser.js';
import { until } from './open-page.js';

/** The pages of a service of several indexes: each of one collection, below its address. */
describeInBrowser('the pages of collections', opened => {
  let page: typeof opened.page;
  let service: Server;
  let admin: string;

  beforeAll(async () => {
    ({ page } = opened);
    const root = join(opened.folder, 'indexes');
    await buildIndex({
      documents: [
        { id: 'h1', title: 'Garden hose' },
        { id: 'h2', title: 'Hose reel' },
      ],
      out: join(root, 'hoses'),
    });
    await buildIndex({ documents: [{ id: 'b1', title: 'A garden in winter' }], out: join(root, 'books') });
    const keys = join(opened.folder, 'keys.json');
    admin = (await createKeyIn(keys, { name: 'hoses', scope: ['admin'], collections: ['hoses'] })).key;
    service = await createServer({ root, port: 0, keys, writable: true });
    opened.closing(() => service.close());
    await page.addInitScript(`sessionStorage.setItem('tandem-key', ${JSON.stringify(admin)})`);
  });

  const status = async (): Promise<string> => (await page.locator('#status').textContent()) ?? '';
  const titles = (): Promise<string[]> => page.locator('#hits .title').allTextContents();

  it('find in their own collection', async () => {
    await page.goto(`${service.url}collections/hoses`);
    await page.waitForSelector('#hits li');
    expect(page.url()).toBe(`${service.url}collections/hoses/`);
    await page.fill('#text', 'garden');
    await until(titles, ['Garden hose']);
    // the state stands in the address of the collection
    expect(page.url()).toContain('/collections/hoses/?');
  });

  it('ask for a key where the one that is kept is for another collection', async () => {
    await page.goto(`${service.url}collections/books/`);
    await page.waitForSelector('#key-form:not([hidden])');
    expect(await titles()).toEqual([]);
    expect(await page.locator('body').textContent()).not.toContain('winter');
    opened.faults.splice(0); // the answer that refused the key
  });

  it('operate on their own collection, and tell ids of rules that it has not', async () => {
    await page.goto(`${service.url}collections/hoses/operator`);
    await page.getByRole('navigation').getByRole('link', { name: 'Rules and words' }).click();
    const rules = page.getByLabel('Rules', { exact: true });
    await until(() => rules.inputValue(), '[]');
    await rules.fill('[{ "id": "spring", "pin": ["h2", "b1"] }]');
    await page.getByRole('button', { name: 'Save rules' }).click();
    await expect.poll(status, { timeout: 10_000 }).toContain('spring names what is no document: b1.');
    await page.goto(`${service.url}collections/hoses/`);
    await page.waitForSelector('#hits li');
    expect((await titles())[0]).toBe('Hose reel');
    expect(await status()).toMatch(/2/);
  });
});
