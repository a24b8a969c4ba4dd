// The unit and database tests. A file that fails gets a second try with nothing beside it; what passes only then is told apart.
import path from 'node:path';
import { root, tool } from './run-command.mjs';
import { failuresOfVitest, readReport } from './test-failures.mjs';

/** More failed files than this are no accident of the machine (count). */
const MOST_TRIED_TWICE = 12;

/** `filters`: which files, then options of Vitest's. Returns what passed and failed (counts), what failed, and what passed only at the second try. */
export async function runVitest({ projects, filters, folder, onAgain }) {
  const firstOption = filters.findIndex((one) => one.startsWith('-'));
  const options = firstOption === -1 ? [] : filters.slice(firstOption);
  const first = await run({ projects, args: filters, folder, name: 'first' });
  const failed = first.report.testResults.filter(hasFailed).map((file) => path.relative(root, file.name));
  if (failed.length === 0 || failed.length > MOST_TRIED_TWICE) return outcome([first], first.report, []);
  onAgain(failed);
  const second = await run({ projects, args: [...failed, '--no-file-parallelism', ...options], folder, name: 'second' });
  const merged = { testResults: [...first.report.testResults.filter((file) => !hasFailed(file)), ...second.report.testResults] };
  const passedNow = new Set(second.report.testResults.flatMap((file) => {
    const where = path.relative(root, file.name);
    return [...(hasFailed(file) ? [] : [where]), ...file.assertionResults.filter((test) => test.status === 'passed').map((test) => `${where} › ${test.fullName}`)];
  }));
  return outcome([first, second], merged, failuresOfVitest(first.report, root).filter(({ title }) => passedNow.has(title)));
}

/** Also one that was not run to its end: a worker that died leaves tests behind that nobody ran, and calls the file passed. */
const hasFailed = (file) => file.status === 'failed' || file.assertionResults.some((test) => test.status === 'failed' || test.status === 'pending');

/** What went wrong outside of any test counts whatever a second try says: nobody knows which test it would have failed. But for a process that died: its file is known, and was tried again. */
function outcome(runs, report, unsteady) {
  const outside = ({ message }) => ({ title: 'outside of any test', why: message.split('\n').slice(0, 8) });
  const died = ({ message }) => runs.length > 1 && message.includes('[vitest-pool]');
  unsteady.push(...runs[0].unhandled.filter(died).map(outside));
  const unhandled = [...runs[0].unhandled.filter((one) => !died(one)), ...runs.slice(1).flatMap((one) => one.unhandled)].map(outside);
  const failures = [...failuresOfVitest(report, root), ...unhandled];
  const passed = report.testResults.flatMap((file) => file.assertionResults).filter((test) => test.status === 'passed').length;
  if (failures.length === 0 && runs.at(-1).code !== 0) failures.push({ title: 'the runner', why: [`It ended with code ${runs.at(-1).code}, and named nothing that failed. What it said stands further up.`] });
  return { passed, failed: failures.length, failures, unsteady };
}

async function run({ projects, args, folder, name }) {
  const [file, unhandledFile] = ['vitest', 'unhandled'].map((what) => path.join(folder, `${what}-${name}.json`));
  const { code } = await tool('vitest/vitest.mjs', ['run', ...projects.flatMap((project) => ['--project', project]), '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`, '--reporter=./scripts/unhandled-errors.mjs', '--passWithNoTests', ...args], { env: { UNHANDLED_ERRORS_FILE: unhandledFile } });
  return { code, report: readReport(file), unhandled: readReport(unhandledFile) };
}
