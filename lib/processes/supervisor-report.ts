import path from 'node:path';

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const dim = (text: string) => (colour ? `\u001b[2m${text}\u001b[0m` : text);
const strong = (text: string) => (colour ? `\u001b[1m${text}\u001b[0m` : text);

const print = (line = '') => process.stdout.write(`${line}\n`);

/** `0.4 s`, as a person says it. */
export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export function reportHeader(version: string, environment: string): void {
  print(`\n${strong('Countersign')} ${version}${dim(` · ${environment}`)}\n`);
}

/** One aligned line of the start-up: what, how it stands, how long it took. */
export function reportLine(what: string, how: string, tookMs?: number): void {
  print(`  ${what.padEnd(10)} ${tookMs === undefined ? how : `${how.padEnd(52)} ${dim(seconds(tookMs))}`}`);
}

export function reportAddress(publicUrl: string, logFolder: string, tookMs: number): void {
  const logs = path.relative(process.cwd(), logFolder);
  print(`\n  Open ${strong(publicUrl)}\n  ${dim(`Started in ${seconds(tookMs)} · logs in ${logs.startsWith('..') ? logFolder : logs} · stop with Ctrl-C`)}\n`);
}

/** Something happened after the start. */
export function reportEvent(text: string): void {
  print(`  ${dim(new Date().toTimeString().slice(0, 8))} ${text}`);
}

export const reportPlain = print;
