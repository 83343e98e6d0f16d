import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Waits until a figure of the page is what it should be. */
export const until = <T>(read: () => Promise<T>, wanted: T): Promise<void> =>
  expect.poll(read, { timeout: 10_000 }).toEqual(wanted);

/** Notes what a page says on its console that something is wrong, and what it throws. */
export function noteFaults(page: Page, faults: string[]): void {
  page.on('pageerror', error => faults.push(error.message));
  page.on('console', message => message.type() === 'error' && faults.push(message.text()));
}

/** What axe finds wrong with the page as it is. */
export async function axeFindings(page: Page): Promise<string[][]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  const found = await page.evaluate('axe.run()');
  const { violations } = found as { violations: { id: string; nodes: { html: string }[] }[] };
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))]);
}
