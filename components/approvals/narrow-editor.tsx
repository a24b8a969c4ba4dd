'use client';

import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { StepUp } from '@/components/access/step-up';
import { useStepUp } from '@/components/access/use-step-up';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';
import { Difference } from './changed-arguments';
import { changeOf, NarrowControl, type Touched } from './narrow-control';
import type { NarrowActions, NarrowView, PreviewView } from './narrow-view';
import './narrow.css';
import type { BeginApproval, Decide, DecideResult, DecisionView } from './view';

type Props = { view: DecisionView; decide: Decide; begin: BeginApproval; narrow: NarrowActions; onClose: () => void; onDone: () => void; onAnswer: (answer: DecideResult) => void };
type Wrong = { because: string; issues: readonly { path: string; message: string }[] };

/** Takes from what was asked, argument by argument, and shows what comes of it before it is signed. Anything else is a replacement, and said to be one. */
export function NarrowEditor({ view, decide, begin, narrow, onClose, onDone, onAnswer }: Props) {
  const toast = useToast();
  const says = useId();
  const [read, setRead] = useState<NarrowView | { failed: string } | null>(null);
  const [touched, setTouched] = useState<Touched>({});
  const [raw, setRaw] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState<PreviewView | null>(null);
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const [busy, setBusy] = useState(false);
  // The page gives these anew whenever it draws itself; what is being edited stays.
  const actions = useRef(narrow);
  useEffect(() => {
    let here = true;
    void actions.current.read(view.id).then((answer) => here && setRead(answer.ok ? answer.value : { failed: answer.error.message }), () => here && setRead({ failed: 'The server did not answer.' }));
    return () => { here = false; };
  }, [view.id]);

  const fields = read && 'fields' in read ? read.fields : [];
  // What was read here is what is changed, whatever the card behind it shows by now.
  const digest = read && 'digest' in read ? read.digest : view.digest;
  const change = changeOf(fields, touched, raw);
  const asked = change.ok ? JSON.stringify(change.value) : '';
  const key = useStepUp(useCallback(() => begin({ approvalId: view.id, digest, ...(JSON.parse(asked || '{}') as object) }), [asked, begin, digest, view.id]));
  const edit = (work: () => void) => { work(); setPreview(null); setWrong(null); };
  const reasonMissing = preview?.kind === 'narrowing' && view.may.approve && view.may.reasonRequired && reason.trim() === '';

  const look = async () => {
    if (!change.ok) return setWrong({ because: change.because, issues: [{ path: change.path, message: change.because }] });
    setBusy(true);
    const answer = await narrow.preview({ approvalId: view.id, digest, ...change.value }).catch(() => ({ ok: false as const, error: { message: 'The server did not answer.' } }));
    setBusy(false);
    if (!answer.ok) return setWrong({ because: answer.error.message, issues: ('issues' in answer.error ? (answer.error.issues ?? []) : []).map(toField) });
    setPreview(answer.value);
    if (answer.value.refused) setWrong({ because: answer.value.refused.because, issues: answer.value.refused.issues });
  };
  const send = async () => {
    if (!change.ok || !preview) return;
    setBusy(true);
    const signed = preview.kind === 'narrowing' && view.may.approve && view.may.stepUp ? await key.sign() : undefined;
    if (signed === null) return setBusy(false);
    const input = { approvalId: view.id, digest, verdict: 'approve' as const, ...change.value, ...(reason.trim() && { reason: reason.trim() }), ...(signed && { stepUp: signed }) };
    const answer = await decide(input).catch((): DecideResult => ({ kind: 'unavailable', because: 'The server did not answer.' }));
    setBusy(false);
    if (answer.kind === 'recorded') {
      toast(preview.kind === 'narrowing' ? { glyph: 'approved', title: 'Narrowed, and signed by you.', second: 'The agent may do what is left, once, when all have signed.' } : { glyph: 'asked', title: 'Replaced. It waits for somebody else.', second: 'You wrote these arguments, so your signature does not count.' });
      return onDone();
    }
    if (answer.kind === 'refused') return setWrong({ because: answer.because, issues: (answer.issues ?? []).map(toField) });
    if (answer.kind === 'unavailable') return setWrong({ because: answer.because, issues: [] });
    onAnswer(answer);
  };

  const issueAt = (path: string) => wrong?.issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}/`))?.message;
  const known = wrong?.issues.some((issue) => fields.some(({ path }) => issue.path === path || issue.path.startsWith(`${path}/`)));
  return (
    <Dialog open onClose={onClose} title="Narrow the arguments" className="narrow">
      <p className="body" id={says}>Take away from what was asked. The rules are asked again about what is left, and with that you sign it. Signatures given before fall.</p>
      {read === null && <p className="body" role="status">Reading the arguments…</p>}
      {read && 'failed' in read && <p className="narrow-wrong" role="alert">{read.failed}</p>}
      {read && 'fields' in read && (
        <form aria-describedby={says} onSubmit={(event) => { event.preventDefault(); void (preview && !wrong ? (reasonMissing ? undefined : send()) : look()); }}>
          {raw === null
            ? <div className="narrow-fields">{fields.map((field) => <NarrowControl key={field.path} field={field} touched={touched[field.path]} wrong={issueAt(field.path)} onTouch={(next) => edit(() => setTouched({ ...touched, [field.path]: next }))} />)}</div>
            : <TextField label="All arguments, as JSON" className="input mono" rows={10} spellCheck={false} value={raw} onChange={(event) => edit(() => setRaw(event.target.value))} hint="What this changes beyond narrowing makes you its author: your signature will not count, and somebody else has to approve." {...(wrong && !known && { wrong: wrong.because })} />}
          {read.raw !== null
            ? <button type="button" className="link text-13 narrow-turn" onClick={() => edit(() => setRaw(raw === null ? read.raw : null))}>{raw === null ? 'Replace them instead, as JSON' : 'Back to narrowing'}</button>
            : <p className="text-12 text-text-3 narrow-turn">Some of it is hidden as a secret, and nobody replaces what they cannot see: it can only be narrowed.</p>}
          {preview && !wrong && <Outcome preview={preview} />}
          {wrong && (raw === null || known) && <p className="narrow-wrong" role="alert">{preview?.refused ? `With this the rules refuse it: ${wrong.because}` : wrong.because}</p>}
          {preview?.kind === 'narrowing' && !wrong && view.may.approve && view.may.reasonRequired && <TextField label="Reason" rows={1} maxLength={2_000} value={reason} onChange={(event) => setReason(event.target.value)} hint="This route asks for one. It goes on the record, under your name." />}
          <StepUp state={key.state} signing="what is left" onAgain={() => void send()} onLeave={key.leave} byCode={{ turn: key.turnToCode, give: key.giveCode }} />
          <div className="actions">
            <Button onClick={onClose}>Leave it as it is</Button>
            {preview && !wrong && preview.kind !== 'same'
              ? <Button type="submit" tone={preview.kind === 'narrowing' ? 'hand-fill' : 'strong'} disabled={busy || key.busy || reasonMissing}>{preview.kind === 'narrowing' ? 'Narrow and sign' : 'Replace, for others to approve'}</Button>
              : <Button type="submit" tone="strong" disabled={busy}>{busy ? <span className="spinner" /> : null}See what changes</Button>}
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** A path of the arguments as the wire has them, as one of the fields. */
const toField = ({ path, message }: { path: string; message: string }) => ({ path: path.replace(/^\/args/, ''), message });

function Outcome({ preview }: { preview: PreviewView }) {
  if (preview.kind === 'same') return <p className="body" role="status">Nothing differs from what was asked.</p>;
  return (
    <section className="narrow-outcome" role="status" aria-label="What changes">
      <Difference items={preview.difference} />
      <p><b>{preview.kind === 'narrowing' ? 'This is a narrowing. You sign what is left.' : 'This is a replacement. You become its author, and your signature does not count: somebody else has to approve.'}</b>{preview.asksNow && ` The rules ask others about it: ${preview.asksNow}.`}</p>
    </section>
  );
}
