import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';

/** The kernel takes 107 bytes for the address of a Unix socket, macOS 103. */
const LONGEST = 100;

/** Where the host's own socket to control is: in DATA_DIR, or in a private folder of the temporary one where that path would be too long. */
export function controlSocketPath(dataDir: string): string {
  const inside = path.join(dataDir, 'control.sock');
  if (Buffer.byteLength(inside) <= LONGEST) return inside;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return path.join(os.tmpdir(), `countersign-${process.getuid?.() ?? 0}-${name}`, 'control.sock');
}
