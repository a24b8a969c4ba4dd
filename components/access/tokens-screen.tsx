'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ellipsis } from 'lucide-react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Menu } from '@/components/ui/menu';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { AskDialog, Choices } from './choose';
import { Roles } from './person-dialogs';
import { holdWords, isTokenLimit, limitWords } from './token-words';
import type { MadeToken, ManageAccounts, NewToken, OwnedTokenView, Result, ServiceAccountView, TokenView } from './view';

type Props = { verbs: readonly string[]; accounts: readonly ServiceAccountView[]; tokens: readonly OwnedTokenView[]; own: readonly TokenView[]; createToken: (input: NewToken) => Promise<MadeToken>; revokeToken: (id: string) => Promise<Result>; manage?: ManageAccounts };
type Doing = { kind: 'account' } | { kind: 'roles'; account: ServiceAccountView } | { kind: 'token'; account?: ServiceAccountView } | null;

/** What acts here without a browser: one's own tokens, and programs with theirs. */
export function TokensScreen({ verbs, accounts, tokens, own, createToken, revokeToken, manage }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [doing, setDoing] = useState<Doing>(null);
  const [roles, setRoles] = useState<string[]>(['viewer']);
  const [held, setHeld] = useState<string[]>([]);
  const [made, setMade] = useState<string | null>(null);
  const open = (next: Doing) => { setRoles(next?.kind === 'roles' ? [...next.account.roles] : ['viewer']); setHeld([]); setDoing(next); };
  const done = (result: Result) => { router.refresh(); return result; };
  const act = (doing: Promise<Result>, says: string) => void doing.catch(() => ({ ok: false as const, because: 'The server did not answer.' })).then((result) => { toast(result.ok ? { glyph: 'done', title: says } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because }); router.refresh(); });
  const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();
  const makeToken = async (form: FormData, account: ServiceAccountView | undefined): Promise<Result> => {
    const limit = text(form, 'limit');
    const environments = text(form, 'environments').split(/[\s,]+/).filter(Boolean);
    const result = await createToken({ name: text(form, 'name'), ...(isTokenLimit(limit) && { limit }), ...(held.length > 0 && { verbs: held }), ...(environments.length > 0 && { environments }), expiresInDays: Number(text(form, 'days')) || 90, ...(account && { serviceAccountId: account.id }) });
    if (!result.ok) return result;
    setMade(result.token);
    return done({ ok: true });
  };
  const listed: readonly (TokenView & { owner?: OwnedTokenView['owner'] })[] = manage ? tokens : own;
  return (
    <>
      <header className="flex flex-wrap items-end justify-between gap-3"><div><h1>Tokens</h1><p className="lede">A token does no more than whoever it speaks for, and less if you hold it to less.</p></div><Button onClick={() => open({ kind: 'token' })}>Make a token for yourself</Button></header>
      {manage && <section>
        <header className="flex flex-wrap items-center justify-between gap-3"><h2 className="!text-text">Service accounts</h2><Button onClick={() => open({ kind: 'account' })}>Make a service account</Button></header>
        {accounts.length === 0 ? <p className="text-13 text-text-3 mt-1">None. A program has an account of its own: it never counts as a person, and cannot approve, release or manage.</p> : (
          <table className="table people tokens mt-1"><tbody>{accounts.map((account) => (
            <tr key={account.id} className="tall"><td><b className="font-medium"><VisibleText text={account.name} /></b><div className="quiet-text"><VisibleText text={account.description} /></div></td>
              <td>{account.state === 'deactivated' ? <span className="quiet-text">deactivated</span> : account.roles.join(', ')}<div className="quiet-text">{account.tokens.length === 1 ? '1 token' : `${account.tokens.length} tokens`}{account.owner && `, made by ${account.owner}`}</div></td>
              <td className="num">{account.state === 'active' && <Menu label={`Acts on ${account.name}`} trigger={<Ellipsis size={16} aria-hidden="true" />}>
                <button type="button" className="item" onClick={() => open({ kind: 'token', account })}>Make a token for {account.name.slice(0, 40)}…</button>
                <button type="button" className="item" onClick={() => open({ kind: 'roles', account })}>Change its roles…</button>
                <button type="button" className="item" onClick={() => act(manage.deactivate(account.id), `${account.name} and its tokens open nothing any more.`)}>Deactivate {account.name.slice(0, 40)}</button>
              </Menu>}</td></tr>
          ))}</tbody></table>
        )}
      </section>}
      <section>
        <h2 className="!text-text">{manage ? 'Every token that opens something' : 'Your tokens'}</h2>
        {listed.length === 0 ? <p className="text-13 text-text-3 mt-1">None. A script that asks over REST takes one.</p> : <table className="table people tokens mt-1"><tbody>{listed.map((token) => (
          <tr key={token.id} className="tall"><td><VisibleText text={token.name} /> <span className="mono quiet-text">{token.hint}</span><div className="quiet-text">{token.owner ? <>speaks for <VisibleText text={token.owner.name} />{token.owner.kind === 'service_account' && ', a service account'}</> : 'speaks for you'}</div></td>
            <td>{holdWords(token) || (token.verbs.length > 0 ? 'these verbs alone' : 'all that its owner may')}{token.verbs.length > 0 && <div className="mono">{token.verbs.join(', ')}</div>}<div className="quiet-text">{token.expiresAt ? `until ${sayDay(token.expiresAt)}` : 'without end'}, {token.lastUsedAt ? <>used <Ago at={token.lastUsedAt} suffix=" ago" /></> : 'unused'}</div></td>
            <td className="num"><Button tone="quiet" onClick={() => act(revokeToken(token.id), 'The token opens nothing any more.')}>Revoke</Button></td></tr>
        ))}</tbody></table>}
      </section>
      {doing?.kind === 'token' && <AskDialog open onClose={() => setDoing(null)} title={doing.account ? `Make a token for ${doing.account.name}` : 'Make a token for yourself'} act="Make the token" send={(form) => makeToken(form, doing.account)}>
        <Field label="Name of the token" name="name" required maxLength={100} autoComplete="off" />
        <label className="field"><span className="text-13 font-medium">It may do</span><select className="input" name="limit"><option value="">all that its owner may</option>{Object.entries(limitWords).map(([value, words]) => <option key={value} value={value}>{words}</option>)}</select></label>
        <Choices legend="And of that, these verbs alone" options={verbs.map((value) => ({ value, says: value }))} value={held} onChange={setHeld} hint="None chosen: all of it." />
        <Field label="Environments" name="environments" autoComplete="off" hint="Apart by commas, e.g. staging, production. Empty: any." />
        <label className="field"><span className="text-13 font-medium">Lives</span><select className="input" name="days" defaultValue="90">{[1, 7, 30, 90, 365].map((days) => <option key={days} value={days}>{days === 1 ? 'one day' : `${days} days`}</option>)}</select></label>
      </AskDialog>}
      {manage && doing?.kind === 'account' && <AskDialog open onClose={() => setDoing(null)} title="Make a service account" act="Make the account" send={async (form) => done(await manage.create({ name: text(form, 'name'), description: text(form, 'description'), roles }))}>
        <Field label="Name of the program" name="name" required maxLength={100} autoComplete="off" /><Field label="What it does" name="description" maxLength={200} autoComplete="off" /><Roles value={roles} onChange={setRoles} />
      </AskDialog>}
      {manage && doing?.kind === 'roles' && <AskDialog open onClose={() => setDoing(null)} title={`Roles of ${doing.account.name}`} act="Change roles" send={async () => done(await manage.change(doing.account.id, doing.account.description, roles))}><Roles value={roles} onChange={setRoles} /></AskDialog>}
      <Dialog open={made !== null} onClose={() => setMade(null)} title="Keep this token now." className="wide">
        <p className="body">It is shown this once and kept here only as a hash.</p>
        <div className="mt-3"><CodeLine command={made ?? ''} plain /></div>
        <div className="actions"><Button tone="strong" onClick={() => setMade(null)}>Close</Button></div>
      </Dialog>
    </>
  );
}
