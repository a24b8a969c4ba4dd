import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { SingleSignOn } from '@/components/access/single-sign-on';
import { LiveRefresh } from '@/components/live/live-refresh';
import { may, readSingleSignOn } from '@/lib/access';
import { env } from '@/lib/env';
import { changeGroup, setProvision } from '../identity-actions';

export const metadata: Metadata = { title: 'Single sign-on' };

export default async function SingleSignOnPage() {
  const { actor, ctx } = await requireSession();
  const config = env().oidc;
  const view = config && await readSingleSignOn(ctx, config.issuer);
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page">
        <div className="page-read grid gap-8">
          <header>
            <h1>Single sign-on</h1>
            <p className="lede">{config ? `People sign in by ${config.name}, and their groups there can give them roles and teams here.` : 'No provider is set up. People sign in with what this console keeps.'}</p>
          </header>
          {config && view ? (
            <SingleSignOn
              view={view} {...(may(actor, 'setting.manage') && { manage: { mapGroup: changeGroup, setProvision } })}
              provider={{ name: config.name, issuer: config.issuer, clientId: config.clientId, publicClient: config.clientSecret === undefined, scopes: config.scopes, groupsClaim: config.groupsClaim, requireVerifiedEmail: config.requireVerifiedEmail, redirectUri: `${env().publicUrl}/api/auth/callback/oidc` }}
            />
          ) : <p className="text-13 text-text-2">Whoever runs this console sets <span className="mono">OIDC_ISSUER</span> and <span className="mono">OIDC_CLIENT_ID</span> in its environment and starts it again. The redirect address to register is <span className="mono break-all">{env().publicUrl}/api/auth/callback/oidc</span>.</p>}
        </div>
      </div>
    </>
  );
}
