// The browser tests, in parts at once that each have a Countersign of their own: a browser's test waits for half of its time.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { tool } from './run-command.mjs';
import { failuresOfPlaywright, readReport, unsteadyOfPlaywright } from './test-failures.mjs';

const MOST_PARTS = 2;

/** Returns what passed and failed (counts), what failed, and what passed only at the second try. */
export async function runPlaywright({ browser, filters, folder }) {
  // One that is running already is only one.
  const parts = filters.length > 0 || process.env.E2E_URL ? 1 : Math.min(MOST_PARTS, availableParallelism());
  const outcomes = await Promise.all(Array.from({ length: parts }, (_, i) => runPart({ browser, filters, folder, part: i + 1, parts })));
  const all = (what) => outcomes.flatMap((one) => one[what]);
  return { passed: outcomes.reduce((sum, { passed }) => sum + passed, 0), failed: all('failures').length, failures: all('failures'), unsteady: all('unsteady') };
}

/** Never throws: the other part is to be counted whatever becomes of this one. */
async function runPart({ browser, filters, folder, part, parts }) {
  const file = path.join(folder, `playwright-${part}.json`);
  try {
    const { code } = await tool('@playwright/test/cli.js', ['test', '--reporter=list,json', `--shard=${part}/${parts}`, `--output=test-results/part-${part}`, ...filters], { env: { PLAYWRIGHT_CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_FILE: file } });
    const report = readReport(file);
    const failures = failuresOfPlaywright(report);
    if (failures.length === 0 && code !== 0) failures.push({ title: `part ${part} of the browser tests`, why: [`It ended with code ${code}, and named nothing that failed. What it said stands further up.`] });
    return { passed: report.stats.expected + report.stats.flaky, failures, unsteady: unsteadyOfPlaywright(report) };
  } catch (error) {
    return { passed: 0, failures: [{ title: `part ${part} of the browser tests`, why: [error.message] }], unsteady: [] };
  }
}
