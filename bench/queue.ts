// How the queue holds with thousands waiting: the built product, real browsers, the real SDK. Navigation to a list that answers a key, a request to its card on screen, a click to the decision at the agent, and how long the page is ever blocked.
import os from 'node:os';
import { chromium } from '@playwright/test';
import { startCountersign } from '@/lib/testing/running-countersign';
import { findBrowser } from '../scripts/browser.mjs';
import { pageWeight } from '../scripts/page-weight.mjs';
import { fillQueue } from './queue/fill';
import { gatherAskers } from './queue/askers';
import { blockedMs, openWatched, timeToUsable, workTheList } from './queue/browser';
import { pressAndWait } from './queue/press';
import { aimed, figureOf, quantile, rounded, type Figure } from './report/figures';
import { finish, numberOption, table } from './report/print';

const pending = numberOption('pending', 5_000);
const rate = numberOption('rate', 50);
const seconds = numberOption('seconds', 30);
const presses = numberOption('presses', 30);
const navigations = numberOption('navigations', 7);

const ends: (() => Promise<unknown>)[] = [];
const figures: Figure[] = [];
try {
  console.log('Preparing: an installation, agents, what waits, two browsers.');
  const running = await startCountersign();
  ends.push(() => running.stop());
  const askers = await gatherAskers(running, 20);
  ends.push(() => askers.stop());
  // Somebody else's: what waits already counts against the limits of whoever asked it.
  const before = await gatherAskers(running, 1, 'asked before');
  ends.push(() => before.stop());
  await fillQueue(running.dataDir, await before.one(), pending);
  const executablePath = await findBrowser();
  const browsers = await Promise.all([1, 2].map(() => chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--in-process-gpu'] })));
  ends.push(() => Promise.all(browsers.map((browser) => browser.close())));
  console.log(`node ${process.version} · ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'processor'} · ${pending.toLocaleString('en')} waiting · ${rate} requests/s, one in five of them asks · 2 browsers`);

  // The browsers as people have them: one at the list as it is, newest first; the other narrowed to one tool, grouped rows closed.
  const first = await openWatched(browsers[0]!, running, '/approvals?sort=new');
  const second = await openWatched(browsers[1]!, running, '/approvals?sort=new&tool=write_file');
  const usable: number[] = [];
  for (let turn = 0; turn < navigations; turn++) usable.push(await timeToUsable(first.context, `${running.url}/approvals`));
  console.log(table(['navigation to usable, ms', ...usable.map((_, turn) => `${turn + 1}`)], [['alone', ...usable.map((ms) => ms.toFixed(0))]]));

  const load = askers.press(rate, seconds);
  const working = workTheList(second.page, seconds * 1_000);
  const under: number[] = [];
  for (let turn = 0; turn < 3; turn++) under.push(await timeToUsable(first.context, `${running.url}/approvals`));
  const asked = await load;
  const worked = await working;
  const waitsOf = (seen: readonly { id: string; at: number }[]) => seen.flatMap(({ id, at }) => { const from = asked.get(id); return from === undefined ? [] : [at - from]; }).sort((a, b) => a - b);
  const waits = waitsOf(await first.seen());
  // In the other list somebody works: its rows hold still meanwhile, on purpose, and another search hides them. That is told, and aims at nothing.
  const held = waitsOf(await second.seen());
  // A card that never came would be no slow one; it has to be counted.
  const missing = asked.size - waits.length;
  const blocked = await blockedMs(second.page);
  const clicks = (await pressAndWait(first.page, running.url, askers, presses)).sort((a, b) => a - b);
  const phone = await browsers[0]!.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await phone.addCookies(await first.context.cookies());
  const weight = await pageWeight(await phone.newPage(), `${running.url}/approvals/${[...asked.keys()].at(-1)!}`);

  const one = (name: string, value: number, unit: string): Figure => figureOf(name, unit, [rounded(value)]);
  figures.push(
    aimed(figureOf('navigation to usable', 'ms', usable), '< 1,000 ms', quantile([...usable].sort((a, b) => a - b), 0.5) < 1_000),
    figureOf('navigation to usable under load', 'ms', under),
    one('request to card p50', quantile(waits, 0.5), 'ms'),
    aimed(one('request to card p95', quantile(waits, 0.95), 'ms'), '< 300 ms', quantile(waits, 0.95) < 300),
    aimed(one('cards that never came', missing, ''), '0', missing === 0),
    one('request to card p95 where somebody works in the list', quantile(held, 0.95), 'ms'),
    one('of the cards, seen there', held.length / asked.size, ''),
    one('click to decision at the agent p50', quantile(clicks, 0.5), 'ms'),
    aimed(one('click to decision at the agent p95', quantile(clicks, 0.95), 'ms'), '< 150 ms', quantile(clicks, 0.95) < 150),
    aimed(one('longest block while typing and moving', blocked, 'ms'), '< 50 ms', blocked < 50),
    aimed(one('phone page', weight.total / 1_024, 'KB'), '≤ 170 KB', weight.total <= 170 * 1_024),
  );
  console.log(`${asked.size} cards asked for, ${waits.length} seen where nobody is in the list, ${held.length} where somebody works in it; ${worked} keys and scrolls while ${rate}/s went on.`);
  console.log(table(['', 'value', 'spread'], figures.map(({ name, value, unit, spread }) => [name, `${value} ${unit}`, spread[0] === spread[1] ? '' : `${spread[0]}–${spread[1]}`])));
} finally {
  for (const end of ends.reverse()) await end().catch((error: unknown) => console.error(error));
}
finish('queue', figures);
process.exit();
