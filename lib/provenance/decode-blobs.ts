import { OffsetsBuilder } from './offsets';
import type { Rewritten, Via } from './rewrite';

const RUN = /[A-Za-z0-9+/_-]{11,}={0,2}|(?:[0-9A-Fa-f]{2}[ :,-]){7,4096}[0-9A-Fa-f]{2}/g;
/** A word, written large, small or with a capital: nothing that is encoded looks like it. */
const WORD = /^(?:[A-Z]?[a-z]+|[A-Z]+)$/;
const HEX = /^(?:0x)?[0-9A-Fa-f]+$/;
const SPACED = /^(?:[0-9A-Fa-f]{2}[ :,-]){2}/;
 
const READABLE = /[^\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]{8,}/g;
const WRAP = /^\r?\n[ \t]{0,8}$/;
const MOST_RUNS = 4_000;

/** So few are texts of their own, so that each can be found as a whole; more are one, a line each. */
const FEW = 4;

/**
 * The readable texts inside base64 (also for URLs, also wrapped in lines) and hexadecimal digits. What stands before such a run and looks
 * like part of it hides nothing: it is read from each of the places where it could begin.
 */
export function decodeBlobs(text: string): Rewritten[] {
  const pieces = runsOf(text).flatMap(({ run, from, to }) => readRun(run).map((piece) => ({ ...piece, from, to })));
  if (pieces.length <= FEW) {
    return pieces.map(({ text: piece, via, from, to }) => {
      const offsets = new OffsetsBuilder();
      offsets.add(piece.length, from, to);
      return { text: piece, offsets: offsets.done(), via };
    });
  }
  const offsets = new OffsetsBuilder();
  for (const { text: piece, from, to } of pieces) {
    offsets.add(piece.length, from, to);
    offsets.add(1, to, to);
  }
  return [{ text: pieces.map((piece) => `${piece.text}\n`).join(''), offsets: offsets.done(), via: pieces[0]!.via }];
}

type Run = { run: string; from: number; to: number };

/** Runs that could be encoded; lines of one that was wrapped are one. */
function runsOf(text: string): Run[] {
  const runs: (Run & { lines?: string[] })[] = [];
  RUN.lastIndex = 0;
  for (let match = RUN.exec(text); match !== null && runs.length < MOST_RUNS; match = RUN.exec(text)) {
    const [run] = match;
    const before = runs.at(-1);
    if (before && before.to - before.from >= 40 && match.index - before.to <= 10 && WRAP.test(text.slice(before.to, match.index))) {
      (before.lines ??= [before.run]).push(run);
      before.to = match.index + run.length;
    } else if (!WORD.test(run)) runs.push({ run, from: match.index, to: match.index + run.length });
  }
  return runs.map(({ run, lines, from, to }) => ({ run: lines ? lines.join('') : run, from, to }));
}

type Read = { text: string; via: Via };

function readRun(run: string): Read[] {
  const digits = SPACED.test(run) ? run.replace(/[^0-9A-Fa-f]/g, '') : HEX.test(run) ? run.replace(/^0x/, '') : undefined;
  if (digits !== undefined) {
    const texts = readFrom(digits.length, 2, (from) => Buffer.from(digits.slice(from), 'hex'));
    if (texts.length > 0) return texts.map((text) => ({ text, via: 'hex' }));
  }
  const texts = readFrom(run.length, 4, (from) => Buffer.from(run.slice(from), 'base64'));
  // The last step of a path is often a run of its own.
  const step = run.slice(run.lastIndexOf('/') + 1);
  if (step.length < run.length && step.length >= 11) {
    const whole = bytesToRead(Buffer.from(step, 'base64'));
    if (whole.match(READABLE)?.[0] === whole && !texts.includes(whole)) texts.push(whole);
  }
  return texts.map((text) => ({ text, via: 'base64' }));
}

/** What is readable of the bytes, from the first beginning at which nearly all of them are, else from each. */
function readFrom(length: number, beginnings: number, bytesFrom: (beginning: number) => Buffer): string[] {
  const found: string[] = [];
  for (let beginning = 0; beginning < Math.min(beginnings, length); beginning++) {
    const decoded = bytesToRead(bytesFrom(beginning));
    const readable = decoded.match(READABLE) ?? [];
    if (decoded.length >= 8 && readable.reduce((sum, piece) => sum + piece.length, 0) >= decoded.length * 0.9) return [...readable];
    found.push(...readable);
  }
  return found;
}

/** UTF-8, or UTF-16 where many bytes are nought, as they are in what some shells take. */
function bytesToRead(bytes: Buffer): string {
  let noughts = 0;
  for (const byte of bytes) if (byte === 0) noughts += 1;
  return bytes.toString(noughts * 10 >= bytes.length ? 'utf16le' : 'utf8');
}
