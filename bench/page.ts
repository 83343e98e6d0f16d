import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { buildIndex, createServer } from '../src/api/index.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { quantile } from './measure.js';

const places = [
  process.env.TANDEM_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** What is typed, key by key; the first ones warm up. */
const warmUp = ['chair', 'water'];
const typed = [
  'garden hose',
  'desk lamp',
  'claw hammer',
  'corner sofa',
  'wall paint',
  'kettle',
  'birthday cake',
  'jigsaw',
];
/** Between two keys: nobody types faster for long. */
const pauseMs = 60;

interface Loaded {
  /** of the page's own files */
  readonly bytes: number;
  readonly files: number;
  /** from the request for the page until documents stand there */
  readonly firstMs: number;
}

/**
 * What the page of a service weighs, and how long after a key press what it finds stands there, in a Chromium on this machine.
 * --data: an index, or a folder of `tandem demo`; the documents of examples/shop when absent.
 */
export async function page({ data }: BenchOptions): Promise<BenchReport> {
  const chromium = places.find(path => path !== undefined && existsSync(path));
  const header = (sizes: Record<string, number | string>) => describeMachine({ tandem: tandemVersion() }, sizes);
  if (chromium === undefined)
    return { ...bare, header: header({}), missing: ['chromium (TANDEM_CHROMIUM names where it lies)'] };
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-page-'));
  try {
    const index =
      data === undefined ? await shopIndex(folder) : existsSync(join(data, 'index')) ? join(data, 'index') : data;
    const service = await createServer({ index, port: 0 });
    const { chromium: playwright } = await import('playwright-core');
    const browser = await playwright.launch({
      executablePath: chromium,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    try {
      const { loaded, times } = await measure(browser, service.url);
      const figures = [
        ['bytes of the page', loaded.bytes],
        ['files of the page', loaded.files],
        ['first documents, ms', loaded.firstMs],
        ['after a key press, median ms', quantile(times, 0.5)],
        ['after a key press, 95 % ms', quantile(times, 0.95)],
      ] as const;
      return {
        ...bare,
        header: header({ keys: times.length, index }),
        quality: Object.fromEntries(figures),
        table: {
          columns: [{ name: 'page' }, { name: 'figure', numeric: true }],
          rows: figures.map(([name, value]) => [name, value.toLocaleString('en', { maximumFractionDigits: 1 })]),
        },
      };
    } finally {
      await browser.close();
      await service.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const bare = { bench: 'page', results: [], ratio: {}, quality: {}, missing: [] } as const;

async function shopIndex(folder: string): Promise<string> {
  const documents = fileURLToPath(new URL('../../examples/shop/shop.csv', import.meta.url));
  await buildIndex({ documents, out: join(folder, 'index') });
  return join(folder, 'index');
}

async function measure(browser: Browser, url: string): Promise<{ loaded: Loaded; times: number[] }> {
  const cold = await browser.newPage();
  await cold.goto(url);
  await cold.waitForSelector('#hits li');
  await cold.close();
  const tab = await browser.newPage();
  const start = performance.now();
  await tab.goto(url);
  await tab.waitForSelector('#hits li');
  const firstMs = performance.now() - start;
  const [bytes, files]: [number, number] = await tab.evaluate(`(() => {
    const own = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ initiatorType }) => initiatorType !== 'fetch' && initiatorType !== 'img');
    return [own.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0), own.length];
  })()`);
  for (const text of warmUp) await type(tab, text);
  const times: number[] = [];
  for (const text of typed) times.push(...(await type(tab, text)));
  if (!/^\d/.test((await tab.textContent('#status')) ?? ''))
    throw new TandemError('bench/wrong-answer', `the page found nothing for "${typed.at(-1)}"`);
  return { loaded: { bytes, files, firstMs }, times };
}

/** Types a text into the empty search box. @returns milliseconds from each key press until what it finds is painted */
async function type(tab: Page, text: string): Promise<number[]> {
  const times: number[] = [];
  for (let length = 1; length <= text.length; length++) {
    // a space asks for nothing else
    if (text[length - 1] === ' ') continue;
    const ms: number = await tab.evaluate(`new Promise((resolve, reject) => {
      const input = document.querySelector('#text');
      const start = performance.now();
      new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
      }).observe(document.querySelector('#status'), { childList: true });
      setTimeout(() => reject(new Error('nothing came within five seconds')), 5000);
      input.value = ${JSON.stringify(text.slice(0, length))};
      input.dispatchEvent(new Event('input', { bubbles: true }));
    })`);
    times.push(ms);
    await tab.waitForTimeout(pauseMs);
  }
  return times;
}
