import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago, Countdown } from '@/components/live/countdown';
import { actorWords } from '@/components/switches/scope-words';
import { Chip } from '@/components/ui/chip';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { addressOf, AlertMark } from './alert-list';
import { actWords, alertTitle, outcomeWords, placeWords, previousWords, severityWords, stateWords, timesWords } from './words';
import type { AlertDetail as Detail } from './view';

/** One alert: what was seen, where in the record, what was done at once, and what people made of it. `acts`: what this person may do. */
export function AlertDetail({ alert, acts }: { alert: Detail; acts?: ReactNode }) {
  const { state, mute } = alert;
  return (
    <div className="page">
      <div className="page-wide">
        <header>
          <h1><VisibleText text={alertTitle(alert)} /></h1>
          <p className="lede flex flex-wrap items-center gap-2"><AlertMark alert={alert} /> <span>{severityWords[alert.severity]}, {timesWords(alert.count)}, the last time <Ago at={alert.lastAt} suffix=" ago" />. <VisibleText text={sentenceOf(stateWords(alert))} /></span></p>
          <p className="flex flex-wrap gap-1.5 mt-2">
            {alert.simulated && <Chip tone="open">SIMULATED</Chip>}
            {[...alert.owasp, ...alert.atlas].map(({ id, name }) => <Chip key={id}>{id} {name}</Chip>)}
          </p>
        </header>
        {mute && <p className="text-13 text-text-2 mt-4">Muted for another <Countdown until={mute.until} over="moment" /> by <VisibleText text={actorWords(mute.by)} />: <VisibleText text={mute.why} /> What the rule does at once it does all the same.</p>}
        {acts && <div className="mt-5">{acts}</div>}
        {alert.about === null && <section className="mt-6">
          <h2 className="!text-text">Where it was seen</h2>
          <table className="table mt-1">
            <thead><tr><th className="num">Event</th><th>Place</th><th className="num">At</th></tr></thead>
            <tbody>
              {alert.evidence.map((one, index) => (
                <tr key={index} className="linked tall">
                  <td className="num"><Link className="cover mono" href={`/sessions/${alert.sessionId}?at=${one.seq}`} prefetch={false}>{one.seq}</Link></td>
                  <td><VisibleText text={placeWords(one)} />{one.times > 1 && <span className="quiet-text"> · {one.times} times</span>} <span className="quiet-text">· {one.severity}</span></td>
                  <td className="num"><time dateTime={one.at} title={sayDay(one.at)}>{sayClock(one.at)}</time></td>
                </tr>
              ))}
            </tbody>
          </table>
          {alert.count > alert.evidence.reduce((sum, one) => sum + one.times, 0) && <p className="text-12 text-text-3 mt-2">The first five and the last twenty places are kept here; the session’s record has them all.</p>}
          <p className="text-12 text-text-3 mt-2">The text itself is in the session’s record, sealed; nothing of it is kept here.</p>
        </section>}
        <dl className="facts mt-6">
          {alert.about !== null && <><dt>About</dt><dd>The channel <Link className="link reach" href="/settings/channels" prefetch={false}><VisibleText text={alert.about} /></Link>. It closes by itself when something arrives there again.</dd></>}
          {alert.sessionId !== null && <><dt>Session</dt><dd><Link className="link reach" href={`/sessions/${alert.sessionId}`} prefetch={false}>Session {alert.sessionShortId}</Link>, {alert.sessionState} · <Link className="link reach" href={addressOf({ tab: 'all', sessionId: alert.sessionId })} prefetch={false}>its alerts</Link></dd></>}
          {alert.agentId !== null && <><dt>Agent</dt><dd><Link className="link reach" href={`/agents/${alert.agentId}`} prefetch={false}><VisibleText text={alert.agentName ?? alert.agentId} /></Link> · <Link className="link reach" href={addressOf({ tab: 'all', agentId: alert.agentId })} prefetch={false}>its alerts</Link></dd></>}
          <dt>Rule</dt><dd className="min-w-0"><Link className="link reach mono" href={addressOf({ tab: 'all', rule: alert.rule })} prefetch={false}>{alert.rule}</Link></dd>
          <dt>At once</dt><dd>{alert.acts.length === 0 ? actWords[alert.act] : alert.acts.map((act, index) => <span key={index} className="block">{outcomeWords(act)} {act.orderId && <Link className="link reach" href={`/switches/${act.orderId}`} prefetch={false}>Open the order</Link>}</span>)}</dd>
          <dt>First seen</dt><dd>{sayDay(alert.firstAt)} UTC</dd>
          <dt>Last seen</dt><dd>{sayDay(alert.lastAt)} UTC</dd>
          {alert.previous && <><dt>Before</dt><dd><Link className="link reach" href={`/alerts/${alert.previous.id}`} prefetch={false}>{previousWords(alert.previous)}</Link></dd></>}
          {state.kind === 'closed' && <><dt>Closed</dt><dd>{sayDay(state.at)} UTC{state.note && <>: <VisibleText text={state.note} /></>}</dd></>}
        </dl>
      </div>
    </div>
  );
}

const sentenceOf = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
