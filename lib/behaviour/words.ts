import type { Baseline, FigureName } from './schema';

/** The sentences that people read. Whatever an agent may have written in them is plain ASCII here, so that it can neither hide nor turn round. */

export const shown = (text: string): string => {
  const plain = text.replace(/[^\x20-\x7e]/g, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return plain.length <= 80 ? plain : `${plain.slice(0, 50)} … ${plain.slice(-20)}`;
};

export const whole = (value: number) => (Number.isFinite(value) ? (Math.abs(value) >= 1e15 ? value.toExponential(1) : Math.round(value).toLocaleString('en')) : String(value));
export const some = (value: number) => (Number.isInteger(value) ? whole(value) : Math.abs(value) >= 100 ? whole(value) : value.toPrecision(2));
export const times = (n: number, one: string) => `${whole(n)} ${one}${n === 1 ? '' : 's'}`;
const bytes = (n: number) => (n < 1_024 ? `${whole(n)} B` : n < 1_048_576 ? `${whole(n / 1_024)} KB` : `${(n / 1_048_576).toFixed(1)} MB`);
const span = (seconds: number) => (seconds < 120 ? `${whole(seconds)} s` : seconds < 7_200 ? `${whole(seconds / 60)} min` : `${whole(seconds / 3_600)} h`);

export const daysOf = ({ from, to }: Pick<Baseline, 'from' | 'to'>): number => Math.max(1, Math.ceil((Date.parse(to) - Date.parse(from)) / 86_400_000) || 1);
const ever = (baseline: Baseline) => `${times(baseline.calls, 'call')} over ${daysOf(baseline) === 1 ? 'a day' : `${daysOf(baseline)} days`}`;

export function figure(name: FigureName, value: number, usual: number): string {
  switch (name) {
    case 'calls': return `${times(value, 'call')} in this session, usually ${whole(usual)}.`;
    case 'denied': return `${times(value, 'call')} denied in this session, usually ${whole(usual)}.`;
    case 'perMinute': return `${times(value, 'call')} within a minute, usually ${whole(usual)} at most.`;
    case 'sent': return `${bytes(value)} of arguments in this session, usually ${bytes(usual)}.`;
    case 'read': return `${bytes(value)} of results in this session, usually ${bytes(usual)}.`;
    case 'said': return `${bytes(value)} of output in this session, usually ${bytes(usual)}.`;
    case 'records': return `${times(value, 'record')} read in this session, usually ${whole(usual)}.`;
    case 'tokens': return `${times(value, 'token')} used in this session, usually ${whole(usual)}.`;
    case 'costE4': return `This session costs ${(value / 10_000).toFixed(2)}, usually ${(usual / 10_000).toFixed(2)}.`;
    case 'seconds': return `This session runs for ${span(value)}, usually ${span(usual)}.`;
  }
}

export const firstTool = (tool: string, baseline: Baseline) => `${shown(tool)}: never called in ${ever(baseline)}.`;
export const neverSeen = (domain: string, baseline: Baseline) => `${shown(domain)}: never seen in ${ever(baseline)}.`;
export const neverSent = (domain: string, baseline: Baseline) => `never sent anything to ${shown(domain)} before (${ever(baseline)})`;
export const neverNamed = (domain: string, baseline: Baseline) => `never named ${shown(domain)} before (${ever(baseline)})`;
export const elsewhere = (domain: string, path: string, tool: string, calls: number) => `${shown(domain)}: never in ${shown(path)} of ${shown(tool)} in ${times(calls, 'call')}, only elsewhere.`;
export const toolCount = (tool: string, calls: number, usual: number) => `${times(calls, 'call')} of ${shown(tool)} in this session, usually ${whole(usual)}.`;

export function size(value: number, usual: number): string {
  const ratio = value / Math.max(1, usual);
  return `Size: ${ratio >= 10 ? whole(ratio) : ratio.toFixed(1)}× the median.`;
}

export const number = (path: string, value: number, usual: number) => `${shown(path)} is ${some(value)}, usually about ${some(usual)}.`;
export const order = (tool: string, before: string, n: number, of: number) => `${shown(tool)} ${before === '' ? 'as the first call' : `right after ${shown(before)}`}: ${whole(n)} of ${times(of, 'time')} before.`;
export const newField = (tool: string, path: string, calls: number) => `${shown(path)}: never given in ${times(calls, 'call')} of ${shown(tool)}.`;
export const otherKind = (path: string, kind: string, n: number) => `${shown(path)} is ${kind === 'text' ? 'a text' : kind === 'number' ? 'a number' : kind === 'flag' ? 'yes or no' : 'empty'}, which it was in none of ${times(n, 'call')}.`;
