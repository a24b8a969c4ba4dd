import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Refusal, root, run, seconds, step, tool } from './run-command.mjs';

/** The lowest Node that everything here is tested with. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Refusal(`Countersign needs Node 20.19 or newer; this is ${process.versions.node}. Install a current one from https://nodejs.org and try again.`);
  }
}

/** Whether node_modules holds what the lock file says, by npm's own record of its last complete install. */
export function isInstalled({ withDev }) {
  let wanted, present;
  try {
    wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
    present = JSON.parse(readFileSync(path.join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  return Object.entries(wanted).every(([where, entry]) => {
    if (where === '' || entry.link || entry.optional || entry.devOptional || entry.peer) return true;
    if (entry.dev && !withDev) return true;
    return present[where]?.version === entry.version;
  });
}

export async function ensureInstalled({ withDev = false } = {}) {
  if (isInstalled({ withDev })) return;
  await step('Installing packages', '60 s', async () => {
    const result = await run('npm', ['ci', '--no-audit', '--no-fund', ...(withDev ? ['--include=dev'] : [])], { quiet: true });
    if (result.code !== 0) {
      throw new Refusal(`npm could not install the packages. Its last words:\n${lastLines(result.output)}\n\nCheck that this machine reaches the npm registry (npm ping) and that ${root} can be written, then try again.`);
    }
  });
}

/** The database client is generated from prisma/schema; again only when that changed. */
export async function ensureGenerated() {
  const stamp = path.join(root, 'lib', 'db', 'generated', '.stamp');
  const wanted = hashFiles(['prisma/schema', 'package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const result = await tool('prisma/build/index.js', ['generate', '--no-hints'], { quiet: true, env: { PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' } });
  if (result.code !== 0) throw new Refusal(`The database client could not be generated:\n${lastLines(result.output)}`);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  console.log(`  Generating the database client: done (${seconds(result.ms)})`);
}

export const lastLines = (text, count = 25) => text.trim().split('\n').slice(-count).map((line) => `  ${line}`).join('\n');

/** One hash over files and folders, by names and contents; tests and what is generated don't count. */
export function hashFiles(entries) {
  const hash = createHash('sha256');
  const add = (relative) => {
    const full = path.join(root, relative);
    let children;
    try {
      children = readdirSync(full, { withFileTypes: true });
    } catch (error) {
      if (error.code === 'ENOTDIR') hash.update(`${relative}\0`).update(readFileSync(full)).update('\0');
      else if (error.code !== 'ENOENT') throw error;
      return;
    }
    for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (/^(generated|dist|node_modules|testing)$|\.test\.tsx?$|^\./.test(child.name)) continue;
      add(`${relative}/${child.name}`);
    }
  };
  for (const entry of entries) add(entry);
  return hash.digest('hex');
}
