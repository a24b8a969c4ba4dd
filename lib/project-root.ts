import { existsSync } from 'node:fs';
import path from 'node:path';

let found: string | undefined;

/** The folder that holds package.json and prisma/, the same from sources (lib/…) and from the bundle (dist/). */
export function projectRoot(): string {
  if (found) return found;
  let folder = import.meta.dirname ?? process.cwd();
  while (!existsSync(path.join(folder, 'prisma', 'migrations'))) {
    const parent = path.dirname(folder);
    if (parent === folder) return (found = process.cwd());
    folder = parent;
  }
  return (found = folder);
}
