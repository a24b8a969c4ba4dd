'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/field';
import { Glyph } from '@/components/ui/glyphs';
import { SentenceText } from '@/components/ui/sentence';
import { writeAsk, type QueueAsk } from './queue-address';
import type { Bulk } from './use-bulk';
import type { Chosen } from './use-chosen';
import type { ApprovalRow, BulkProgress } from './view';

type Props = { chosen: Chosen; ask: QueueAsk; total: number; at: string; may: { deny: boolean; approve: boolean }; bulk: Bulk };
/** What the server holds a word of approval to; it judges again, by the rows. */
const MOST_APPROVED = 20;

/** What may be done with all that is chosen. Deny is first and has no limit; approving is held to one kind, and names each. */
export function BulkBar({ chosen, ask, total, at, may, bulk }: Props) {
  const [asking, setAsking] = useState(false);
  if (bulk.progress) return <div className="bulk" role="group" aria-label="Deciding many"><Progress progress={bulk.progress} bulk={bulk} /></div>;
  const picked = [...chosen.picked.values()];
  const against = why(picked, chosen.all !== null, may.approve);
  const items = picked.map(({ id, digest }) => ({ id, digest }));
  const query = writeAsk(ask);
  const deny = () => void bulk.begin(chosen.all ? { verdict: 'deny', all: { query, until: chosen.all.until } } : { verdict: 'deny', items }).then((begun) => begun && chosen.clear());
  return (
    <div className="bulk" role="group" aria-label="Decide what is chosen">
      <p className="bulk-said" role="status">
        <b>{chosen.count === 0 ? 'None chosen.' : `${chosen.count.toLocaleString('en')} chosen.`}</b>{' '}
        {chosen.count === 0 ? 'Press x on a row, or its box.' : !chosen.all && total > chosen.count ? <button type="button" className="link reach" onClick={() => chosen.takeAll(total, at)}>{`Choose all ${total.toLocaleString('en')}`}</button> : null}
      </p>
      {bulk.refused && <p className="bulk-said" role="alert"><b>Nothing was decided.</b> {bulk.refused}</p>}
      <div className="bulk-acts">
        <Button tone="strong" disabled={chosen.count === 0 || bulk.sending} onClick={deny}>{bulk.sending ? <span className="spinner" /> : <Glyph name="denied" size={14} />}Deny{chosen.count > 0 && ` ${chosen.count.toLocaleString('en')}`}</Button>
        {may.approve && <Button tone="hand" disabled={chosen.count === 0 || against !== null || bulk.sending} onClick={() => setAsking(true)}>Approve{chosen.count > 0 && ` ${chosen.count.toLocaleString('en')}`} once</Button>}
        <Button tone="quiet" onClick={chosen.clear}>Leave</Button>
      </div>
      {chosen.count > 0 && may.approve && against && <p className="bulk-said quiet-text">{against}</p>}
      {asking && <ConfirmApproval picked={picked} bulk={bulk} onClose={() => setAsking(false)} onBegun={() => { setAsking(false); chosen.clear(); }} />}
    </div>
  );
}

/** Why these are not approved by one word; null when they may be. */
function why(picked: readonly ApprovalRow[], all: boolean, mayApprove: boolean): string | null {
  if (!mayApprove || picked.length === 0) return null;
  if (all || picked.length > MOST_APPROVED) return `At most ${MOST_APPROVED} are approved at once. Deny has no such limit.`;
  if (new Set(picked.map((row) => row.group ?? row.id)).size > 1) return 'Only requests of one agent, tool, rule and shape of arguments are approved together.';
  return picked.find((row) => row.alone !== null)?.alone ?? null;
}

/** Each by its sentence and digest, before the second key. */
function ConfirmApproval({ picked, bulk, onClose, onBegun }: { picked: readonly ApprovalRow[]; bulk: Bulk; onClose: () => void; onBegun: () => void }) {
  const [reason, setReason] = useState('');
  const sign = () => void bulk.begin({ verdict: 'approve', items: picked.map(({ id, digest }) => ({ id, digest })), ...(reason.trim() && { reason: reason.trim() }) }).then((begun) => (begun ? onBegun() : onClose()));
  return (
    <Dialog open onClose={onClose} title={picked.length === 1 ? 'You let this happen once.' : `You let these ${picked.length} happen, each once.`}>
      <ol className="bulk-list" tabIndex={0} aria-label="What you approve">
        {picked.map((row) => <li key={row.id}><SentenceText parts={row.title} /><code>{row.digest.slice(0, 8)}…{row.digest.slice(-8)}</code></li>)}
      </ol>
      <TextField label="Reason" rows={1} maxLength={2_000} value={reason} onChange={(event) => setReason(event.target.value)} hint="Goes on the record of each, under your name." />
      <div className="actions"><Button onClick={onClose}>Back</Button><Button tone="hand-fill" disabled={bulk.sending} onClick={sign}><Glyph name="approved" size={14} />Sign {picked.length === 1 ? 'it' : `all ${picked.length}`}</Button></div>
    </Dialog>
  );
}

function Progress({ progress, bulk }: { progress: BulkProgress; bulk: Bulk }) {
  const { verdict, state, total, position, recorded, failures } = progress;
  const done = verdict === 'deny' ? 'denied' : 'approved';
  const not = position - recorded;
  return (
    <>
      <p className="bulk-said" role="status">
        <b>{recorded.toLocaleString('en')} of {total.toLocaleString('en')} {done}.</b>{' '}
        {state === 'running' ? 'You can leave this page; it goes on.' : state === 'stalled' ? 'It has stopped moving: the process that did it may be gone. What is decided stays decided.' : state === 'left' && position < total ? `The other ${(total - position).toLocaleString('en')} go on waiting.` : not === 0 ? '' : null}
        {not > 0 && ` ${not.toLocaleString('en')} ${not === 1 ? 'was' : 'were'} not.`}
      </p>
      <progress className="bulk-bar" value={position} max={total} aria-label={`${position} of ${total} worked off`} />
      {failures.length > 0 && <details><summary className="link reach text-13">Which not, and why</summary><ul className="bulk-list" tabIndex={0} aria-label="What was not decided">{failures.slice(0, 50).map((one) => <li key={one.id}><a className="link" href={`/approvals/${one.id}`}>{one.id.slice(-6)}</a> {one.because}</li>)}</ul></details>}
      <div className="bulk-acts">
        {state === 'running' && <Button onClick={bulk.leave}>Stop here</Button>}
        {state === 'stalled' && <><Button tone="strong" onClick={bulk.goOn}>Go on</Button><Button onClick={bulk.leave}>Leave the rest waiting</Button></>}
        {(state === 'done' || state === 'left') && <Button onClick={bulk.close}>Close</Button>}
      </div>
      {bulk.refused && <p className="bulk-said" role="alert">{bulk.refused}</p>}
    </>
  );
}
