import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { buildIndex, createServer } from '../../src/api/index.js';
import { createKeyIn } from '../../src/api/keys/keys.js';
import { createClient, type TandemClient } from '../../src/client/index.js';
import { describeInBrowser, openShopService, root, shopPage } from './in-browser.js';
import { until } from './open-page.js';

/** The shop of examples/shop over its own documents, in a real browser with the real widgets. */
describeInBrowser('the shop of examples/shop', opened => {
  let address: string;
  let client: TandemClient;
  let page: typeof opened.page;

  beforeAll(async () => {
    ({ page } = opened);
    const shop = spawn(
      process.execPath,
      ['examples/shop/server.mjs', '--port', '0', '--service', 'http://127.0.0.1:9'],
      {
        cwd: root,
      },
    );
    opened.closing(() => shop.kill());
    address = await firstLine(shop);
    const shopService = await openShopService(opened, address);
    client = shopService.client;
    // the service has a port of its own choice
    await page.route('**/settings.json', route => route.fulfill({ json: { service: shopService.service.url } }));
  });
  const { open, titles, prices, total, type } = shopPage(opened, () => address);
  const stats = async (): Promise<string> => (await page.locator('#stats').textContent()) ?? '';

  it('shows something before anything is typed, with pictures, counts and pages', async () => {
    await open();
    expect(await total()).toBe(56);
    expect(await titles()).toHaveLength(12);
    expect(
      await page
        .locator('.ais-Hits-item img')
        .first()
        .evaluate((image: { naturalWidth: number }) => image.naturalWidth),
    ).toBeGreaterThan(0);
    expect(await page.locator('.ais-Pagination-item--page').count()).toBeGreaterThan(3);
  });

  it('finds as one types, with the words marked', async () => {
    await open();
    await type('garden hos');
    await until(async () => (await titles()).slice(0, 2).every(title => title.includes('garden hose')), true);
    const { hits, total: found } = await client.search({ text: 'garden hos', typing: true, k: 12, total: true });
    expect(await titles()).toEqual(hits.map(({ document }) => document.title));
    expect(await total()).toBe(found);
    expect(await page.locator('.ais-Hits-item mark').first().textContent()).toMatch(/garden/i);
  });

  it('refines by a brand and by a price, and takes both away', async () => {
    await open();
    const brand = 'Oakley & Sons';
    const of = (
      await client.search({ query: { all: {} }, filter: [{ terms: { field: 'brand', values: [brand] } }], total: true })
    ).total;
    await page.getByRole('checkbox', { name: new RegExp(brand) }).check();
    await until(total, of ?? -1);
    for (const title of await titles()) expect(title).toContain(brand);
    // other brands can still be chosen beside it
    expect(await page.locator('.ais-RefinementList-item').count()).toBe(5);
    const [low, high] = [page.locator('.ais-RangeInput-input--min'), page.locator('.ais-RangeInput-input--max')];
    const bounds = await low.getAttribute('placeholder');
    expect(Number(bounds)).toBeGreaterThanOrEqual(9);
    await low.fill('20');
    await high.fill('100');
    await page.locator('.ais-RangeInput-submit').click();
    await until(async () => (await prices()).every(price => price >= 20 && price <= 100), true);
    expect(await total()).toBeLessThan(of ?? 0);
    await page.locator('.ais-ClearRefinements-button').click();
    await until(total, 56);
  });

  it('searches among the brands', async () => {
    await open();
    await page.fill('#brands input[type=search]', 'nor');
    await until(() => page.locator('.ais-RefinementList-labelText').allTextContents(), ['Nordlys']);
    expect(await page.locator('.ais-RefinementList-labelText mark').textContent()).toBe('Nor');
  });

  it('goes down a tree of categories', async () => {
    await open();
    await page.getByRole('link', { name: /^Garden/ }).click();
    await until(total, 20);
    await page.getByRole('link', { name: /^Hoses/ }).click();
    await until(total, 8);
    for (const title of await titles()) expect(title).toMatch(/hose|nozzle/);
  });

  it('knows what is true of a document', async () => {
    await open();
    const { total: of } = await client.search({
      query: { all: {} },
      filter: [{ terms: { field: 'in_stock', values: [true] } }],
      total: true,
    });
    await page.locator('.ais-ToggleRefinement-checkbox').check();
    await until(total, of ?? -1);
  });

  it('sorts', async () => {
    await open();
    await page.selectOption('.ais-SortBy-select', 'shop:price:desc');
    await until(async () => (await prices())[0], 349);
    const shown = await prices();
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
  });

  it('pages to the end, each document once', async () => {
    await open();
    const seen = new Set<string>();
    for (let next = true; next; ) {
      const first = (await titles())[0];
      for (const id of await page
        .locator('.ais-Hits-item')
        .evaluateAll((items: { textContent: string }[]) => items.map(({ textContent }) => textContent)))
        seen.add(id);
      const link = page.locator('.ais-Pagination-item--nextPage a');
      next = (await link.count()) > 0;
      if (!next) break;
      await link.click();
      await expect.poll(async () => (await titles())[0], { timeout: 10_000 }).not.toBe(first);
    }
    const all = await client.search({ query: { all: {} }, k: 100 });
    const texts = new Set(
      all.hits.map(({ document: { title, description, price, rating } }) => `${title}${description}${price}${rating}`),
    );
    expect(all.hits).toHaveLength(56);
    expect(seen.size).toBe(texts.size);
    expect(await page.locator('.ais-Hits-item').count()).toBe(56 % 12);
  });

  it('proposes what may have been meant, and ways to go on', async () => {
    await open();
    await type('gardn hse');
    await page.locator('#meant button').click();
    await until(() => page.inputValue('#searchbox input'), 'garden hose');
    await type('lan');
    await page.locator('#completions button').first().click();
    await until(async () => (await titles())[0].includes('lantern'), true);
  });

  it('shows a pinned document first, and follows a redirect', async () => {
    await client.setRules([
      { id: 'pin', when: { phrase: 'garden hose' }, pin: ['p56'] },
      { id: 'help', when: { exact: 'help' }, redirect: '/?help=1' },
    ]);
    const pinned = await client.get('p56');
    await open();
    await type('garden hose');
    await until(async () => (await titles())[0], pinned?.title ?? '');
    await type('help');
    await page.waitForURL('**/?help=1');
    await client.setRules([]);
  });

  it('keeps what was asked in the address', async () => {
    await open('?shop%5Bquery%5D=lamp&shop%5BsortBy%5D=shop%3Aprice%3Aasc');
    await until(() => page.inputValue('#searchbox input'), 'lamp');
    const shown = await prices();
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });

  it('tells what people click, and at which place, to a service that keeps events', async () => {
    const keys = join(opened.folder, 'keys.json');
    const { key } = await createKeyIn(keys, { name: 'shop', scope: ['search', 'events'] });
    const events = join(opened.folder, 'events');
    const index = join(opened.folder, 'told');
    await buildIndex({ documents: join(root, 'examples/shop/shop.csv'), out: index });
    const keeping = await createServer({ index, port: 0, keys, events, allowOrigin: [address] });
    const tab = await opened.browser.newPage();
    await tab.route('**/settings.json', route => route.fulfill({ json: { service: keeping.url, key, events: true } }));
    await tab.goto(`${address}/?shop%5Bquery%5D=garden%20hose`);
    await tab.waitForSelector('.ais-Hits-item');
    const rows = async (): Promise<Record<string, unknown>[]> => {
      const names = await readdir(events);
      const texts = await Promise.all(
        names.filter(name => name.endsWith('.jsonl')).map(name => readFile(join(events, name), 'utf8')),
      );
      return texts
        .flatMap(text => text.trimEnd().split('\n'))
        .filter(line => line !== '')
        .map(line => JSON.parse(line));
    };
    const { hits } = await createClient({ url: keeping.url, key }).search({ text: 'garden hose', typing: true });
    await expect
      .poll(async () => (await rows()).some(({ type }) => type === 'impression'), { timeout: 10_000 })
      .toBe(true);
    await tab.locator('.ais-Hits-item').nth(1).click();
    await expect
      .poll(async () => (await rows()).filter(({ type }) => type === 'click'), { timeout: 10_000 })
      .toHaveLength(1);
    const [first] = (await rows()).filter(({ type }) => type === 'impression');
    const [click] = (await rows()).filter(({ type }) => type === 'click');
    expect(first).toMatchObject({ query: 'garden hose', documentId: hits[0].id, rank: 1 });
    expect(click).toMatchObject({ query: 'garden hose', documentId: hits[1].id, rank: 2, session: first.session });
    await tab.close();
    await keeping.close();
  });

  it('says that nothing is found', async () => {
    await open();
    await type('zzzzqqq');
    await page.waitForSelector('.ais-Hits--empty');
    expect(await stats()).toMatch(/^No results/);
  });

  it('shows the first results soon after a key is pressed', async () => {
    await open();
    const times: number[] = [];
    for (const text of ['garden hose', 'desk lamp', 'claw hammer', 'corner sofa', 'wall paint', 'kettle', 'jigsaw']) {
      for (let length = 1; length <= text.length; length++) {
        const answered = page.waitForResponse('**/multi-search');
        times.push(
          Number(
            await page.evaluate(`new Promise(resolve => {
              const input = document.querySelector('#searchbox input');
              const start = performance.now();
              new MutationObserver((_, observer) => { observer.disconnect(); resolve(performance.now() - start); })
                .observe(document.querySelector('#hits'), { childList: true, subtree: true, characterData: true, attributes: true });
              input.value = ${JSON.stringify(text.slice(0, length))};
              input.dispatchEvent(new Event('input', { bubbles: true }));
              setTimeout(() => resolve(-1), 1000);
            })`),
          ),
        );
        await answered;
      }
    }
    // where the same hits are shown nothing changes
    const changed = times.filter(time => time >= 0).sort((a, b) => a - b);
    expect(changed.length).toBeGreaterThan(20);
    const at = (share: number): string => changed[Math.floor(share * (changed.length - 1))].toFixed(1);
    console.log(`results after a key press, ${changed.length} of them: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
  });

  it('has no fault that axe knows', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const query of ['', '?shop%5Bquery%5D=lamp']) {
      await open(query);
      await page.evaluate(axe);
      const found = await page.evaluate('axe.run()');
      const { violations } = found as { violations: { id: string; nodes: { html: string }[] }[] };
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
    }
  });
});

async function firstLine(process: ChildProcess): Promise<string> {
  const [chunk] = await once(process.stdout ?? process, 'data');
  return String(chunk).trim();
}
