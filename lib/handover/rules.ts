import { replaceUnseen } from '@/lib/unseen-characters';
import type { ShiftFacts } from './schema';

/** As long as a note may be; a record of every decision is in the log. */
export const MOST_TEXT = 12_000;

/** A shift without a note before it is taken to have begun so long ago; one with, where that note's draft ended, unless it is longer ago than a day. */
const USUAL_HOURS = 8;
const HOUR = 60 * 60_000;

/** Since when a new note should speak. */
export function shiftBegin(lastDraftedAt: Date | null, now: Date): Date {
  if (lastDraftedAt && now.getTime() - lastDraftedAt.getTime() < 24 * HOUR && lastDraftedAt < now) return lastDraftedAt;
  return new Date(now.getTime() - USUAL_HOURS * HOUR);
}

/** Until when a note's draft looked: a note has the id of its draft, which says when it was made (the first 48 bits of a UUID 7). What happened while it was written is in no note yet. Never outside its shift, whatever a caller made up for an id. */
export function draftedAt({ id, from, to }: { id: string; from: string; to: string }): Date {
  const made = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return new Date(Math.min(Date.parse(to), Math.max(Date.parse(from), made)));
}

/** The product's draft, in Markdown, for a person to make theirs. Foreign text stands on one line, with what cannot be seen spelt out. */
export function draftNote(facts: ShiftFacts): string {
  const drafts = [15, 8, 4, 2].map((most) => () => draftOf(facts, most));
  for (const draft of drafts) {
    const text = draft();
    if (text.length <= MOST_TEXT - ROOM) return text;
  }
  return draftOf(facts, 1);
}

/** What is left for the person's own words, in characters. */
const ROOM = 3_000;

/** The same with no more than so many lines of each. */
function draftOf(facts: ShiftFacts, most: number): string {
  const { waiting, decided, unseen, orders, alerts } = facts;
  const parts: string[] = [`# Shift from ${sayTime(facts.from)} to ${sayTime(facts.to)} UTC`];
  parts.push(section(`Waiting: ${waiting.count}${facts.escalated > 0 ? `, ${facts.escalated} escalated` : ''}`, waiting.first.slice(0, most).map((one) => `${plain(one.title)} (${plain(one.agent)}, ${one.risk}, to be decided by ${sayTime(one.decideBy)}${one.signed > 0 ? `, ${one.signed} signed` : ''}${one.escalated ? ', escalated' : ''})`), waiting.count));
  parts.push(section(`Decided: ${decided.count}`, [
    ...decided.by.slice(0, most).map((one) => `${plain(one.name)}: ${one.approved} approved, ${one.denied} denied`),
    ...decided.last.slice(0, most).map((one) => `${one.verdict === 'approve' ? 'Approved' : 'Denied'}: ${plain(one.title)} (${plain(one.agent)}), by ${plain(one.by)}${one.reason ? `: ${plain(one.reason)}` : ''}`),
  ], decided.by.length + decided.count));
  parts.push(section(`Ran out unseen: ${unseen.count}`, unseen.first.slice(0, most).map((one) => `${plain(one.title)} (${plain(one.agent)}, ${sayTime(one.at)})`), unseen.count));
  parts.push(section(`Stopped or paused: ${orders.length}`, orders.slice(0, most).map((one) => `${plain(one.what)} is ${one.kind === 'pause' ? 'paused' : 'stopped'} since ${sayTime(one.since)}${one.reason ? `: ${plain(one.reason)}` : ''}`), orders.length));
  parts.push(section(`Open alerts: ${alerts.count}`, alerts.first.slice(0, most).map((one) => `${plain(one.title)}, ${one.severity}${one.agent ? `, ${plain(one.agent)}` : ''}`), alerts.count));
  parts.push('## To know\n- ');
  return parts.join('\n\n');
}

const section = (title: string, lines: string[], of: number) => [`## ${title}`, ...lines.map((line) => `- ${line}`), ...(of > lines.length && lines.length > 0 ? [`- and ${of - lines.length} more`] : [])].join('\n');

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number) => String(n).padStart(2, '0');
/** "26 Nov 06:00" */
export function sayTime(at: string): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

const KEPT = 160;

/** One line, nothing invisible in it, and long ones without their middle: how something ends is where it leads. */
export function plain(text: string): string {
  const head = text.length > 4_000 ? `${text.slice(0, 2_000)}${text.slice(-2_000)}` : text;
  const line = replaceUnseen(head.replaceAll(/[\n\r\t\u2028\u2029]+/gu, ' '), (one) => `[U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
  const all = [...line];
  return all.length <= KEPT ? line : `${all.slice(0, KEPT - 50).join('')} … ${all.slice(-40).join('')}`;
}

export type NoteBlock = { kind: 'heading' | 'item' | 'text'; text: string };

/** A note as it is drawn: headings, items and lines of text, and of Markdown nothing else: no link, no picture, no HTML. */
export function noteBlocks(text: string): NoteBlock[] {
  return text.split(/\r\n|\r|\n/).flatMap((line): NoteBlock[] => {
    const heading = /^#{1,6} (.*)$/u.exec(line);
    if (heading) return [{ kind: 'heading', text: heading[1]! }];
    const item = /^[-*] (.*)$/u.exec(line);
    if (item) return item[1]!.trim() === '' ? [] : [{ kind: 'item', text: item[1]! }];
    return line.trim() === '' ? [] : [{ kind: 'text', text: line }];
  });
}

/** What a list says of a note: its first line that is neither a heading nor empty. */
export const noteSummary = (text: string): string => {
  const first = noteBlocks(text).find((block) => block.kind !== 'heading');
  return first ? plain(first.text) : '';
};
