import { appendFileSync, closeSync, fdatasyncSync, openSync, readFileSync } from 'node:fs';

/** What an agent was told, or did. Whoever is told something may rely on it: all of it must be found again. */
export type Entry =
  | { kind: 'decided'; sessionId: string; requestId: string; actionId: string; decision: 'allow' | 'deny' | 'ask'; code: string; digest: string; approvalId?: string }
  | { kind: 'started' | 'redeemed' | 'finished' | 'effect'; sessionId: string; requestId: string; actionId: string };

/** A file of lines that are on the disk when `write` resolves; lines that come together leave together. */
export class Journal {
  private readonly file: number;
  private lines: string[] = [];
  private waiting: (() => void)[] = [];
  private scheduled = false;
  entries = 0;

  constructor(readonly path: string) { this.file = openSync(path, 'a', 0o600); }

  write(entry: Entry): Promise<void> {
    this.lines.push(`${JSON.stringify(entry)}\n`);
    this.entries += 1;
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  close(): void { closeSync(this.file); }

  private flush(): void {
    const [lines, waiting] = [this.lines, this.waiting];
    this.lines = [];
    this.waiting = [];
    this.scheduled = false;
    appendFileSync(this.file, lines.join(''));
    fdatasyncSync(this.file);
    for (const resolve of waiting) resolve();
  }
}

export function readJournal(path: string): Entry[] {
  return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
}
