import { execFileSync } from 'node:child_process';
import { projectRoot } from '@/lib/project-root';
import type { Figure } from './figures';

/** Lines of columns, the first to the left and the others to the right. */
export function table(head: string[], rows: (string | number)[][]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  return cells.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ').trimEnd()).join('\n');
}

/** The bench's last line for machines: printed when `--json` was given. Exit code 1 when an aim was missed. */
export function finish(bench: string, figures: readonly Figure[], more: Record<string, unknown> = {}, ok = figures.every((figure) => figure.held !== false)): void {
  for (const figure of figures) if (figure.aim) console.log(`${figure.held ? 'held  ' : 'MISSED'}  ${figure.name}: ${figure.ratio !== undefined && figure.aim.includes('×') ? `${figure.ratio} ×` : `${figure.value} ${figure.unit}`} (aim ${figure.aim})`);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ bench, commit: commit(), rows: figures, ...more, ok }));
  process.exitCode = ok ? 0 : 1;
}

export function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: projectRoot(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

/** The value of `--name value`, as a number. */
export function numberOption(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  if (at < 0) return otherwise;
  const value = Number(process.argv[at + 1]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} takes a number.`);
  return value;
}

/** The value of `--name a,b,c`, as its parts. */
export function listOption(name: string, otherwise: readonly string[]): string[] {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? [...otherwise] : (process.argv[at + 1] ?? '').split(',').filter((part) => part !== '');
}
