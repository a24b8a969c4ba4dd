'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { browserName } from '@/components/ui/browser-name';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { holdWords } from './token-words';
import type { PersonCredentialsView as View, Result } from './view';
import { wayInWords } from './way-in-words';

type End = (id: string) => Promise<Result>;
type Props = { of: View; end: { passkey: End; totp: End; stopKey: End; token: End; signIn: End } };
/** What is asked about once more: it cannot be given back, only made anew by its person. */
type Asked = { title: string; says: string; act: string; go: () => Promise<Result>; done: string };

/** Everything that opens something in somebody's name, and the ways to take it from them. */
export function PersonCredentials({ of: { person, within, passkeys, totp, recovery, stopKeys, tokens, signIns }, end }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [asked, setAsked] = useState<Asked | null>(null);
  const name = person.name.slice(0, 60);
  const act = async (doing: Promise<Result>, done: string) => {
    const result = await doing.catch((): Result => ({ ok: false, because: 'The server did not answer.' }));
    setAsked(null);
    toast(result.ok ? { glyph: 'done', title: done } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    router.refresh();
  };
  const lastWayIn = passkeys.length === 1 && !person.hasPassword && person.identities.length === 0;
  const revoke = (label: string, press: () => void, words = 'Revoke') => within && <Button tone="quiet" aria-label={label} onClick={press}>{words}</Button>;
  return (
    <>
      <header>
        <h1>Keys of <VisibleText text={person.name} /></h1>
        <p className="lede"><VisibleText text={person.email} />, {person.state === 'deactivated' ? 'deactivated' : [...person.roles, ...person.ownRoles].join(', ') || 'without a role'}.</p>
        <p className="mt-2 flex flex-wrap gap-x-4 text-13"><Link className="link reach" href="/settings/people" prefetch={false}>Back to people</Link><Link className="link reach" href={`/settings/history?person=${person.id}`} prefetch={false}>Open the history of their sign-ins</Link></p>
      </header>
      {!within && <p className="text-13 text-text-2">Their roles include what yours do not, so you can read this and revoke none of it. An administrator can.</p>}
      <Rows title="Passkeys" none={person.hasPassword || person.identities.length > 0 ? 'None. They come in another way, and sign nothing that takes a passkey.' : 'None, and no other way in.'}>
        {passkeys.map((one) => <Row key={one.id} what={<><VisibleText text={one.name} />{one.backedUp && <span className="quiet-text">, copied by its maker’s account</span>}</>} facts={<>added {sayDay(one.createdAt)}</>} used={one.lastUsedAt} unused="never used"
          act={revoke(`Revoke the passkey ${one.name}`, () => setAsked({
            title: `Revoke ${one.name.slice(0, 60)}`, act: 'Revoke the passkey', done: 'That passkey signs in nobody and signs nothing any more.', go: () => end.passkey(one.id),
            says: `It signs in nobody and signs nothing from then on. What it signed before can still be verified.${lastWayIn ? ` It is the last way in for ${name}: make a link for them afterwards.` : ''}`,
          }))} />)}
      </Rows>
      <Rows title="Password and one-time password">
        <Row what={person.hasPassword ? 'Password' : 'No password'} facts={person.hasPassword ? 'a new link from the list of people lets them set another' : 'a link from the list of people lets them set one'} />
        {totp.kind === 'on' && <Row what="One-time password" facts={<>on since {sayDay(totp.since)}, {recovery.left} of {recovery.made} recovery codes left</>} used={totp.lastUsedAt} unused="never used"
          act={revoke(`Remove the one-time password of ${name}`, () => setAsked({
            title: `Remove the one-time password of ${name}`, act: 'Remove it', done: 'They sign in without a one-time password now.', go: () => end.totp(person.id),
            says: 'For a lost phone and lost recovery codes, which end with it. Make sure by another way that it is them who ask: their password alone signs them in until they set up another. It is on the record under your name.',
          }), 'Remove')} />}
        {totp.kind === 'none' && <Row what="No one-time password" facts={person.hasPassword ? 'their password alone signs them in' : 'none was set up'} />}
      </Rows>
      <Rows title="Browsers that can stop without signing in" none="None.">
        {stopKeys.map((key) => <Row key={key.id} what={<VisibleText text={key.name} />} facts={<>since {sayDay(key.createdAt)}, until {sayDay(key.expiresAt)}</>} used={key.lastUsedAt} unused="never stopped anything"
          act={revoke(`Revoke the stop key of ${key.name}`, () => void act(end.stopKey(key.id), 'That browser stops nothing any more.'))} />)}
      </Rows>
      <Rows title="Tokens for scripts" none="None.">
        {tokens.map((token) => <Row key={token.id} what={<><VisibleText text={token.name} /> <span className="mono quiet-text">{token.hint}</span></>} facts={<>{[holdWords(token), token.verbs.join(', ')].filter(Boolean).join('; ') || 'all they may'}, {token.expiresAt ? `until ${sayDay(token.expiresAt)}` : 'without end'}</>} used={token.lastUsedAt} unused="never used"
          act={revoke(`Revoke the token ${token.name}`, () => void act(end.token(token.id), 'The token opens nothing any more.'))} />)}
      </Rows>
      <Rows title="Where they are signed in" none="Nowhere.">
        {signIns.map((one) => <Row key={one.id} what={<><VisibleText text={browserName(one.userAgent)} />{one.newDevice && <span className="quiet-text">, not confirmed by them</span>}</>} facts={<>{one.ip ?? 'unknown address'}, by {wayInWords[one.method]}, since {sayDay(one.createdAt)}</>} used={one.lastSeenAt} unused=""
          act={revoke(`End the sign-in of ${browserName(one.userAgent)} since ${sayDay(one.createdAt)}`, () => void act(end.signIn(one.id), 'That sign-in has ended.'), 'End')} />)}
      </Rows>
      <Dialog open={asked !== null} onClose={() => setAsked(null)} title={asked?.title ?? ''}>
        <p className="body">{asked?.says}</p>
        <div className="actions"><Button onClick={() => setAsked(null)}>Leave it</Button><Button tone="strong" onClick={() => asked && void act(asked.go(), asked.done)}>{asked?.act}</Button></div>
      </Dialog>
    </>
  );
}

function Rows({ title, none, children }: { title: string; none?: string; children: ReactNode }) {
  const empty = Array.isArray(children) && children.length === 0;
  return (
    <section aria-label={title}>
      <h2 className="!text-text">{title}</h2>
      {empty ? <p className="text-13 text-text-3 mt-1">{none}</p> : <table className="table mt-1"><tbody>{children}</tbody></table>}
    </section>
  );
}

/** `used`: when it was used last, null for never. */
function Row({ what, facts, used, unused, act }: { what: ReactNode; facts: ReactNode; used?: string | null; unused?: string; act?: ReactNode }) {
  return (
    <tr className="tall">
      <td>{what}<div className="quiet-text">{facts}{used !== undefined && <>; {used === null ? unused : <>used <Ago at={used} suffix=" ago" /></>}</>}</div></td>
      <td className="num">{act}</td>
    </tr>
  );
}
