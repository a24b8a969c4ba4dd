// Imports run one way. First each rule is shown a bad example that it must catch, then the house itself is cruised.
import { createRequire } from 'node:module';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { root } from './run-command.mjs';

/** Fewer modules than this means that the cruiser looked past the house (as it does with a TypeScript it doesn't know), not that all is well. */
const FLOOR = 150;

const config = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs'));
const problems = [];

async function violationsIn(baseDir, entries) {
  const tsConfig = path.join(baseDir, 'tsconfig.json');
  const { output } = await cruise(entries, { ...config.options, baseDir, validate: true, ruleSet: { forbidden: config.forbidden } }, undefined, { tsConfig: extractTSConfig(tsConfig) });
  return output.summary;
}

const fixtures = await violationsIn(path.join(root, '.dependency-cruiser', 'fixtures'), ['lib', 'components']);
for (const { name } of config.forbidden) {
  const bad = new RegExp(`/?bad-${name}\\.`);
  if (!fixtures.violations.some((found) => found.rule.name === name && bad.test(found.from))) problems.push(`The rule "${name}" did not catch its bad example: it protects nothing.`);
}
for (const found of fixtures.violations) {
  if (/good\.tsx?$/.test(found.from)) problems.push(`The rule "${found.rule.name}" refuses a good example (${found.from} → ${found.to}).`);
}

const house = await violationsIn(root, ['app', 'components', 'lib', 'server.ts'].filter((entry) => entry));
for (const found of house.violations) problems.push(`${found.from} → ${found.to}\n    ${found.rule.name}: ${config.forbidden.find((rule) => rule.name === found.rule.name)?.comment ?? ''}`);
if (house.totalCruised < FLOOR) problems.push(`Only ${house.totalCruised} modules were seen; at least ${FLOOR} stand here.`);

for (const problem of problems) console.log(problem);
console.log(`${house.totalCruised} modules, ${config.forbidden.length} rules, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
