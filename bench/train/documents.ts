import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { TextRow } from '../detect/rows';

const FREE = /^\(?(?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|MIT OR [\w.-]+|[\w.-]+ OR MIT)\)?$/;
const MOST_OF_ONE = 4;
const MOST = 1_600;

/**
 * What ordinary documentation looks like: sections of the READMEs, and the descriptions, of the installed packages under free licences.
 * Texts that begin like one of `known` are left out, so that nothing that is scored is learned from by another way.
 */
export function documentsIn(modules: string, known: readonly string[]): TextRow[] {
  const starts = new Set(known.map(startOf));
  const rows: TextRow[] = [];
  for (const name of packagesIn(modules)) {
    const folder = path.join(modules, name);
    const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { license?: unknown; description?: unknown };
    if (typeof about.license !== 'string' || !FREE.test(about.license)) continue;
    const readme = ['README.md', 'readme.md', 'Readme.md'].map((file) => path.join(folder, file)).find((file) => existsSync(file));
    if (!readme) continue;
    const sections = readFileSync(readme, 'utf8').split(/\n(?=#{1,4} )/).filter((section) => section.length >= 120 && section.length <= 4_000 && !starts.has(startOf(section)));
    // Evenly out of the whole file: the first sections of all READMEs are alike.
    const step = Math.max(1, Math.floor(sections.length / MOST_OF_ONE));
    for (let i = 0; i < sections.length && i < step * MOST_OF_ONE; i += step) rows.push({ id: `${name}-${i}`, source: 'readmes', hostile: false, channel: 'tool_result', text: sections[i]! });
  }
  const every = Math.max(1, Math.ceil(rows.length / MOST));
  return rows.filter((_, i) => i % every === 0);
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules).sort().flatMap((name) => (name.startsWith('@') ? readdirSync(path.join(modules, name)).sort().map((inner) => `${name}/${inner}`) : [name]))
    .filter((name) => !name.startsWith('.') && existsSync(path.join(modules, name, 'package.json')));
}

const startOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim().slice(0, 60);
