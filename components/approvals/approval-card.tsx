import type { ReactNode } from 'react';
import Link from 'next/link';
import { Ago, Countdown } from '@/components/live/countdown';
import { RevealSecrets, type Reveal } from '@/components/payloads/reveal-secrets';
import { ArgumentViewer } from '@/components/ui/argument-viewer';
import { Digest } from '@/components/ui/digest';
import { OpeningsProvider } from '@/components/ui/openings';
import { SentenceText } from '@/components/ui/sentence';
import { VisibleText } from '@/components/ui/visible';
import { ActItem, type Act } from './act-item';
import { CardBrief } from './card-brief';
import { ChangedArguments } from './changed-arguments';
import { Decided } from './decided';
import { DecisionForm } from './decision-form';
import { Looking } from './looking';
import type { NarrowActions } from './narrow-view';
import { NearbySteps } from './nearby-steps';
import { Precedents } from './precedents';
import { RiskChips } from './risk-chips';
import { Signatures } from './signatures';
import { isOpen, type ApprovalCardView, type BeginApproval, type Decide, type DecisionView } from './view';

const alive = { open: 'is alive', lost: 'is not connected', paused: 'is paused', stopped: 'is stopped', closed: 'has ended' } as const;
const pips = { open: undefined, lost: 'lost', paused: 'quiet', stopped: 'stopped', closed: 'quiet' } as const;

type Props = { view: ApprovalCardView; decide: Decide; begin: BeginApproval; reveal?: Reveal; narrow?: NarrowActions; /** Further items of the menu beside Approve; what they open is loaded when it is opened. */ more?: ReactNode; /** Takes the question back: for whom the agent acts, or whose it is. */ withdraw?: Act | undefined; /** How long its like wait. */ usualWait?: string; /** Whom it was told to outside, and when. */ told?: readonly string[]; /** That this person decides faster than anybody reads: "12 in ten minutes, 4 s each". */ hasty?: string | undefined };

