'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { VisibleText } from '@/components/ui/visible';
import { sayClock } from '@/components/ui/say-time';
import type { DumpView } from '@/lib/dumps/schema';

export type LoadDump = () => Promise<{ ok: true; text: string; hidden: number } | { ok: false; because: string }>;

/** That what a stopped session was is kept, from when, and the way to read it. */
export function SessionDump({ dump, erased, load }: { dump: DumpView; /** Its texts are gone meanwhile, or about to be. */ erased: boolean; /** Absent where the person may not read texts. */ load?: LoadDump }) {
  const [open, setOpen] = useState(false);
  const [read, setRead] = useState<Awaited<ReturnType<LoadDump>>>();
  const show = async () => {
    setOpen(true);
    setRead(undefined);
    setRead(await load?.().catch(() => ({ ok: false as const, because: 'The server did not answer.' })));
  };
  if (dump.state === 'due') return <p className="session-dump">{dump.tries === 0 ? 'What it was when it was stopped is being written down.' : 'What it was when it was stopped could not be written down yet; it is tried again.'}</p>;
  if (dump.state === 'erased_before' || erased) return <p className="session-dump">What it was when it was stopped was erased with its texts.</p>;
  return (
    <div className="session-dump">
      <span>What it was when it was stopped, kept {seconds(dump.afterMs)} s later: events 1 to {dump.toSeq.toLocaleString('en')}, {size(dump.bytes)}<span className="on-desk">, <span className="mono" title={dump.mac}>{dump.mac.slice(0, 12)}…</span></span></span>
      {load && <Button onClick={() => void show()}>Read it…</Button>}
      <Dialog open={open} onClose={() => setOpen(false)} title="What it was when it was stopped" className="dump-dialog">
        <p className="body">Written at {sayClock(dump.at)}. That you read it is on the record; detected secrets are hidden.</p>
        {read === undefined ? <p className="body" role="status">Reading…</p> : read.ok ? <pre className="dump-text" tabIndex={0} aria-label="The state of the session, as JSON"><VisibleText text={read.text} /></pre> : <p className="body" role="alert"><b>{read.because}</b></p>}
        <div className="actions"><Button onClick={() => setOpen(false)}>Close</Button></div>
      </Dialog>
    </div>
  );
}

const seconds = (ms: number) => (ms / 1_000).toFixed(ms < 10_000 ? 1 : 0);
const size = (bytes: number) => (bytes < 1_024 ? `${bytes} B` : bytes < 1_048_576 ? `${Math.round(bytes / 1_024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`);
