import type { KeySet } from '@/lib/protocol/ed25519-key';
import { verifyCheckpoint } from './checkpoint-rules';
import type { Finding } from './verify-findings';

/** Checkpoints that somebody kept outside the database: hashes by index. */
export type Anchor = { hashes: Map<number, string>; last: number | undefined; findings: Finding[] };

/** Reads an anchor file: a checkpoint a line, as the compact JWS itself or as an object with it under `jws`. */
export function readAnchor(text: string, keys: KeySet | undefined): Anchor {
  const anchor: Anchor = { hashes: new Map(), last: undefined, findings: [] };
  text.split(/\r?\n/).forEach((line, at) => {
    if (line.trim() === '') return;
    const jws = jwsOf(line.trim());
    const result = jws === undefined ? undefined : verifyCheckpoint(jws, keys);
    if (!result) anchor.findings.push({ kind: 'anchor_unreadable', line: at + 1 });
    else if (!result.ok) anchor.findings.push({ kind: 'anchor_forged', line: at + 1, reason: result.reason });
    else {
      const { index } = result.checkpoint;
      if ((anchor.hashes.get(index) ?? result.hash) !== result.hash) anchor.findings.push({ kind: 'anchor_differs', index });
      anchor.hashes.set(index, result.hash);
      anchor.last = Math.max(anchor.last ?? 0, index);
    }
  });
  return anchor;
}

function jwsOf(line: string): string | undefined {
  if (!line.startsWith('{')) return line;
  try {
    const { jws } = JSON.parse(line) as { jws?: unknown };
    return typeof jws === 'string' ? jws : undefined;
  } catch {
    return undefined;
  }
}
