'use client';

import { useEffect, useState } from 'react';
import { X } from 'lucide-react';
import { Countdown } from '@/components/live/countdown';
import { RevealSecrets, type Reveal } from '@/components/payloads/reveal-secrets';
import { ArgumentViewer } from '@/components/ui/argument-viewer';
import { Button, ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Digest } from '@/components/ui/digest';
import { FoldedValue } from '@/components/ui/folded-value';
import { Saw } from '@/components/ui/glyphs';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { SentenceText } from '@/components/ui/sentence';
import { ErrorPanel, Skeleton } from '@/components/ui/states';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import type { LoadPeek, Peek, SessionView } from './view';

type Props = { seq: number; session: SessionView; load: LoadPeek; reveal?: Reveal | undefined; onClose: () => void };

/** One event, whole, beside the list; on a phone above it. It has its own address. */
export function PeekPanel({ seq, session, load, reveal, onClose }: Props) {
  const [peek, setPeek] = useState<Peek | 'failed'>();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let wanted = true;
    load(seq).then((read) => wanted && setPeek(read), () => wanted && setPeek('failed'));
    return () => {
      wanted = false;
    };
  }, [load, seq, tries]);
  return (
    <aside className="peek" aria-label={`Event ${seq}`}>
      <div className="peek-head"><span className="mono">{session.shortId} / {seq}</span><span className="spring" />
        <CopyButton text={typeof window === 'undefined' ? '' : window.location.href} label="Copy link" />
        <Button tone="quiet" iconOnly aria-label="Close" onClick={onClose}><X size={14} aria-hidden="true" /></Button>
      </div>
      {peek === undefined && <Skeleton />}
      {peek === 'failed' && <ErrorPanel title="The event could not be read." holds="The list beside it still holds." action={<button type="button" className="link" onClick={() => { setPeek(undefined); setTries(tries + 1); }}>Try again</button>} />}
      {peek && peek !== 'failed' && <PeekBody peek={peek} reveal={reveal} />}
    </aside>
  );
}

function PeekBody({ peek, reveal }: { peek: Peek; reveal?: Reveal | undefined }) {
  return (
    <>
      {(peek.verdict || peek.decideBy) && <div className="flex items-center gap-2 mt-2">{peek.verdict && <Verdict name={peek.verdict} {...(peek.approvalId && peek.verdict === 'ask' && { word: 'ask, waits on a person' })} />}<span className="spring" />{peek.decideBy && <b className="mono"><Countdown until={peek.decideBy} /></b>}</div>}
      <h2 className="peek-title"><SentenceText parts={peek.title} /></h2>
      {peek.reason && <p className="text-13 text-text-2 mt-1"><VisibleText text={peek.reason} />{peek.code && <span className="quiet-text mono"> {peek.code}</span>}</p>}
      {peek.arguments && peek.arguments.length > 0 && <section className="peek-part"><h3>Arguments</h3><ArgumentViewer items={peek.arguments} /></section>}
      {peek.text && <section className="peek-part"><h3>{peek.text.label}</h3><FoldedValue path={`/${peek.seq}`} name={peek.text.label} text={peek.text.text} untrusted={peek.text.untrusted ? [[0, peek.text.text.length]] : []} /></section>}
      {peek.erased && <section className="peek-part"><p className="text-13 text-text-2">Erased on {sayDay(peek.erased.at)} by <VisibleText text={peek.erased.by} />: “<VisibleText text={peek.erased.why} />”</p></section>}
      {reveal && peek.hidden?.map((hidden) => <section key={hidden.payloadId} className="peek-part"><RevealSecrets hidden={hidden} reveal={reveal} /></section>)}
      {peek.path && peek.path.length > 0 && (
        <section className="peek-part"><h3>How the text got here</h3>
          <ol className="taint-path">{peek.path.map((hop) => <li key={hop.seq}><span className="step">{hop.step ?? hop.seq}</span>{hop.tainted ? <Saw /> : <i className="line" />}<div><b><VisibleText text={hop.what} /></b><span><VisibleText text={hop.how} /></span></div></li>)}</ol>
        </section>
      )}
      {peek.touched && peek.touched.length > 0 && <section className="peek-part"><h3>After it, it touched</h3><dl className="facts">{peek.touched.map((item) => <Pair key={item.label} label={item.label} value={item.value} />)}</dl></section>}
      {peek.rules && peek.rules.length > 0 && <section className="peek-part"><h3>Rules that spoke</h3><ul className="text-13">{peek.rules.map((rule) => <li key={rule.id}><span className="quiet-text">{rule.effect}</span> <span className="mono"><VisibleText text={rule.id} /></span></li>)}</ul></section>}
      <section className="peek-part text-12 text-text-3"><p>Recorded {sayClock(peek.recordedAt, { millis: true })} UTC</p>{peek.hash && <Digest hex={peek.hash} label="hash" />}</section>
      {peek.approvalId && <div className="mt-4"><ButtonLink tone="strong" href={`/approvals/${peek.approvalId}`}>Review the approval</ButtonLink></div>}
    </>
  );
}

function Pair({ label, value }: { label: string; value: string }) {
  return <><dt>{label}</dt><dd><VisibleText text={value} /></dd></>;
}
