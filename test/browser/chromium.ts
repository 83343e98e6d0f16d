import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium lies; undefined, and told, where there is none. */
export function findChromium(): string | undefined {
  const found = [process.env.TANDEM_CHROMIUM, ...places].find(path => path !== undefined && existsSync(path));
  if (found === undefined)
    console.log(
      `no Chromium at ${places.join(', ')}, and TANDEM_CHROMIUM names none: the tests in a browser are skipped`,
    );
  return found;
}

export const openChromium = (path: string): Promise<Browser> =>
  chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
