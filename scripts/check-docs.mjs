// A page that names a file that isn't there misleads. Every relative link, and every path in code marks, must exist.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './run-command.mjs';
import { projectFiles } from './source-files.mjs';

const pages = projectFiles().filter((file) => file.endsWith('.md') && existsSync(path.join(root, file)));
const tops = new Set(readdirSync(root));
const madeLater = /^(dist|\.next|\.data|node_modules|test-results|playwright-report)(\/|$)/;
const problems = [];

for (const page of pages) {
  const text = readFileSync(path.join(root, page), 'utf8');
  const prose = text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' '));
  const lineOf = (index) => prose.slice(0, index).split('\n').length;
  const missing = (target, index) => problems.push(`${page}:${lineOf(index)} names ${target}, which is not there.`);

  for (const match of prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    const target = decodeURIComponent(match[1].replace(/[#?].*$/, ''));
    if (!target || /^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
    const full = target.startsWith('/') ? path.join(root, target) : path.join(root, path.dirname(page), target);
    if (!existsSync(full)) missing(target, match.index);
  }
  for (const match of prose.matchAll(/`([A-Za-z0-9_.@()[\]-]+(?:\/[A-Za-z0-9_.@()[\]-]+)+\/?)`/g)) {
    const target = match[1];
    if (!tops.has(target.split('/')[0]) || madeLater.test(target)) continue;
    const full = path.join(root, target);
    // A file may be named without its extension, as in an import.
    if (!existsSync(full) && !['.ts', '.tsx', '.mjs', '.md'].some((extension) => existsSync(full + extension))) missing(target, match.index);
  }
}

for (const problem of problems) console.log(problem);
console.log(`${pages.length} pages, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
