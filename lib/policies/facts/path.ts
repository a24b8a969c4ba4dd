import { posix } from 'node:path';
import { boolType, longType, recordOf, setOf, stringType } from '../cedar/value-type';
import { fact, textsOf, unreadable, type FactReader } from './fact';

const mostPaths = 1_000;
const mostSegments = 64;

/**
 * File paths, resolved. `under` names every folder that holds all of them, `touches` every folder that holds any;
 * so "everything below /srv/docs" is `under.contains("/srv/docs")`. Links are not followed: the tool's server must do that.
 */
export const path: FactReader = {
  type: recordOf({ paths: setOf(stringType), under: setOf(stringType), touches: setOf(stringType), names: setOf(stringType), extensions: setOf(stringType), hidden: boolType, absolute: boolType, count: longType }),
  read(raw) {
    const texts = textsOf(raw, mostPaths);
    if (!texts) return unreadable('must be one or more file paths');
    const paths = new Set<string>();
    const names = new Set<string>();
    const extensions = new Set<string>();
    const touches = new Set<string>();
    let under: Set<string> | undefined;
    let hidden = false;
    let absolute = true;
    for (const text of texts) {
      const resolved = normalPath(text);
      if (!resolved.ok) return unreadable(resolved.message);
      const folders = holders(resolved.path);
      if (folders.length > mostSegments) return unreadable(`is deeper than ${mostSegments} folders`);
      const name = posix.basename(resolved.path);
      paths.add(resolved.path);
      names.add(name);
      extensions.add(posix.extname(name).slice(1).toLowerCase());
      hidden ||= resolved.path.split('/').some((part) => part.length > 1 && part.startsWith('.'));
      absolute &&= resolved.path.startsWith('/');
      for (const folder of folders) touches.add(folder);
      const shared = under;
      under = new Set(shared ? folders.filter((folder) => shared.has(folder)) : folders);
    }
    return fact({ paths: [...paths], under: [...(under ?? [])], touches: [...touches], names: [...names], extensions: [...extensions], hidden, absolute, count: paths.size });
  },
};

/** A POSIX path without `.`, `..`, doubled or trailing slashes; refuses what leaves its own root and what another program would decode or expand. */
export function normalPath(text: string): { ok: true; path: string } | { ok: false; message: string } {
  const refuse = (message: string) => ({ ok: false as const, message });
  if (text.length === 0 || text.length > 4_096) return refuse('is empty or longer than 4,096 characters');
   
  if (/[\u0000-\u001f\u007f]/.test(text)) return refuse('holds control characters');
  if (/%[0-9a-f]{2}/i.test(text)) return refuse('is percent-encoded; write it plainly');
  if (text.includes('\\')) return refuse('holds a backslash; separate folders with "/"');
  if (text.startsWith('~')) return refuse('starts with "~"; write the full path');
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return refuse('is an address or names a drive, not a path');
  const normal = posix.normalize(text);
  if (normal === '..' || normal.startsWith('../')) return refuse('leads out of its own folder');
  const trimmed = normal.replace(/^\/+/, '/');
  return { ok: true, path: trimmed.length > 1 ? trimmed.replace(/\/$/, '') : trimmed };
}

function holders(resolved: string): string[] {
  const found: string[] = [resolved];
  for (let folder = posix.dirname(resolved); folder !== found.at(-1) && folder !== '.'; folder = posix.dirname(folder)) found.push(folder);
  return found;
}
