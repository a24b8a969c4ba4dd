import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { TokensScreen } from '@/components/access/tokens-screen';
import { LiveRefresh } from '@/components/live/live-refresh';
import { listAllTokens, listServiceAccounts, listTokens, may, verbs } from '@/lib/access';
import { endToken } from '../access-actions';
import { endServiceAccount, makeHeldToken, makeServiceAccount, reshapeServiceAccount } from '../rights-actions';

export const metadata: Metadata = { title: 'Tokens' };

export default async function TokensPage() {
  const { actor, ctx } = await requireSession();
  const manages = may(actor, 'service_account.manage') && may(actor, 'person.manage');
  const [own, accounts, tokens] = await Promise.all([listTokens(ctx), manages ? listServiceAccounts(ctx) : [], manages ? listAllTokens(ctx) : []]);
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page"><div className="page-read grid gap-8">
        <TokensScreen verbs={verbs} own={own} accounts={accounts} tokens={tokens} createToken={makeHeldToken} revokeToken={endToken} {...(manages && { manage: { create: makeServiceAccount, change: reshapeServiceAccount, deactivate: endServiceAccount } })} />
      </div></div>
    </>
  );
}
