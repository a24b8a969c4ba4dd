'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { CredentialProof, IdentityView, StepUpChallenge } from '@/lib/access/schema';
import { noAnswer, wantsProof, type Answer } from './manage-passkeys';
import { ProveDialog } from './prove-dialog';
import type { Result } from './view';
import { visitProvider } from './visit-provider';

type Props = {
  identities: readonly IdentityView[];
  /** The provider that is set up; undefined where there is none. */
  provider?: { name: string; issuer: string } | undefined;
  /** What came of the visit that this page was come back from. */
  outcome?: { good: boolean; text: string } | undefined;
  unlink: (id: string) => Promise<Result>;
  /** Lets this sign-in link, once its person has shown that it is them. */
  link: { begin: (proof?: CredentialProof) => Promise<Answer<{ permit: string }>>; beginProof: () => Promise<Answer<StepUpChallenge>>; hasPasskey: boolean };
};

/** What the organisation's provider calls the person, and how they come by it and get rid of it. */
export function OwnIdentities({ identities, provider, outcome, unlink, link }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [proving, setProving] = useState(false);
  if (!provider && identities.length === 0) return null;
  const linked = provider && identities.some((one) => one.issuer === provider.issuer);
  const nameOf = (issuer: string) => (issuer === provider?.issuer ? provider.name : new URL(issuer).hostname);
  const failed = (because: string) => {
    setBusy(false);
    toast({ glyph: 'broken', title: 'Nothing was changed.', second: because });
  };
  /** Gives what stands in the way, or goes to the provider. */
  const begin = async (proof?: CredentialProof): Promise<string | undefined> => {
    const begun = await link.begin(proof).catch(noAnswer);
    if (!begun.ok) {
      if (wantsProof(begun) && !proof) setProving(true); else if (!proof) failed(begun.error.message);
      return begun.error.message;
    }
    setProving(false);
    setBusy(true);
    await visitProvider({ callbackUrl: '/settings', purpose: 'link', permit: begun.value.permit }).catch(() => failed('The server did not answer.'));
  };
  const end = async (one: IdentityView) => {
    const result = await unlink(one.id).catch(() => ({ ok: false as const, because: 'The server did not answer.' }));
    toast(result.ok ? { glyph: 'done', title: `${nameOf(one.issuer)} no longer opens this account.` } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    router.refresh();
  };
  return (
    <section>
      <h2 className="!text-text">Your account at {provider?.name ?? 'a provider'}</h2>
      {outcome && <p className="door-says mt-2" data-good={outcome.good || undefined} role={outcome.good ? 'status' : 'alert'}>{outcome.text}</p>}
      {identities.length > 0 && (
        <table className="table mt-1"><tbody>{identities.map((one) => (
          <tr key={one.id} className="tall">
            <td>{nameOf(one.issuer)}{one.email && <> <span className="quiet-text"><VisibleText text={one.email} /></span></>}<div className="quiet-text">linked {sayDay(one.linkedAt)}{one.manages && ', its groups give your roles and teams'}</div></td>
            <td className="num on-desk">{one.lastUsedAt ? <Ago at={one.lastUsedAt} suffix=" ago" /> : <span className="quiet-text">unused</span>}</td>
            <td className="num">{one.manages ? <span className="quiet-text">an administrator unlinks it</span> : <Button tone="quiet" onClick={() => void end(one)}>Unlink</Button>}</td>
          </tr>
        ))}</tbody></table>
      )}
      {provider && !linked && (
        <>
          <p className="text-13 text-text-3 mt-1">Not linked. Linked, it opens this account as your password does. From the next sign-in by it your groups there give your roles and teams, if an administrator has mapped one of them.</p>
          <div className="mt-3"><Button disabled={busy} onClick={() => void begin()}>{busy ? `Going to ${provider.name}` : `Link ${provider.name}`}</Button></div>
        </>
      )}
      {proving && <ProveDialog onClose={() => setProving(false)} hasPasskey={link.hasPasskey} beginProof={link.beginProof} prove={begin} why="Linked, that account opens this one from then on. So only you make the link, and this asks once more." />}
    </section>
  );
}
