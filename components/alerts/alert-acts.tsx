'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { closingWords } from './words';
import type { AlertDetail, AlertDone, CloseReason, HandleAlert, MuteAlert } from './view';

const hour = 60 * 60_000;
const times: readonly [words: string, ms: number][] = [['one hour', hour], ['eight hours', 8 * hour], ['a day', 24 * hour], ['a week', 7 * 24 * hour]];
const reasons = Object.keys(closingWords) as CloseReason[];

/** What a person does with an alert: acknowledge it, give it to somebody, close it with what it was, or mute its rule for the agent. */
export function AlertActs({ alert, handle, muting }: { alert: Pick<AlertDetail, 'id' | 'state' | 'mute' | 'rule' | 'agentName'>; handle?: HandleAlert; muting?: MuteAlert }) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const run = async (act: () => Promise<AlertDone>) => {
    setBusy(true);
    const result = await act().catch(() => ({ ok: false as const, because: 'The server did not answer. Look again before you repeat it.' }));
    setBusy(false);
    setWrong(result.ok ? undefined : result.because);
    router.refresh();
  };
  const { id, state, mute } = alert;
  const closed = state.kind === 'closed';
  const close = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const as = reasons.find((one) => one === form.get('as'));
    if (as) void run(() => handle!.close(id, as, String(form.get('note') ?? '')));
  };
  const silence = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void run(() => muting!.mute(id, Number(form.get('for')), String(form.get('why') ?? '')));
  };
  return (
    <section className="alert-acts" aria-label="What to do" aria-busy={busy}>
      {wrong && <p className="text-13" role="alert"><b>{wrong}</b></p>}
      {handle && !closed && (
        <>
          <div className="flex flex-wrap gap-2">
            {state.kind === 'open' && <Button tone="strong" disabled={busy} onClick={() => void run(() => handle.acknowledge(id))}>Acknowledge</Button>}
            {!(state.kind === 'assigned' && state.to.id === handle.me) && <Button disabled={busy} onClick={() => void run(() => handle.assign(id, handle.me))}>Assign to me</Button>}
          </div>
          <details>
            <summary>Close it</summary>
            <form onSubmit={close}>
              <fieldset className="grants"><legend>What was it?</legend>{reasons.map((one, index) => <label key={one} className="check"><input type="radio" name="as" value={one} required defaultChecked={index === 0} />{closingWords[one]}</label>)}</fieldset>
              <Field label="Note" name="note" maxLength={500} hint="Optional. What you say it was is what the detector and the rule are tuned by." />
              <div><Button type="submit" tone="strong" disabled={busy}>Close the alert</Button></div>
            </form>
          </details>
          {handle.people.length > 1 && (
            <details>
              <summary>Give it to somebody</summary>
              <form onSubmit={(event) => { event.preventDefault(); void run(() => handle.assign(id, String(new FormData(event.currentTarget).get('to')))); }}>
                <label className="field"><span>Person</span><select className="input" name="to" defaultValue={state.kind === 'assigned' ? state.to.id : handle.me}>{handle.people.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select></label>
                <div><Button type="submit" disabled={busy}>Assign</Button></div>
              </form>
            </details>
          )}
        </>
      )}
      {muting && mute && <div><Button disabled={busy} onClick={() => void run(() => muting.end(mute.id))}>End the mute</Button></div>}
      {muting && !mute && !closed && alert.agentName !== null && (
        <details>
          <summary>Mute this rule for {alert.agentName}</summary>
          <form onSubmit={silence}>
            <label className="field"><span>For</span><select className="input" name="for" defaultValue={hour}>{times.map(([words, ms]) => <option key={ms} value={ms}>{words}</option>)}</select></label>
            <Field label="Why" name="why" required maxLength={500} hint="Its alerts are gathered apart until then, and are open again afterwards. What the rule does at once it goes on doing." />
            <div><Button type="submit" disabled={busy}>Mute</Button></div>
          </form>
        </details>
      )}
    </section>
  );
}
