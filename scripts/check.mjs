// `npm run check [name …]`: everything that a machine can judge without running the product. No database, no network.
import { ensureGenerated, ensureInstalled, requireNode } from './install.mjs';
import { isMain, main, root, run, seconds, tool } from './run-command.mjs';

const script = (name) => () => run(process.execPath, [`${root}/scripts/${name}`], { quiet: true });

const checks = [
  { name: 'types', says: 'TypeScript', work: () => tool('typescript/bin/tsc', ['--noEmit', '-p', '.'], { quiet: true }) },
  { name: 'lint', says: 'ESLint', work: () => tool('eslint/bin/eslint.js', ['.', '--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/'], { quiet: true }) },
  { name: 'imports', says: 'Imports run one way', work: script('check-imports.mjs') },
  { name: 'unused', says: 'Nothing unused (knip)', work: () => tool('knip/bin/knip.js', ['--no-progress', '--cache'], { quiet: true }) },
  { name: 'docs', says: 'Paths in the docs', work: script('check-docs.mjs') },
  { name: 'sizes', says: 'File sizes', work: script('check-sizes.mjs') },
];

/** Runs the named checks (all without names) side by side and prints each as it ends. */
export async function runChecks(names = []) {
  const chosen = checks.filter(({ name }) => names.length === 0 || names.includes(name));
  const results = await Promise.all(chosen.map(async ({ name, says, work }) => {
    const result = await work();
    const ok = result.code === 0;
    console.log(`  ${ok ? 'ok    ' : 'FAILED'} ${says.padEnd(24)} ${seconds(result.ms).padStart(6)}`);
    return { name, says, ok, output: result.output };
  }));
  for (const { says, name, output } of results.filter(({ ok }) => !ok)) console.log(`\n${says} (npm run check ${name}):\n${output.trim()}`);
  return { results, passed: results.filter(({ ok }) => ok).length, failed: results.filter(({ ok }) => !ok).length };
}

if (isMain(import.meta)) {
  await main(async () => {
    requireNode();
    await ensureInstalled({ withDev: true });
    await ensureGenerated();
    const { failed } = await runChecks(process.argv.slice(2));
    process.exitCode = failed > 0 ? 1 : 0;
  });
}
