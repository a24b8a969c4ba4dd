'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { SingleSignOnView } from '@/lib/access/schema';
import { GroupDialog, type MapGroupInput } from './group-dialog';
import type { Result } from './view';

type Provider = { name: string; issuer: string; clientId: string; publicClient: boolean; scopes: string; groupsClaim: string; requireVerifiedEmail: boolean; redirectUri: string };
type Props = {
  provider: Provider; view: SingleSignOnView;
  manage?: { mapGroup: (input: MapGroupInput) => Promise<Result>; setProvision: (value: 'mapped_only' | 'never') => Promise<Result> };
};

const provisions = [['mapped_only', 'Bring in whoever has a group that gives a role'], ['never', 'Bring in nobody: people are added here first']] as const;

/** The organisation's provider: what was set up for it, which groups give what, and who came in by it. */
export function SingleSignOn({ provider, view, manage }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [editing, setEditing] = useState<MapGroupInput | null>(null);
  const act = async (doing: Promise<Result>, done: string) => {
    const result = await doing.catch(() => ({ ok: false as const, because: 'The server did not answer.' }));
    toast(result.ok ? { glyph: 'done', title: done } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    if (result.ok) router.refresh();
    return result.ok;
  };
  const kept = view.lastSignIns.find((one) => one.keptAdminAt !== null);
  return (
    <>
      {kept && (
        <p className="door-says" role="status">
          <b className="font-medium"><VisibleText text={kept.name} /></b> is still an administrator although no group gives it: nobody else who can sign in is one. Make somebody else an administrator, and the next sign-in by {provider.name} takes it away.
        </p>
      )}
      <section>
        <h2 className="!text-text">{provider.name}</h2>
        <dl className="sso-facts mt-1">
          <dt>Issuer</dt><dd className="mono">{provider.issuer}</dd>
          <dt>Client</dt><dd><span className="mono">{provider.clientId}</span>, {provider.publicClient ? 'without a secret; PKCE proves each visit' : 'with a secret, and PKCE'}</dd>
          <dt>Asks for</dt><dd className="mono">{provider.scopes}</dd>
          <dt>Groups</dt><dd>from the claim <span className="mono">{provider.groupsClaim}</span></dd>
          <dt>Address</dt><dd>{provider.requireVerifiedEmail ? 'counts only when the provider has verified it' : 'counts unless the provider calls it unverified'}</dd>
        </dl>
        <p className="text-13 text-text-3 mt-2">Set by the environment of the console. Register this as the only redirect address there:</p>
        <div className="mt-1"><CodeLine command={provider.redirectUri} plain /></div>
      </section>
      <section>
        <header className="flex flex-wrap items-end justify-between gap-3"><h2 className="!text-text">What groups give</h2>{manage && <Button onClick={() => setEditing({ group: '', roles: [], teams: [] })}>Map a group</Button>}</header>
        {view.mapping.length === 0 ? <p className="text-13 text-text-3 mt-1">No group gives anything yet, so roles and teams are given by hand, and nobody is brought in.</p> : (
          <table className="table mt-1">
            <thead><tr><th>Group there</th><th>Roles here</th><th>Teams here</th>{manage && <th><span className="live-region">Acts</span></th>}</tr></thead>
            <tbody>{view.mapping.map((line) => (
              <tr key={line.group} className="tall">
                <td className="mono break-all"><VisibleText text={line.group} /></td>
                <td><Names names={line.roles} /></td>
                <td><Names names={line.teams} /></td>
                {manage && <td className="num"><Button tone="quiet" aria-label={`Change what ${line.group} gives`} onClick={() => setEditing({ group: line.group, roles: line.roles.map((one) => one.name), teams: line.teams.map((one) => one.name) })}>Change</Button></td>}
              </tr>
            ))}</tbody>
          </table>
        )}
        <p className="text-13 text-text-3 mt-2">Groups count at each sign-in. From the first time that one of their groups gives something, a person’s roles and teams are the groups’ to give and to take, and can’t be changed by hand. The last administrator who can sign in stays one.</p>
      </section>
      <section>
        <h2 className="!text-text">People who are not here yet</h2>
        {manage ? (
          <div className="grid gap-2 mt-1" role="radiogroup" aria-label="People who are not here yet">{provisions.map(([value, words]) => (
            <label key={value} className="door-reveal"><input type="radio" name="provision" checked={view.provision === value} onChange={() => void act(manage.setProvision(value), value === 'never' ? 'Nobody new comes in by it.' : 'Whoever has a group that gives a role comes in by it.')} />{words}</label>
          ))}</div>
        ) : <p className="text-13 mt-1">{provisions.find(([value]) => value === view.provision)?.[1]}.</p>}
      </section>
      <section>
        <h2 className="!text-text">Last signed in by it</h2>
        {view.lastSignIns.length === 0 ? <p className="text-13 text-text-3 mt-1">Nobody yet.</p> : (
          <table className="table mt-1"><tbody>{view.lastSignIns.map((one) => (
            <tr key={one.personId} className="tall"><td><VisibleText text={one.name} /><div className="quiet-text"><VisibleText text={one.email} /></div></td><td>{one.managed ? 'rights by groups' : 'rights by hand'}</td><td className="num"><Ago at={one.at} suffix=" ago" /></td></tr>
          ))}</tbody></table>
        )}
      </section>
      {manage && <GroupDialog editing={editing} roles={view.roles} teams={view.teams} onClose={() => setEditing(null)} save={async (input) => {
        const none = input.roles.length === 0 && input.teams.length === 0;
        if (await act(manage.mapGroup(input), none ? `${input.group} gives nothing any more.` : `${input.group} gives this from the next sign-in on.`)) setEditing(null);
      }} />}
    </>
  );
}

function Names({ names }: { names: readonly { name: string; gone: boolean }[] }) {
  if (names.length === 0) return <span className="quiet-text">none</span>;
  return names.map(({ name, gone }, at) => <span key={name}>{at > 0 && ', '}{gone ? <><s><VisibleText text={name} /></s> <span className="quiet-text">no longer here</span></> : <VisibleText text={name} />}</span>);
}
