// `npm test`: every check and every test. `npm test -- unit|db|e2e|check [filter …]` runs a part.
// What failed is named once more at the end; the last line is always "N passed, N failed", counting tests and checks alike.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { findBrowser } from './browser.mjs';
import { ensureBuilt } from './build.mjs';
import { runChecks } from './check.mjs';
import { ensureGenerated, ensureInstalled, requireNode } from './install.mjs';
import { Refusal, root, seconds, tool } from './run-command.mjs';
import { failuresOfChecks, failuresOfPlaywright, failuresOfVitest, printable, unsteadyOfPlaywright } from './test-failures.mjs';

const parts = ['check', 'unit', 'db', 'e2e'];
const [first, ...filters] = process.argv.slice(2);
const chosen = parts.includes(first) ? [first] : parts;
const total = { passed: 0, failed: 0 };
const failures = [];
const unsteady = [];
/** More failed files than this are no accident of the machine (count). */
const MOST_TRIED_TWICE = 12;
/** The browser tests are run in at most so many parts at once (count). */
const MOST_PARTS = 2;
const reports = mkdtempSync(path.join(tmpdir(), 'countersign-reports-'));
const since = performance.now();

const add = ({ passed, failed }) => { total.passed += passed; total.failed += failed; };
const title = (text) => console.log(`\n${text}`);

/** A part that could not even run counts as one failure, and the next part still gets its turn. */
async function part(name, work) {
  try {
    add(await work());
  } catch (error) {
    console.error(error instanceof Refusal ? `\n${error.message}\n` : error);
    console.error(`${name} could not run.`);
    add({ passed: 0, failed: 1 });
  }
}

async function checks() {
  const { results, ...counted } = await runChecks(filters);
  failures.push(...failuresOfChecks(results));
  return counted;
}

/** A file that failed gets a second try with nothing beside it. What passes then passes, and is named at the end: it is a fault still. */
async function vitest(projects) {
  const first = await runVitest(projects, filters, 'vitest');
  const failed = first.report.testResults.filter((file) => file.status === 'failed').map((file) => path.relative(root, file.name));
  if (failed.length === 0 || failed.length > MOST_TRIED_TWICE) {
    failures.push(...failuresOfVitest(first.report, root));
    return atLeastOneFailure(countVitest(first.report), first.code);
  }
  title(`Once more, by themselves: ${failed.join(', ')}`);
  const second = await runVitest(projects, failed, 'vitest-second');
  const both = { testResults: [...first.report.testResults.filter((file) => file.status !== 'failed'), ...second.report.testResults] };
  const stillFailed = failuresOfVitest(second.report, root);
  failures.push(...stillFailed);
  unsteady.push(...failuresOfVitest(first.report, root).filter((one) => !stillFailed.some((other) => other.title === one.title)));
  return atLeastOneFailure(countVitest(both), second.code);
}

async function runVitest(projects, only, name) {
  const file = path.join(reports, `${name}.json`);
  const { code } = await tool('vitest/vitest.mjs', ['run', ...projects.flatMap((project) => ['--project', project]), '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`, '--passWithNoTests', ...only]);
  return { code, report: readReport(file) };
}

function countVitest(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    // A file that fails before its first test has no test to count.
    failed: tests.filter((test) => test.status === 'failed').length + report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length,
  };
}

async function playwright() {
  if (!existsSync(path.join(root, 'e2e')) || !readdirSync(path.join(root, 'e2e')).some((file) => file.endsWith('.spec.ts'))) return { passed: 0, failed: 0 };
  const browser = await findBrowser();
  await ensureBuilt();
  // In parts that each have a Countersign of their own: a browser's test waits for half of its time.
  const parts = filters.length > 0 ? 1 : Math.min(MOST_PARTS, availableParallelism());
  const results = await Promise.all(Array.from({ length: parts }, (_, i) => playwrightPart(browser, i + 1, parts)));
  return atLeastOneFailure(
    { passed: results.reduce((sum, { report: { stats } }) => sum + stats.expected + stats.flaky, 0), failed: results.reduce((sum, { report: { stats, errors } }) => sum + stats.unexpected + errors.length, 0) },
    Math.max(...results.map(({ code }) => code)),
  );
}

async function playwrightPart(browser, part, parts) {
  const file = path.join(reports, `playwright-${part}.json`);
  const { code } = await tool('@playwright/test/cli.js', ['test', '--reporter=list,json', `--shard=${part}/${parts}`, `--output=test-results/part-${part}`, ...filters], { env: { PLAYWRIGHT_CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_FILE: file } });
  const report = readReport(file);
  failures.push(...failuresOfPlaywright(report));
  unsteady.push(...unsteadyOfPlaywright(report));
  return { code, report };
}

function readReport(file) {
  if (!existsSync(file)) throw new Refusal('The test runner ended without a report.');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A run that says it failed counts as failed, also where no single test did (an error between tests). */
const atLeastOneFailure = (counted, code) => (code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted);

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
    await part('The tests', () => vitest(projects));
  }
  if (chosen.includes('e2e')) {
    title('Browser tests');
    await part('The browser tests', playwright);
  }
} catch (error) {
  console.error(error instanceof Refusal ? `\n${error.message}\n` : error);
  total.failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}

for (const [says, ones] of [['Passed only at a second try', unsteady], ['What failed', failures]]) {
  if (ones.length > 0) title(`${says} (${ones.length})`);
  for (const one of ones) console.log(printable(one));
}
console.log(`\nTook ${seconds(performance.now() - since)}.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
