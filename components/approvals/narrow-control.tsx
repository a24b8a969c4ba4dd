'use client';

import { useId } from 'react';
import { Field } from '@/components/ui/field';
import { VisibleText } from '@/components/ui/visible';
import type { ArgumentEdit } from '@/lib/narrowing/schema';
import type { Change, NarrowField } from './narrow-view';

/** What was done to one field: members taken out by their places, another text, or all of it left out. */
type Touch = { out?: readonly number[]; text?: string; removed?: boolean };
export type Touched = Readonly<Record<string, Touch | undefined>>;

/** The change that the form stands for. */
export function changeOf(fields: readonly NarrowField[], touched: Touched, raw: string | null): { ok: true; value: Change } | { ok: false; path: string; because: string } {
  if (raw !== null) {
    try {
      const args: unknown = JSON.parse(raw);
      if (typeof args === 'object' && args !== null && !Array.isArray(args)) return { ok: true, value: { args: args as Record<string, unknown> } };
    } catch { /* Said below. */ }
    return { ok: false, path: '', because: 'This is not a JSON object, such as {"to": "ada@example.org"}.' };
  }
  const edits: ArgumentEdit[] = [];
  for (const field of fields) {
    const touch = touched[field.path];
    if (!touch) continue;
    const { path } = field;
    if (touch.removed) edits.push({ kind: 'remove', path });
    else if (field.kind === 'list' && touch.out && touch.out.length > 0) edits.push({ kind: 'keep', path, members: field.members.flatMap((_, index) => (touch.out!.includes(index) ? [] : [index])) });
    else if (field.kind === 'path' && touch.text !== undefined && touch.text !== field.text) edits.push({ kind: 'set', path, value: touch.text });
    else if (field.kind === 'amount' && touch.text !== undefined && touch.text.trim() !== field.amount) {
      const amount = touch.text.trim().replace(',', '.');
      // 1,000 may be a thousand as well as one: who wrote it is asked, not guessed.
      if (/,\d{3}$/.test(touch.text.trim()) || !/^\d{1,15}(?:\.\d{1,4})?$/.test(amount)) return { ok: false, path, because: `Write a plain amount, such as ${field.amount}.` };
      edits.push({ kind: 'set', path, value: field.form === 'number' ? Number(amount) : field.form === 'text' ? (field.currency ? `${amount} ${field.currency}` : amount) : { ...(field.whole as object), amount } });
    }
  }
  return edits.length > 0 ? { ok: true, value: { edits } } : { ok: false, path: '', because: 'Nothing is taken away yet.' };
}

/** One argument, with what may be taken from it. */
export function NarrowControl({ field, touched = {}, wrong, onTouch }: { field: NarrowField; touched: Touch | undefined; wrong: string | undefined; onTouch: (next: Touch) => void }) {
  const id = useId();
  const { removed = false, out = [] } = touched;
  return (
    <fieldset className="narrow-field" aria-describedby={`${id}-wrong`}>
      <legend><VisibleText text={field.name} /></legend>
      {field.kind === 'list' && !removed && (
        <ul>
          {field.members.map((member, index) => (
            <li key={index}><label className="narrow-member" data-out={out.includes(index) || undefined}>
              <input type="checkbox" checked={!out.includes(index)} onChange={() => onTouch({ ...touched, out: out.includes(index) ? out.filter((one) => one !== index) : [...out, index] })} /><span><VisibleText text={member} /></span>
            </label></li>
          ))}
        </ul>
      )}
      {field.kind === 'amount' && !removed && <Field label={field.currency ? `Amount in ${field.currency}, at most ${field.amount}` : `At most ${field.amount}`} inputMode="decimal" value={touched.text ?? field.amount} onChange={(event) => onTouch({ ...touched, text: event.target.value })} />}
      {field.kind === 'path' && !removed && <Field label="This path, or one within it" className="input mono" spellCheck={false} value={touched.text ?? field.text} onChange={(event) => onTouch({ ...touched, text: event.target.value })} />}
      {field.kind === 'fixed' && !removed && <p className="narrow-value"><VisibleText text={field.text.length > 300 ? `${field.text.slice(0, 220)} … ${field.text.slice(-60)}` : field.text} /></p>}
      {field.removable && <label className="narrow-member"><input type="checkbox" checked={removed} onChange={() => onTouch({ ...touched, removed: !removed })} /><span>Leave “<VisibleText text={field.name} />” out</span></label>}
      {field.kind === 'fixed' && !field.removable && <p className="hint">The tool declares nothing less for it.</p>}
      <p id={`${id}-wrong`} className={wrong ? 'narrow-wrong' : 'live-region'} role={wrong ? 'alert' : undefined}>{wrong && `It ${wrong}`}</p>
    </fieldset>
  );
}
