import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { beforeAll, expect, it } from 'vitest';
import type { TandemClient } from '../../src/client/index.js';
import { describeInBrowser, openShopService, root, shopPage } from './in-browser.js';
import { axeFindings, until } from './open-page.js';

/** The shop of examples/shop-react, as Vite bundles it, over the documents of examples/shop, in a real browser with the real widgets. */
describeInBrowser('the shop of examples/shop-react', opened => {
  let address: string;
  let client: TandemClient;
  let page: typeof opened.page;

  beforeAll(async () => {
    ({ page } = opened);
    const outDir = join(opened.folder, 'built');
    const example = { root: join(root, 'examples/shop-react'), configFile: false, logLevel: 'error' } as const;
    await build({ ...example, build: { outDir } });
    await cp(join(root, 'examples/shop/pictures'), join(outDir, 'pictures'), { recursive: true });
    const shop = await preview({ ...example, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
    opened.closing(() => shop.close());
    address = String(shop.resolvedUrls?.local[0]).replace(/\/$/, '');
    const shopService = await openShopService(opened, address);
    client = shopService.client;
    // the service has a port of its own choice
    await page.route('**/settings.json', async route => {
      const settings = await (await route.fetch()).json();
      await route.fulfill({ json: { ...settings, service: shopService.service.url } });
    });
  });
  const { open, titles, prices, total, type } = shopPage(opened, () => address);

  it('finds as one types, with marks, pictures and ways to go on', async () => {
    await open();
    expect(await total()).toBe(56);
    await type('garden hos');
    const { hits } = await client.search({ text: 'garden hos', typing: true, k: 12 });
    await until(
      titles,
      hits.map(({ document }) => document.title),
    );
    expect(await page.locator('.ais-Hits-item mark').first().textContent()).toMatch(/garden/i);
    const width = () =>
      page
        .locator('.ais-Hits-item img')
        .first()
        .evaluate((image: { naturalWidth: number }) => image.naturalWidth);
    await expect.poll(width, { timeout: 10_000 }).toBeGreaterThan(0);
    await type('lan');
    await page.locator('#completions button').first().click();
    await expect.poll(async () => (await titles())[0], { timeout: 10_000 }).toContain('lantern');
  });

  it('refines by values and bounds, and takes them away', async () => {
    await open();
    await page.getByRole('checkbox', { name: /Nordlys/ }).check();
    const filter = [{ terms: { field: 'brand', values: ['Nordlys'] } }];
    await until(total, (await client.search({ query: { all: {} }, filter, total: true })).total ?? -1);
    await page.locator('.ais-RangeInput-input--max').fill('20');
    await page.locator('.ais-RangeInput-submit').click();
    await expect.poll(async () => Math.max(...(await prices())), { timeout: 10_000 }).toBeLessThanOrEqual(20);
    await page.locator('.ais-ClearRefinements-button').click();
    await until(total, 56);
  });

  it('sorts, pages, and keeps what was asked in the address', async () => {
    await open();
    await page.selectOption('.ais-SortBy-select', 'shop:price:desc');
    await until(async () => (await prices())[0], 349);
    await page.waitForURL(/sortBy/);
    const first = await titles();
    await page.locator('.ais-Pagination-item--nextPage a').click();
    await expect.poll(async () => (await titles())[0], { timeout: 10_000 }).not.toBe(first[0]);
    await page.waitForURL(/page%5D=2/);
    const second = await titles();
    await page.reload();
    await until(titles, second);
    await page.goBack();
    await until(titles, first);
  });

  it('shows a pinned document first, another spelling, and that nothing is found', async () => {
    const pinned = await client.get('p56');
    await client.setRules([{ id: 'pin', when: { phrase: 'garden hose' }, pin: ['p56'] }]);
    await open();
    await type('garden hose');
    await until(async () => (await titles())[0], pinned?.title ?? '');
    await client.setRules([]);
    await type('gardn hse');
    await page.locator('#meant button').click();
    await until(() => page.inputValue('#searchbox input'), 'garden hose');
    await type('zzzzqqq');
    await until(total, Number.NaN);
    expect(await titles()).toEqual([]);
  });

  it('has no fault that axe knows', async () => {
    for (const query of ['', '?shop%5Bquery%5D=lamp']) {
      await open(query);
      expect([query, await axeFindings(page)]).toEqual([query, []]);
    }
  });
});
