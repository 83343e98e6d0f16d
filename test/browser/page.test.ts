import { mkdir } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createKeyIn } from '../../src/api/keys/keys.js';
import { createClient, type TandemClient } from '../../src/client/index.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { trainSmallModel } from '../small-model.js';
import { describeInBrowser } from './in-browser.js';
import { axeFindings, until } from './open-page.js';

const brands = ['Nordlys', 'Oakley & Sons', '<b>Bolt</b>'];

/** What a real browser shows of the page of a service with towers, over documents with attributes and pictures. */
describeInBrowser('the page of the service', opened => {
  let documents: readonly DocumentRow[];
  let service: Server;
  let locked: Server;
  let secret: string;
  let client: TandemClient;
  let page: typeof opened.page;

  beforeAll(async () => {
    const { folder, closing } = opened;
    ({ page } = opened);
    const { model, documents: plain } = await trainSmallModel(join(folder, 'small'));
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .webp()
      .toBuffer();
    const elsewhere = createHttpServer((_, reply) =>
      reply.writeHead(200, { 'content-type': 'image/webp' }).end(picture),
    );
    await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', resolve));
    closing(() => elsewhere.close());
    const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    documents = [
      ...plain.map((document, i) => ({
        ...document,
        brand: brands[i % 3],
        in_stock: i % 4 > 0,
        price: 10 + (i % 50),
        released: `2024-0${1 + (i % 9)}-15`,
        ...(i === 0 && { images: ['red/one.webp', `${origin}/two.webp`, 'http://192.0.2.1/none.webp'] }),
      })),
      { id: 'rtl', title: 'مطرقة خضراء', description: 'مطرقة للحديقة', language: 'ar', brand: brands[0], price: 5 },
    ];
    const index = join(folder, 'index');
    await buildIndex({ documents, model, out: index });
    await mkdir(join(index, 'pictures', 'red'), { recursive: true });
    await sharp(picture).toFile(join(index, 'pictures', 'red', 'one.webp'));
    const keys = join(folder, 'keys.json');
    secret = (await createKeyIn(keys, { name: 'page', scope: ['search'] })).key;
    service = await createServer({ index, port: 0, pictureOrigins: [origin] });
    closing(() => service.close());
    locked = await createServer({ index, port: 0, keys });
    closing(() => locked.close());
    client = createClient({ url: service.url });
  });

  const status = async (): Promise<string> => (await page.locator('#status').textContent()) ?? '';
  const total = async (): Promise<number> => Number.parseInt((await status()).replaceAll(',', ''), 10);
  const titles = (): Promise<string[]> => page.locator('#hits .title').allTextContents();
  async function open(query = ''): Promise<void> {
    await page.goto(`${service.url}${query}`);
    await expect.poll(status, { timeout: 10_000 }).not.toBe('');
  }
  const type = async (text: string): Promise<void> => {
    await page.fill('#text', text);
  };
  const refine = (label: string) => page.locator('#filters label').filter({ hasText: label }).locator('input');

  it('shows something before anything is typed: documents, what they can be refined by, and their number', async () => {
    await open();
    expect(await total()).toBe(121);
    expect(await titles()).toHaveLength(24);
    expect(await page.locator('#filters legend').allTextContents()).toEqual(
      expect.arrayContaining(['Brand', 'Country', 'Price', 'Released', 'In stock']),
    );
    expect(await page.getAttribute('#text', 'placeholder')).toBe('Search 121 documents');
    // no document brings markup along
    expect(await page.locator('#filters b').count()).toBe(0);
  });

  it('finds as one types, with the words marked', async () => {
    await open();
    await page.locator('#text').pressSequentially('red hamm');
    await expect.poll(async () => (await titles())[0] ?? '', { timeout: 10_000 }).toMatch(/^red.*hammer/);
    const { total: found, hits } = await client.search({ text: 'red hamm', typing: true, k: 24, total: true });
    await until(total, found ?? -1);
    expect(await titles()).toEqual(hits.map(({ document }) => document.title));
    expect(await page.locator('#hits mark').first().textContent()).toBe('red');
  });

  it('suggests ways to go on, which the keyboard goes through', async () => {
    await open();
    await page.locator('#text').pressSequentially('ham');
    await page.waitForSelector('#suggestions [role=option]');
    expect(await page.getAttribute('#text', 'aria-expanded')).toBe('true');
    await page.keyboard.press('ArrowDown');
    const chosen = await page.locator('#suggestions [aria-selected=true]').textContent();
    expect(await page.getAttribute('#text', 'aria-activedescendant')).toBe('suggestion-0');
    await page.keyboard.press('Enter');
    await until(() => page.inputValue('#text'), chosen ?? '');
    expect(await page.locator('#suggestions').isVisible()).toBe(false);
  });

  it('refines by values and bounds, keeps what else could be chosen, and goes back', async () => {
    await open('?q=hammer');
    const before = await total();
    await refine('Nordlys').check();
    const asked = { text: 'hammer', typing: true, total: true } as const;
    const of = async (...values: string[]) =>
      (await client.search({ ...asked, filter: [{ terms: { field: 'brand', values } }] })).total ?? -1;
    await until(total, await of('Nordlys'));
    expect(await page.locator('#filters fieldset').filter({ hasText: 'Brand' }).locator('label').count()).toBe(3);
    await refine('Oakley').check();
    await until(total, await of('Nordlys', 'Oakley & Sons'));
    await page.getByLabel('Price, most').fill('20');
    await page.keyboard.press('Enter');
    await until(() => page.locator('.chosen').count(), 3);
    for (const price of await page.locator('#hits .line strong').allTextContents())
      expect(Number(price)).toBeLessThanOrEqual(20);
    await page.goBack();
    await until(total, await of('Nordlys', 'Oakley & Sons'));
    await page.goBack();
    await page.goBack();
    await until(total, before);
    await page.goForward();
    await until(total, await of('Nordlys'));
    await page.locator('.clear').click();
    await until(total, before);
  });

  it('keeps what was chosen before one typed on, to go back to', async () => {
    await open('?q=ham');
    const before = await total();
    await refine('Nordlys').check();
    await until(() => page.locator('.chosen').count(), 1);
    const chosen = await total();
    await page.locator('#text').press('End');
    await page.locator('#text').pressSequentially('mer zzz');
    await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('q=hammer+zzz');
    await page.goBack();
    await until(() => page.inputValue('#text'), 'ham');
    await until(total, chosen);
    await page.goBack();
    await until(total, before);
  });

  it('knows what is true of a document, and dates', async () => {
    await open();
    const { total: there } = await client.search({
      query: { all: {} },
      filter: [{ terms: { field: 'in_stock', values: [true] } }],
      total: true,
    });
    await refine('Yes').check();
    await until(total, there ?? -1);
    await open();
    await page.getByLabel('Released, least').fill('2024-09-01');
    await page.keyboard.press('Tab');
    await until(total, documents.filter(({ released }) => released === '2024-09-15').length);
  });

  it('sorts, by numbers and by dates', async () => {
    await open();
    await page.selectOption('#sort', 'price:desc');
    const prices = async () => (await page.locator('#hits .line strong').allTextContents()).map(Number);
    await until(async () => (await prices())[0], 59);
    const shown = await prices();
    expect(shown).toEqual(shown.toSorted((a, b) => b - a));
    expect(await page.locator('#sort option').allTextContents()).toContain('Released, newest first');
  });

  it('pages to the end, each document once, with the true total', async () => {
    await open('?sort=price:asc');
    const seen: string[] = [];
    for (let number = 1; ; number++) {
      await until(() => page.locator('#pages [aria-current]').textContent(), String(number));
      seen.push(...(await page.locator('#hits li').allTextContents()));
      const next = page.getByRole('link', { name: 'Next page' });
      if ((await next.count()) === 0) break;
      const first = (await page.locator('#hits li').allTextContents())[0];
      await next.click();
      await expect
        .poll(async () => (await page.locator('#hits li').allTextContents())[0], { timeout: 10_000 })
        .not.toBe(first);
    }
    expect(seen).toHaveLength(121);
    expect(await total()).toBe(121);
    expect(page.url()).toContain('page=6');
    await page.reload();
    await until(async () => (await titles()).length, 121 - 5 * 24);
  });

  it('shows nothing arbitrary for what means nothing, and says what may have been meant', async () => {
    await open();
    await type('wqjfpz');
    await expect.poll(status, { timeout: 10_000 }).toMatch(/^Nothing found for “wqjfpz”/);
    expect(await titles()).toEqual([]);
    await type('yelow hamer');
    await page.locator('#notices button').click();
    await until(() => page.inputValue('#text'), 'yellow hammer');
    await expect.poll(async () => (await titles())[0] ?? '', { timeout: 10_000 }).toContain('hammer');
  });

  it('shows pictures of the index and of the origins that are allowed, and asks no others', async () => {
    await open(`?q=${encodeURIComponent(documents[0].title)}`);
    const card = page
      .locator('#hits li')
      .filter({ has: page.locator('img') })
      .first();
    await until(
      () =>
        card
          .locator('img')
          .evaluateAll((all: { naturalWidth: number }[]) => all.map(({ naturalWidth }) => naturalWidth)),
      [8, 8],
    );
  });

  it('keeps all that was asked in the address', async () => {
    await open('?q=hammer&is.brand=Nordlys&from.price=15&sort=price:desc&country=de&inside=1&mode=token');
    expect(await page.inputValue('#text')).toBe('hammer');
    expect(await page.isChecked('#inside')).toBe(true);
    expect(await page.isChecked('#modes input[value=token]')).toBe(true);
    expect(await refine('Nordlys').isChecked()).toBe(true);
    expect(await page.getByLabel('Price, least').inputValue()).toBe('15');
  });

  it('shows the inside at a switch: sides, channels, stages, the document, and why it is here', async () => {
    await open('?q=red hammer');
    expect(await page.locator('.bars').count()).toBe(0);
    await page.getByRole('switch', { name: 'Inside view' }).check();
    await page.waitForSelector('#inside-parts .channel');
    expect(await page.locator('#inside-parts').textContent()).toMatch(/answered by hybrid · .*token [\d.]+ ms/);
    const first = page.locator('#hits li').first();
    expect(await first.locator('.bars').textContent()).toMatch(/token #\d.*vector #\d/);
    await first.locator('.title').click();
    expect(await first.locator('.attributes').textContent()).toContain('brand');
    await first.getByRole('button', { name: 'Why here?' }).click();
    await expect.poll(() => first.locator('.tree').textContent(), { timeout: 10_000 }).toContain('hammer');
    expect(await first.locator('.why .attributes').textContent()).toContain('cosine');
    await page.locator('#modes label').filter({ hasText: 'Vector' }).click();
    await expect.poll(status, { timeout: 10_000 }).toMatch(/^The nearest documents/);
  });

  it('reads the operators of the query syntax', async () => {
    await open();
    await type('+red -hammer');
    await expect
      .poll(async () => (await titles()).length > 0 && (await titles()).every(title => !title.includes('hammer')), {
        timeout: 10_000,
      })
      .toBe(true);
  });

  it('goes through the hits with the keyboard', async () => {
    await open('?q=lamp');
    await page.keyboard.press('Escape');
    await page.locator('#text').press('ArrowDown');
    const focused = () => page.evaluate('document.activeElement.textContent') as Promise<string>;
    const [first, second] = await titles();
    expect(await focused()).toBe(first);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe(second);
    await page.keyboard.press('Enter');
    expect(await page.locator('#hits .title').nth(1).getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.id')).toBe('text');
  });

  it('shows what is written from right to left so', async () => {
    await open(`?q=${encodeURIComponent('مطرقة')}`);
    const directionOf = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).direction`);
    await page.waitForSelector('#hits .title');
    expect([await directionOf('#hits .title'), await directionOf('#text')]).toEqual(['rtl', 'rtl']);
    expect(await page.locator('#hits article').first().getAttribute('lang')).toBe('ar');
  });

  it('asks for a key where the service does, keeps it for the tab, and shows pictures with it', async () => {
    const tab = await opened.browser.newPage();
    await tab.goto(locked.url);
    await tab.waitForSelector('#key-form:not([hidden])');
    await tab.fill('#key', 'tandem_wrong');
    await tab.keyboard.press('Enter');
    await expect.poll(() => tab.locator('#key-fault').textContent(), { timeout: 10_000 }).toContain('does not know');
    await tab.fill('#key', secret);
    await tab.keyboard.press('Enter');
    await expect.poll(() => tab.locator('#status').textContent(), { timeout: 10_000 }).toMatch(/^121/);
    expect(await tab.locator('#key-form').isVisible()).toBe(false);
    await tab.goto(`${locked.url}?q=${encodeURIComponent(documents[0].title)}`);
    await expect
      .poll(
        () =>
          tab
            .locator('#hits img')
            .first()
            .evaluate((image: { naturalWidth: number }) => image.naturalWidth),
        { timeout: 10_000 },
      )
      .toBe(8);
    const other = await (await opened.browser.newContext()).newPage();
    await other.goto(locked.url);
    await other.waitForSelector('#key-form:not([hidden])');
    await other.close();
    await tab.close();
  });

  it('keeps no picture in memory that nobody has got to', async () => {
    const tab = await opened.browser.newPage();
    await tab.addInitScript(`window.held = new Set();
      addEventListener('DOMContentLoaded', () => document.getElementById('hits').style.marginTop = '20000px');
      const [make, end] = [URL.createObjectURL, URL.revokeObjectURL];
      URL.createObjectURL = of => { const place = make.call(URL, of); held.add(place); window.made = true; return place; };
      URL.revokeObjectURL = place => { held.delete(place); end.call(URL, place); };
      sessionStorage.setItem('tandem-key', '${secret}')`);
    await tab.goto(`${locked.url}?q=${encodeURIComponent(documents[0].title)}`);
    await expect.poll(() => tab.evaluate('window.made'), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => tab.evaluate('held.size'), { timeout: 5_000 }).toBe(0);
    await tab.close();
  });

  it('waits for no search that is slow once something else is asked for', async () => {
    await open();
    await page.route('**/search', () => undefined, { times: 1 }); // it is never answered
    await type('hammer');
    await page.waitForSelector('#hits[aria-busy]');
    await type('lamp');
    await expect.poll(async () => (await titles())[0], { timeout: 5_000 }).toContain('lamp');
  });

  it('says what went wrong, and tries again at Enter', async () => {
    await page.route('**/page/settings', route => route.fulfill({ body: '<p>a proxy</p>' }), { times: 1 });
    await page.goto(service.url);
    await expect.poll(status, { timeout: 10_000 }).toContain('JSON');
    await page.locator('#text').press('Enter');
    await until(total, 121);
    const fail = () => page.route('**/search', route => route.fulfill({ status: 500, body: '' }), { times: 1 });
    await fail();
    await type('hammer');
    await expect.poll(status, { timeout: 10_000 }).toContain('500');
    await page.locator('#text').press('Enter');
    await expect.poll(async () => (await titles())[0], { timeout: 10_000 }).toContain('hammer');
    opened.faults.splice(0); // the answer that failed
  });

  it('has filters behind a button on a phone, and nothing wider than it', async () => {
    const phone = await opened.browser.newPage({ viewport: { width: 360, height: 640 } });
    await phone.goto(`${service.url}?q=hammer&inside=1`);
    await phone.waitForSelector('#hits li');
    expect(await phone.locator('#filters').isVisible()).toBe(false);
    await phone.click('#filters-button');
    expect(await phone.locator('#filters').isVisible()).toBe(true);
    expect(await phone.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await phone.close();
  });

  it('has no fault that axe knows, by day and by night', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const query of ['', '?q=red%20hammer&inside=1&is.brand=Nordlys', '?q=wqjfpz']) {
        await open(query);
        await page
          .locator('#hits .title')
          .first()
          .click({ timeout: 1_000 })
          .catch(() => undefined);
        expect([colorScheme, query, await axeFindings(page)]).toEqual([colorScheme, query, []]);
      }
    }
    await page.emulateMedia({ colorScheme: null });
  });

  it('weighs little', async () => {
    const fresh = await (await opened.browser.newContext()).newPage();
    await fresh.goto(service.url);
    await fresh.waitForSelector('#hits li');
    // what the page itself is, and neither answers nor pictures
    const bytes = Number(
      await fresh.evaluate(`[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(({ initiatorType }) => initiatorType !== 'fetch' && initiatorType !== 'img')
        .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)`),
    );
    await fresh.close();
    console.log(`the page: ${(bytes / 1024).toFixed(1)} KiB before compression`);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100_000);
  });
});
