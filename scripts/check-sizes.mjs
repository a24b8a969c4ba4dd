// A file over 300 lines is two files, unless its head says why not: "// Long because …".
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './run-command.mjs';
import { projectFiles } from './source-files.mjs';

const LIMIT = 300;
const files = projectFiles().filter((file) => /\.(ts|tsx|mjs|cjs|js)$/.test(file) && !file.startsWith('lib/db/generated/') && existsSync(path.join(root, file)));
const sizes = files.map((file) => {
  const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
  return { file, count: lines.length - 1, excused: lines.slice(0, 10).some((line) => /\/\/ Long because \S/.test(line)) };
});
const long = sizes.filter(({ count, excused }) => count > LIMIT && !excused);
for (const { file, count } of long) console.log(`${file} has ${count} lines. Split it, or say in its head "// Long because …".`);
const sorted = sizes.map(({ count }) => count).sort((a, b) => a - b);
console.log(`${files.length} files, median ${sorted[Math.floor(sorted.length / 2)] ?? 0} lines, ${long.length} over ${LIMIT}`);
process.exitCode = long.length > 0 ? 1 : 0;
