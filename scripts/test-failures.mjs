// What failed, gathered from the runners' reports to be said once more at the end: their own words are thousands of lines further up.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from './run-command.mjs';

const LINES_EACH = 8;
const LENGTH_OF_LINE = 240;
const FRAME = /^\s*at /;

/** Of a Vitest report: each test that failed, and each file that failed before its first test. */
export function failuresOfVitest(report, root) {
  return report.testResults.flatMap((file) => {
    const where = path.relative(root, file.name);
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    if (failed.length > 0) return failed.map((test) => failure(`${where} › ${test.fullName}`, test.failureMessages[0] ?? ''));
    const notRun = file.assertionResults.filter((test) => test.status === 'pending').length;
    if (notRun > 0) return [failure(where, `${notRun} of its tests were not run: the process they ran in may have died.`)];
    return file.status === 'failed' ? [failure(where, file.message)] : [];
  });
}

/** Of a Playwright report: each test that failed at every try, and what failed outside of any test. */
export const failuresOfPlaywright = (report) => [
  ...testsOfPlaywright(report, 'unexpected', (results) => results.at(-1)),
  ...report.errors.map((error) => failure('outside of any test', error.message ?? '')),
];

/** Of a Playwright report: each test that failed first and passed then. */
export const unsteadyOfPlaywright = (report) => testsOfPlaywright(report, 'flaky', (results) => results[0]);

function testsOfPlaywright(report, status, telling) {
  const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
  return report.suites.flatMap(specsOf).flatMap((spec) => spec.tests.filter((test) => test.status === status).map((test) => {
    const result = telling(test.results);
    return failure(`e2e/${spec.file}:${spec.line} › ${spec.title}`, result?.error?.message ?? result?.status ?? '');
  }));
}

/** Of the checks: each that found something. */
export const failuresOfChecks = (results) => results.filter(({ ok }) => !ok).map(({ name, output }) => failure(`npm run check ${name}`, output));

export const printable = ({ title, why }) => ['', `✗ ${title}`, ...why.map((line) => `    ${line}`)].join('\n');

function failure(title, message) {
  // Colours are for where the words were said first.
  const lines = message.replaceAll(/\u001b\[[0-9;]*m/g, '').split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');
  const frames = lines.filter((line) => FRAME.test(line));
  const where = frames.find((line) => !line.includes('node_modules') && /:\d+:\d+\)?$/.test(line));
  const why = lines.filter((line) => !FRAME.test(line)).slice(0, LINES_EACH);
  return { title, why: [...why, ...(where === undefined ? [] : [where])].map((line) => line.slice(0, LENGTH_OF_LINE)) };
}

export function readReport(file) {
  if (!existsSync(file)) throw new Refusal('The test runner ended without a report.');
  return JSON.parse(readFileSync(file, 'utf8'));
}
