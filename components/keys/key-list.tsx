import { Ago } from '@/components/live/countdown';
import { CodeLine, CopyButton } from '@/components/ui/copy-button';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { keyFacts, remarkOn } from '@/lib/keys/rules';
import { rotatableNames, type RotatableName } from '@/lib/keys/rules';
import type { KeyView } from '@/lib/keys/schema';

type Props = { keys: readonly KeyView[]; now: string; authInEnvironment: boolean };

const titles: Record<RotatableName, string> = {
  'agent-token': 'Agent tokens', 'permit': 'Permits', 'control/order': 'Stop orders', 'bundle': 'Policy bundles', 'checkpoint': 'Checkpoints',
  'payload-wrapping': 'Payload wrapping', 'credential-wrapping': 'Credential wrapping', 'channel-wrapping': 'Channel wrapping', 'auth': 'Browser sessions',
};
const short = (name: RotatableName) => (name === 'control/order' ? 'control' : name);

/** Every key that the installation signs and seals with, by what may be known of it. */
export function KeyList({ keys, now, authInEnvironment }: Props) {
  return (
    <>
      <header><h1>Keys</h1><p className="lede">Each signs or seals one kind of thing, and one process holds it. Nothing here is secret.</p></header>
      <section className="grid" aria-label="The keys">
        {rotatableNames.map((name) => <OneName key={name} name={name} keys={keys.filter((key) => key.name === name)} now={now} fromEnvironment={name === 'auth' && authInEnvironment} />)}
      </section>
      <section>
        <h2 className="!text-text">Rotating a key</h2>
        <p className="text-13 text-text-2 mt-1">It is done on the host, because the console holds no signing key. The process that holds the key makes the new one; the old one stays good for the overlap, and nothing restarts.</p>
        <div className="mt-3"><CodeLine command="npx countersign keys rotate permit --overlap 15m" /></div>
      </section>
    </>
  );
}

function OneName({ name, keys, now, fromEnvironment }: { name: RotatableName; keys: readonly KeyView[]; now: string; fromEnvironment: boolean }) {
  const { holder, signs } = keyFacts[name];
  return (
    <article className="key-entry" id={name.replace('/', '-')}>
      <div className="key-head">
        <div className="min-w-0"><h2 className="!text-text">{titles[name]}</h2><p className="quiet-text">{signs[0]!.toUpperCase() + signs.slice(1)}. Held by {holder === 'control' ? 'control' : `the ${holder}`}.</p></div>
        {!fromEnvironment && <CopyButton text={`npx countersign keys rotate ${short(name)}`} label="Copy rotate command" />}
      </div>
      {fromEnvironment ? <p className="text-13 text-text-2 mt-2">AUTH_SECRET in the environment is used, so there is no file to rotate: set another one and restart the console.</p>
        : keys.length === 0 ? <p className="text-13 text-text-3 mt-2">There is none yet. It is made when it is first needed.</p>
        : keys.map((key) => <OneKey key={key.kid} view={key} now={now} alone={keys.length === 1} />)}
    </article>
  );
}

function OneKey({ view, now, alone }: { view: KeyView; now: string; alone: boolean }) {
  const remark = remarkOn(view, new Date(now));
  return (
    <div className="key-line">
      <div className="key-facts">
        <span className="mono key-id" title={view.kid}>{view.kid.slice(0, 16)}</span>
        <span>since {view.createdAt.slice(0, 10)}</span>
        <span>{view.uses === 0 ? 'not used yet' : <>{view.uses.toLocaleString('en')} {view.uses === 1 ? 'use' : 'uses'}{view.lastUsedAt && <>, <Ago at={view.lastUsedAt} suffix=" ago" /></>}</>}</span>
        {!alone && <b className="font-medium text-text">{standing(view)}</b>}
      </div>
      {view.publicKey && (
        <div className="key-pin"><span className="quiet-text">{view.name === 'checkpoint' ? 'For countersign verify --key' : 'Pin for agents'}</span><span className="mono">{view.publicKey}</span><CopyButton text={view.publicKey} label={view.name === 'checkpoint' ? 'Copy key' : 'Copy pin'} /></div>
      )}
      {remark && <p className="text-13 text-text-2">{remark}</p>}
    </div>
  );
}

function standing({ state, name, signsFrom, overlapUntil }: KeyView): string {
  if (state === 'waits') return name === 'control/order' ? 'new: signs once the old one is retired' : `new: signs from ${sayClock(signsFrom ?? '')}`;
  if (state === 'signs' && overlapUntil === null) return 'signs now';
  const until = overlapUntil === null ? '' : ` until ${sayDay(overlapUntil)}`;
  return state === 'signs' ? `old: still signs, stays good${until}` : `old: still good${until}`;
}
