import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './run-command.mjs';

/** Every file of the project, relative to its root: what git knows or would take, else (no git) what lies there. */
export function projectFiles() {
  try {
    return execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 }).split('\0').filter(Boolean);
  } catch {
    const skip = /^(node_modules|dist|generated|test-results|playwright-report)$|^\.(git|next|data)$/;
    const walk = (folder) => readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => !skip.test(entry.name))
      .flatMap((entry) => (entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]));
    return walk('');
  }
}
