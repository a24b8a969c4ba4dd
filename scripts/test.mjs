// `npm test`: every check and every test. `npm test -- unit|db|e2e|check [filter …]` runs a part.
// What failed is named once more at the end; the last line is always "N passed, N failed", counting tests and checks alike.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBrowser } from './browser.mjs';
import { ensureBuilt } from './build.mjs';
import { runChecks } from './check.mjs';
import { ensureGenerated, ensureInstalled, requireNode } from './install.mjs';
import { Refusal, root, seconds } from './run-command.mjs';
import { runPlaywright } from './run-playwright.mjs';
import { runVitest } from './run-vitest.mjs';
import { failuresOfChecks, printable } from './test-failures.mjs';

const parts = ['check', 'unit', 'db', 'e2e'];
const [first, ...rest] = process.argv.slice(2);
const filters = parts.includes(first) ? rest : process.argv.slice(2);
const chosen = parts.includes(first) ? [first] : parts;
const total = { passed: 0, failed: 0, failures: [], unsteady: [] };
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-reports-'));
const since = performance.now();

const add = ({ passed, failed, failures, unsteady = [] }) => {
  total.passed += passed;
  total.failed += failed;
  total.failures.push(...failures);
  total.unsteady.push(...unsteady);
};
const title = (text) => console.log(`\n${text}`);

/** A part that could not even run counts as one failure, and the next part still gets its turn. */
async function part(name, work) {
  try {
    add(await work());
  } catch (error) {
    console.error(error instanceof Refusal ? `\n${error.message}\n` : error);
    add({ passed: 0, failed: 1, failures: [{ title: `${name} could not run`, why: [error.message] }] });
  }
}

async function checks() {
  const { results, ...counted } = await runChecks(filters);
  return { ...counted, failures: failuresOfChecks(results) };
}

async function browserTests() {
  if (!existsSync(path.join(root, 'e2e')) || !readdirSync(path.join(root, 'e2e')).some((file) => file.endsWith('.spec.ts'))) return { passed: 0, failed: 0, failures: [] };
  const browser = await findBrowser();
  await ensureBuilt();
  return runPlaywright({ browser, filters, folder });
}

try {
  requireNode();
  await ensureInstalled({ withDev: true });
  await ensureGenerated();
  if (chosen.includes('check')) {
    title('Checks');
    await part('The checks', checks);
  }
  const projects = chosen.filter((name) => name === 'unit' || name === 'db');
  if (projects.length > 0) {
    title(`Tests (${projects.join(', ')})`);
    await part('The tests', () => runVitest({ projects, filters, folder, onAgain: (files) => title(`Once more, by themselves: ${files.join(', ')}`) }));
  }
  if (chosen.includes('e2e')) {
    title('Browser tests');
    await part('The browser tests', browserTests);
  }
} catch (error) {
  console.error(error instanceof Refusal ? `\n${error.message}\n` : error);
  add({ passed: 0, failed: 1, failures: [{ title: 'The tests could not run', why: [error.message] }] });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const [says, ones] of [['Passed only at a second try', total.unsteady], ['What failed', total.failures]]) {
  if (ones.length > 0) title(`${says} (${ones.length})`);
  for (const one of ones) console.log(printable(one));
}
console.log(`\nTook ${seconds(performance.now() - since)}.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
