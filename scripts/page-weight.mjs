// How much JavaScript a page makes a browser fetch, gzipped: measured on the running product, by loading the page.
//   node scripts/page-weight.mjs URL [--cookie NAME=VALUE] [--limit KB] [--wide]
import { gzipSync } from 'node:zlib';
import { findBrowser } from './browser.mjs';
import { isMain, main, Refusal } from './run-command.mjs';

/** Every script that a page has loaded once it is quiet, as gzip would send it. Bytes; the largest first. */
export async function pageWeight(page, url) {
  const scripts = new Map();
  const reading = [];
  const onResponse = (response) => {
    if (response.request().resourceType() !== 'script') return;
    reading.push(response.body().then((body) => scripts.set(new URL(response.url()).pathname, gzipSync(body, { level: 6 }).length), () => undefined));
  };
  page.on('response', onResponse);
  await page.goto(url, { waitUntil: 'load' });
  // The live socket's own code is fetched once the page stands; it counts too.
  await page.locator('.freshness', { hasText: 'Live' }).first().waitFor();
  await Promise.all(reading);
  page.off('response', onResponse);
  const files = [...scripts].map(([path, bytes]) => ({ path, bytes })).sort((a, b) => b.bytes - a.bytes);
  return { total: files.reduce((sum, file) => sum + file.bytes, 0), files };
}

if (isMain(import.meta)) {
  await main(async () => {
    const [url, ...rest] = process.argv.slice(2);
    const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
    if (!url) throw new Refusal('Give the address of a page: node scripts/page-weight.mjs http://localhost:3000/approvals/… --cookie countersign.session=…');
    const { chromium } = await import('@playwright/test');
    const browser = await chromium.launch({ executablePath: await findBrowser(), args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const context = await browser.newContext(rest.includes('--wide') ? {} : { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
      const cookie = option('--cookie');
      if (cookie) await context.addCookies([{ name: cookie.slice(0, cookie.indexOf('=')), value: cookie.slice(cookie.indexOf('=') + 1), url }]);
      const { total, files } = await pageWeight(await context.newPage(), url);
      for (const { path, bytes } of files) console.log(`${String(bytes).padStart(8)}  ${path}`);
      console.log(`${String(total).padStart(8)}  in all, gzipped`);
      const limit = option('--limit');
      if (limit && total > Number(limit) * 1_024) throw new Refusal(`That is more than ${limit} KB.`);
    } finally {
      await browser.close();
    }
  });
}
