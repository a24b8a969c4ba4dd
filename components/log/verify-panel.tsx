'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Seal } from '@/components/ui/glyphs';
import { VisibleText } from '@/components/ui/visible';
import type { Verify, VerifyState } from './view';

/** Whether the chain holds, as far as this server can say of itself, and how to check it without this server. */
export function VerifyPanel({ state, verify, exportHref }: { state: VerifyState; verify: Verify; exportHref?: string }) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const running = busy || state.kind === 'running';
  const run = async () => {
    setBusy(true);
    const result = await verify().catch(() => ({ ok: false as const, because: 'The server did not answer. Nothing was checked.' }));
    setBusy(false);
    setWrong(result.ok ? undefined : result.because);
    router.refresh();
  };
  return (
    <div className="verify">
      <div className="verify-state" role="status">
        <Seal name={state.kind === 'holds' ? 'verified' : state.kind === 'broken' ? 'broken' : 'todo'} size={24} tone={state.kind === 'holds' ? 'ok' : 'text'} />
        <div><Words state={state} /></div>
      </div>
      {state.kind === 'broken' && <ul className="findings">{state.findings.slice(0, 50).map((finding, index) => <li key={index}><VisibleText text={finding} /></li>)}{state.findings.length > 50 && <li>and {(state.findings.length - 50).toLocaleString('en')} more.</li>}</ul>}
      {wrong && <p className="text-13 font-medium" role="alert">{wrong}</p>}
      <div className="flex flex-wrap gap-2">
        <Button disabled={running} onClick={() => void run()}>{running && <span className="spinner" />}{running ? 'Checking every hash…' : 'Verify the log'}</Button>
        {exportHref && <a className="button" data-tone="quiet" href={exportHref} download>Export with proof</a>}
      </div>
      <details><summary className="link reach text-12">Check it without this server</summary><p className="text-12 text-text-3 my-2">A server that was taken over can say anything. Take the export and a key that was kept elsewhere:</p><CodeLine command="npx countersign verify export.ndjson --key checkpoint.pub" /></details>
    </div>
  );
}

function Words({ state }: { state: VerifyState }) {
  switch (state.kind) {
    case 'never': return <><b>Not checked since it started.</b><p>Every event carries the hash of the one before.</p></>;
    case 'running': return <><b>Checking.</b><p>You can leave this page.</p></>;
    case 'holds': return <><b className="text-ok-text">It holds.</b><p>{state.events.toLocaleString('en')} events in {state.streams.toLocaleString('en')} streams follow from each other, up to checkpoint {state.checkpoint}, signed by <span className="mono">{state.keyId.slice(0, 12)}</span>. Checked <Ago at={state.at} /> ago.</p></>;
    case 'broken': return <><b>It does not hold.</b><p>{state.findings.length === 1 ? 'One thing is wrong' : `${state.findings.length} things are wrong`} in {state.events.toLocaleString('en')} events, found <Ago at={state.at} /> ago:</p></>;
  }
}
