'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago, Countdown } from '@/components/live/countdown';
import { useLive, useServerNow } from '@/components/live/live-provider';
import { ButtonLink } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { Headline } from '@/components/ui/headline';
import { MarginRow, MarginSection } from '@/components/ui/margin-list';
import { sayClock } from '@/components/ui/say-time';
import { SentenceText } from '@/components/ui/sentence';
import { Empty, ErrorPanel } from '@/components/ui/states';
import { VisibleText } from '@/components/ui/visible';
import { nowHeadline } from './headline';
import type { NowFacts, NowMark, NowView, NowWhen } from './view';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Older than this, an empty page proves nothing. */
const provesForMs = 10_000;

/** What needs me? One column, the most pressing first. `start`: shown when nothing ever ran, such as the demo fleet's button; `foot`: a quiet line under everything else. */
export function NowScreen({ view, start, foot }: { view: NowView; start?: ReactNode; foot?: ReactNode }) {
  const { heardAt, phase, retry } = useLive();
  const now = useServerNow();
  const today = new Date(now);
  const isEmpty = view.sections.length === 0;
  const silent = phase === 'lost' || (phase !== 'connecting' && heardAt !== null && now - heardAt > provesForMs);
  return (
    <div className="page">
      <div className="page-read">
        <div className="margin-head">
          <span className="when">{days[today.getUTCDay()]} {today.getUTCDate()} {months[today.getUTCMonth()]}</span>
          <div>
            {isEmpty ? <h1 className="live-region">Now</h1> : <Headline text={nowHeadline(view)} />}
            {!isEmpty && <p className="lede"><Facts facts={view.facts} /></p>}
          </div>
        </div>
        {isEmpty ? (
          <div className="margin-head mt-5"><div>
            {silent ? <ErrorPanel title="Not known whether anything needs you: the server is silent." holds="Agents still get no allow without an answer. What needed you before may still do." action={<button type="button" className="link" onClick={retry}>Try again</button>} />
              : <Empty title="Nothing needs you." facts={<Facts facts={view.facts} />} action={start} />}
          </div></div>
        ) : (
          <div className="margin">
            {view.sections.map((section) => (
              <MarginSection key={section.title} title={section.title} aside={section.all && <Link className="link reach" href={section.all.href} prefetch={false}>{section.all.words}</Link>}>
                {section.rows.map((row, index) => (
                  <MarginRow key={row.id} href={row.href} when={<When when={row.when} />} mark={<Mark mark={row.mark} />} sentence={<SentenceText parts={row.sentence} />} second={<SentenceText parts={row.second} />}
                    act={<ButtonLink href={row.href} tabIndex={-1} tone={index === 0 && row.when.kind === 'left' ? 'strong' : 'quiet'}>{row.act}</ButtonLink>} />
                ))}
              </MarginSection>
            ))}
          </div>
        )}
        {/* What asks for somebody comes first, a stop that is not confirmed before all: a note is read after it. */}
        {view.handover && (
          <ul className="margin mt-5" aria-label="Handed over to you">
            <MarginRow href={`/handover/${view.handover.id}`} when={sayClock(view.handover.at).slice(0, 5)} mark={<Seal name="done" tone="hand" />} sentence={<>Handover from <VisibleText text={view.handover.by} />, {sayClock(view.handover.at).slice(0, 5)}</>} second={<VisibleText text={view.handover.summary} />} act={<ButtonLink href={`/handover/${view.handover.id}`} tabIndex={-1} tone="quiet">Read</ButtonLink>} />
          </ul>
        )}
        {!isEmpty && foot && <div className="margin-head mt-5"><div>{foot}</div></div>}
      </div>
    </div>
  );
}

function Facts({ facts }: { facts: NowFacts }) {
  return (
    <>
      {facts.agentsRunning} {facts.agentsRunning === 1 ? 'agent' : 'agents'} running, {facts.stopped} stopped, {facts.lastEventAt ? <>last event <Ago at={facts.lastEventAt} /> ago</> : 'no event yet'}, {facts.lastDrillAt ? <><Link href="/drills" prefetch={false} className="link reach">last drill</Link> <Ago at={facts.lastDrillAt} /> ago</> : <Link href="/drills" prefetch={false} className="link reach">no drill yet</Link>}.
      {facts.verifiedTo && <> The log is <Link href="/log" prefetch={false} className="link reach !text-ok-text">verified</Link> to {sayClock(facts.verifiedTo).slice(0, 5)}.</>}
    </>
  );
}

function When({ when }: { when: NowWhen }) {
  if (when.kind === 'never') return 'never';
  if (when.kind === 'left') return <Countdown until={when.until} suffix=" left" />;
  return when.kind === 'for' ? <Ago at={when.since} /> : <Ago at={when.at} suffix=" ago" />;
}

const Mark = ({ mark }: { mark: NowMark }) => (mark.kind === 'hatch' ? <span className="hatch-box" /> : <Seal name={mark.name} tone={mark.tone} />);
