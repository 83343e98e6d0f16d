import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { buildIndex, createServer, type Server } from '../../src/api/index.js';
import { createClient, type TandemClient } from '../../src/client/index.js';
import { findChromium, openChromium } from './chromium.js';
import { noteFaults } from './open-page.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the tests of one file are done with. */
export interface InBrowser {
  /** that goes when they are done */
  readonly folder: string;
  readonly browser: Browser;
  readonly page: Page;
  /** what the page says that is wrong; after each test there must be nothing */
  readonly faults: string[];
  /** Says what is to be closed when they are done; what comes last is closed first. */
  closing(close: () => unknown): void;
}

/**
 * Tests in a browser; skipped where there is none.
 * @param tests  what is opened is there from their `beforeAll` on
 */
export function describeInBrowser(name: string, tests: (opened: InBrowser) => void): void {
  const chromium = findChromium();
  const faults: string[] = [];
  const closes: (() => unknown)[] = [];
  let open: { readonly folder: string; readonly browser: Browser; readonly page: Page } | undefined;
  const present = () => {
    if (open === undefined) throw new TypeError('nothing is open yet: ask from beforeAll on');
    return open;
  };
  describe.skipIf(chromium === undefined)(name, () => {
    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tandem-browser-'));
      closes.push(() => rm(folder, { recursive: true, force: true }));
      const browser = await openChromium(String(chromium));
      const page = await browser.newPage();
      noteFaults(page, faults);
      open = { folder, browser, page };
    });
    afterAll(async () => {
      await open?.browser.close();
      for (const close of closes.reverse()) await close();
    });
    afterEach(() => expect(faults.splice(0)).toEqual([]));
    tests({
      get folder() {
        return present().folder;
      },
      get browser() {
        return present().browser;
      },
      get page() {
        return present().page;
      },
      faults,
      closing: close => void closes.push(close),
    });
  });
}

/** A service over the products of examples/shop. @param origin  of the pages that may ask it */
export async function openShopService(
  { folder, closing }: InBrowser,
  origin: string,
): Promise<{ readonly service: Server; readonly client: TandemClient }> {
  const index = join(folder, 'index');
  await buildIndex({ documents: join(root, 'examples/shop/shop.csv'), out: index });
  const service = await createServer({ index, port: 0, writable: true, allowOrigin: [origin] });
  closing(() => service.close());
  return { service, client: createClient({ url: service.url }) };
}

/** What both shops show. @param address  of the shop, which is known when its page is opened */
export const shopPage = (opened: InBrowser, address: () => string) => ({
  open: async (query = ''): Promise<void> => {
    await opened.page.goto(`${address()}/${query}`);
    await opened.page.waitForSelector('.ais-Hits-item, .ais-Hits--empty');
  },
  titles: (): Promise<string[]> => opened.page.locator('.ais-Hits-item h3').allTextContents(),
  prices: async (): Promise<number[]> =>
    (await opened.page.locator('.ais-Hits-item strong').allTextContents()).map(Number.parseFloat),
  total: async (): Promise<number> =>
    Number.parseInt(((await opened.page.locator('#stats').textContent()) ?? '').replaceAll(',', ''), 10),
  type: (text: string): Promise<void> => opened.page.fill('#searchbox input', text),
});
