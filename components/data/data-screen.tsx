import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { CodeLine } from '@/components/ui/copy-button';
import { Digest } from '@/components/ui/digest';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import type { BackupRow, ErasureRow } from './view';

type Props = { retention: ReactNode; erasures: readonly ErasureRow[]; backups: readonly BackupRow[] };

/** What is kept and how long, what was erased, and when the last backup was made. */
export function DataScreen({ retention, erasures, backups }: Props) {
  const last = backups.find(({ kind }) => kind === 'made');
  return (
    <div className="page">
      <div className="page-read grid gap-8">
        <header>
          <h1>{last ? <>The last backup was made <Ago at={last.at} suffix=" ago" />.</> : 'No backup is on the record.'}</h1>
          <p className="lede">The record stays for good. The texts behind it can be erased, and it still verifies.</p>
        </header>
        <section>
          <h2>How long texts are kept</h2>
          <p className="text-13 text-text-2 mt-1">Counted from when they were written, and never while their session runs: its agent and whoever approves its actions still need them.</p>
          {retention}
        </section>
        <section>
          <h2>What was erased</h2>
          {erasures.length === 0 ? <p className="text-13 text-text-2 mt-1">Nothing yet.</p> : <ol className="grid mt-2">{erasures.map((one) => <Erasure key={one.id} one={one} />)}</ol>}
        </section>
        <section>
          <h2>Backups</h2>
          {backups.length === 0
            ? <p className="text-13 text-text-2 mt-1">Whoever runs the machine makes one, while everything goes on:</p>
            : <ol className="grid mt-2">{backups.map((one) => <Backup key={`${one.kind}-${one.backupId}-${one.at}`} one={one} />)}</ol>}
          <div className="mt-3 grid gap-3">
            <CodeLine command="npx countersign backup --out countersign.backup" />
            <p className="text-13 text-text-2">No keys are in it. Back up <span className="mono">DATA_DIR/keys</span> apart and keep the two in different places: with both, the texts open to anybody.</p>
          </div>
        </section>
        <section>
          <h2>Restoring</h2>
          <p className="text-13 text-text-2 mt-1">Into a new folder with an empty database, keys first. It starts stopped and says why, until people have looked and release it: what was stopped or taken away since the backup is missing from it.</p>
          <div className="mt-3"><CodeLine command="DATA_DIR=/srv/restored npx countersign restore countersign.backup" /></div>
        </section>
      </div>
    </div>
  );
}

function Erasure({ one }: { one: ErasureRow }) {
  const texts = `${one.payloads.toLocaleString('en')} ${one.payloads === 1 ? 'text' : 'texts'}`;
  return (
    <li className="py-2 border-b border-line text-13">
      <span>{one.doneAt === null ? 'The texts' : texts} of {one.session ? <Link className="link" href={`/sessions/${one.session.id}`} prefetch={false}>session {one.session.shortId}</Link> : `${one.sessions.toLocaleString('en')} ${one.sessions === 1 ? 'session' : 'sessions'}`}{one.doneAt === null ? ' are to be erased' : ''}</span>
      <div className="quiet-text">{one.doneAt === null ? 'asked for' : 'erased'} on {sayDay(one.doneAt ?? one.askedAt)} at {sayClock(one.doneAt ?? one.askedAt)}, {one.kind === 'asked' ? <>on the word of <VisibleText text={one.askedBy} />: “<VisibleText text={one.why} />”</> : 'by the clock, since they had been kept for as long as the settings say'}</div>
    </li>
  );
}

function Backup({ one }: { one: BackupRow }) {
  return (
    <li className="py-2 border-b border-line text-13">
      <span>{one.kind === 'made' ? 'Backed up' : `Restored from the backup of ${one.madeAt ? `${sayDay(one.madeAt)}, ${sayClock(one.madeAt)}` : 'an unknown time'}`}, {one.events.toLocaleString('en')} events</span>
      <div className="quiet-text">{sayDay(one.at)} at {sayClock(one.at)} by <VisibleText text={one.by} /></div>
      {one.sha256 && <Digest hex={one.sha256} label="SHA-256" />}
    </li>
  );
}
