'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Field } from '@/components/ui/field';
import { Seal } from '@/components/ui/glyphs';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { ProofForm, type ProofKind } from './proof-form';
import { CodesOnce } from './codes-once';
import type { Answer, Enrolment, Result, TotpView } from './view';

type Props = {
  totp: TotpView; proof: ProofKind;
  enrol: (proof: string) => Promise<Answer<Enrolment>>; confirm: (code: string) => Promise<Answer<{ codes: string[] | null }>>; remove: (proof: string) => Promise<Result>;
};
type At = { at: 'rest' } | { at: 'proof'; of: 'enrol' | 'remove' } | { at: 'confirm'; enrolment: Enrolment } | { at: 'codes'; codes: string[] };

/** The one-time password: set up, in use, removed. */
export function TotpSection({ totp, proof, enrol, confirm, remove }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [state, setState] = useState<At>({ at: 'rest' });
  const rest = () => setState({ at: 'rest' });
  const begin = async (typed: string) => {
    const made = await enrol(typed);
    if (!made.ok) return made.because;
    setState({ at: 'confirm', enrolment: made.value });
  };
  const end = async (typed: string) => {
    const result = await remove(typed);
    if (!result.ok) return result.because;
    rest();
    toast({ glyph: 'done', title: 'The one-time password is removed.', second: 'Your password alone signs you in.' });
    router.refresh();
  };
  const on = (codes: string[] | null) => {
    if (codes) setState({ at: 'codes', codes }); else rest();
    toast({ glyph: 'done', title: 'The one-time password is on.', second: 'It is asked for at your next sign-in.' });
    router.refresh();
  };
  return (
    <section className="factor">
      <h2 className="!text-text">One-time password</h2>
      {totp.kind === 'on'
        ? <p className="factor-state"><Seal name="verified" tone="ok" /><span><b>On</b> since {sayDay(totp.since)}. A code from your app is asked for after the password.</span></p>
        : state.at !== 'confirm' && <p className="body">A code from an app on your phone, asked for after the password. Whoever learns your password alone does not get in.</p>}
      {state.at === 'rest' && (totp.kind === 'on'
        ? <Button onClick={() => setState({ at: 'proof', of: 'remove' })}>Remove the one-time password</Button>
        : <Button onClick={() => setState({ at: 'proof', of: 'enrol' })}>Set up a one-time password</Button>)}
      {state.at === 'proof' && <ProofForm kind={proof} act={state.of === 'enrol' ? 'Show the code to scan' : 'Remove it'} send={state.of === 'enrol' ? begin : end} leave={rest} />}
      {state.at === 'confirm' && <Confirm enrolment={state.enrolment} confirm={confirm} on={on} leave={rest} />}
      <CodesOnce codes={state.at === 'codes' ? state.codes : null} onDone={rest} />
    </section>
  );
}

function Confirm({ enrolment, confirm, on, leave }: { enrolment: Enrolment; confirm: Props['confirm']; on: (codes: string[] | null) => void; leave: () => void }) {
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const result = await confirm(String(new FormData(event.currentTarget).get('code'))).catch((): Answer<never> => ({ ok: false, because: 'The server did not answer.' }));
    setBusy(false);
    if (result.ok) on(result.value.codes); else setWrong(result.because);
  };
  const spaced = enrolment.secret.replace(/(.{4})(?=.)/g, '$1 ');
  return (
    <div className="enrol">
      <svg className="qr" viewBox={`0 0 ${enrolment.qr.size} ${enrolment.qr.size}`} shapeRendering="crispEdges" role="img" aria-label="The secret as a QR code, for an authenticator app"><path d={enrolment.qr.path} /></svg>
      <div className="grid gap-4">
        <div className="text-13 grid gap-1">
          <span>Scan this with an authenticator app, or type the secret into it. It is shown this once.</span>
          <span className="flex flex-wrap items-center gap-2"><code className="mono" data-secret>{spaced}</code><CopyButton text={enrolment.secret} /></span>
        </div>
        <form onSubmit={(event) => void submit(event)} aria-busy={busy}>
          <Field label="First code from the app" name="code" autoComplete="one-time-code" inputMode="numeric" maxLength={12} required spellCheck={false} className="input mono" autoFocus hint="Nothing changes until this is right." wrong={wrong} />
          <div className="actions"><Button onClick={leave}>Leave it as it is</Button><Button type="submit" tone="strong" disabled={busy}>Turn it on</Button></div>
        </form>
      </div>
    </div>
  );
}