/** One request, in the order in which a person decides it; on a phone everything down to the actions fits without scrolling. */
export function ApprovalCard({ view, decide, begin, reveal, narrow, more, withdraw, usualWait, told = [], hasty }: Props) {
  const { session } = view;
  const open = isOpen(view.state);
  return (
    <OpeningsProvider key={view.id}>
      <div className="card-scroll" tabIndex={-1}>
        <article className="card" aria-labelledby="card-title">
          <div className="card-main">
            <header>
              <div className="card-title">
                <h1 id="card-title"><SentenceText parts={view.title} /></h1>
                {open && <div className="left"><Countdown until={view.decideBy} big over="0:00" /><div>to decide</div></div>}
              </div>
              <div className="card-alive on-desk">
                <span>
                  <i className="pip mr-2 mb-px" data-state={pips[session.state]} /><VisibleText text={session.agent} />, session <Link className="link" href={`/sessions/${session.id}`} prefetch={false}>{session.shortId}</Link> {alive[session.state]}
                  {session.state === 'lost' && session.lostSince && <>, <Ago at={session.lostSince} /></>}
                  {open && <> and has waited here for <Ago at={view.waitingSince} detail /></>}.{open && usualWait && <span className="quiet-text"> {usualWait}</span>}
                </span>
                {(view.risk === 'critical' || view.risk === 'high') && <b>{view.risk === 'critical' ? 'Critical.' : 'High risk.'}</b>}
                {session.enforcement === 'cooperative' && <span className="quiet-text">Cooperative: the agent’s own process keeps to the answer.</span>}
              </div>
              <div className="card-alive on-phone">
                {open && <span><Countdown until={view.decideBy} over="0:00" /> left <span className="quiet-text">·</span></span>}
                <span><i className="pip" data-state={pips[session.state]} /> session {alive[session.state].replace(/^(is|has) /, '')}</span>
                <span><span className="quiet-text">·</span> {view.risk}</span>
              </div>
              {open && <Looking approvalId={view.id} />}
            </header>
            {open && hasty && <p className="card-hasty" role="note">{hasty}: take a break or <Link className="link reach" href="/handover" prefetch={false}>hand over</Link>.</p>}
            <RiskChips items={view.marks} />
            <div className="card-block">
              <p>“<VisibleText text={view.rule.sentence} />” <span className="text-12 text-text-3 whitespace-nowrap">Policy {view.rule.policyVersion}<span className="on-desk">, rule <VisibleText text={view.rule.id} /></span></span></p>
            </div>
            <CardBrief view={view} />
            <section className="card-block" aria-label="Arguments">
              <h2 className="on-desk">What it will send, and where each part came from</h2>
              {view.arguments.length ? <ArgumentViewer items={view.arguments} /> : <p className="text-13 text-text-3">It takes no arguments.</p>}
              {view.hiddenSecrets && reveal && <RevealSecrets hidden={view.hiddenSecrets} reveal={reveal} />}
              {view.changed && <ChangedArguments changed={view.changed} />}
            </section>
            <div className="card-block card-pair">
              <section className="card-block !mt-0"><h2>Different from usual</h2><p>{view.unusual === null ? 'No history to compare with.' : view.unusual.length ? view.unusual.map((line) => <span key={line}><VisibleText text={line} /> </span>) : 'Nothing.'}</p></section>
              <section className="card-block !mt-0"><h2>If it happens</h2><p><VisibleText text={view.consequence.sentence} /> {view.consequence.recallable ? <VisibleText text={view.consequence.undo} /> : <b><VisibleText text={view.consequence.undo} /></b>}</p></section>
            </div>
            {view.precedents.length > 0 && <Precedents items={view.precedents} />}
          </div>
          <aside className="card-side" aria-label="Around this request">
            <section className="card-part signatures-part"><h2>Countersigned by</h2><Signatures slots={open ? view.signatures : view.signatures.map((slot) => (slot.kind === 'open' ? { ...slot, yours: false } : slot))} /></section>
            {told.length > 0 && <section className="card-part"><h2>Told outside</h2><ul className="text-13 text-text-2">{told.map((line) => <li key={line}><VisibleText text={line} /></li>)}</ul></section>}
            {view.nearby.length > 0 && <section className="card-part"><h2>Five steps around</h2><NearbySteps items={view.nearby} sessionId={session.id} /></section>}
            {view.agentWords && <section className="card-part"><h2>Written by the agent, not verified</h2><div className="agent-words" dir="auto" tabIndex={view.agentWords.length > 300 ? 0 : undefined} role={view.agentWords.length > 300 ? 'group' : undefined} aria-label={view.agentWords.length > 300 ? 'Written by the agent' : undefined}><VisibleText text={view.agentWords.slice(0, 4_000)} /></div></section>}
            <section className="card-part">
              <details>
                <summary className="link reach text-13">Raw JSON</summary>
                <pre className="raw-json" tabIndex={0}><span className="visible">{view.rawJson.slice(0, 40_000)}</span>{view.rawJson.length > 40_000 && `\n… ${(view.rawJson.length - 40_000).toLocaleString('en')} more characters; the session holds them all.`}</pre>
              </details>
              <p className="mt-2"><Digest hex={view.digest} /></p>
            </section>
          </aside>
          <DecisionForm view={decisionView(view)} decide={decide} begin={begin} {...(narrow && { narrow })} decided={<Decided view={view} withdraw={withdraw} />} more={<>{more}{withdraw && <ActItem act={withdraw}>Take the question back</ActItem>}</>} />
        </article>
      </div>
    </OpeningsProvider>
  );
}

function decisionView({ id, digest, state, decideBy, title, may, arguments: all }: ApprovalCardView): DecisionView {
  const first = may.approve ? may.mustOpen : [];
  return { id, digest, state, decideBy, title, may, arguments: all.flatMap(({ path, name }) => (first.includes(path) ? [{ path, name }] : [])) };
}
