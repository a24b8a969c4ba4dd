import Link from 'next/link';
import { Digest } from '@/components/ui/digest';
import { sayDay } from '@/components/ui/say-time';
import { Empty } from '@/components/ui/states';
import { VisibleText } from '@/components/ui/visible';
import { AlertRulesTable, RoutesTable, RulesTable, ToolsTable } from './bundle-tables';
import type { ActiveBundle, BundleRow } from './view';

export type PolicyPart = 'rules' | 'tools' | 'routes' | 'alerts';
const parts: [PolicyPart, string][] = [['rules', 'Rules'], ['tools', 'Tools'], ['routes', 'Who decides'], ['alerts', 'Alerts']];

/** What is in force, for reading: rules with their sentences, tools with their classes, routes with who decides. */
export function PoliciesScreen({ active, history, part, openRule }: { active: ActiveBundle | undefined; history: readonly BundleRow[]; part: PolicyPart; openRule?: string | undefined }) {
  if (!active) return <div className="page"><div className="page-read"><h1>No policy is in force.</h1><p className="lede">Every action is denied.</p><div className="mt-5"><Empty title="The gate lets nothing through." facts="It starts with the first signed bundle." /></div></div></div>;
  const count = (effect: ActiveBundle['rules'][number]['effect']) => active.rules.filter((rule) => rule.effect === effect).length;
  const [forbids, asks, permits] = [count('forbid'), count('ask'), count('permit')];
  return (
    <div className="policies">
      <div className="policies-main">
        <h1>{forbids} {forbids === 1 ? 'rule forbids' : 'rules forbid'}, {asks} {asks === 1 ? 'asks' : 'ask'} a person, {permits} {permits === 1 ? 'allows' : 'allow'}.</h1>
        <p className="lede">What no rule allows is denied. For <VisibleText text={active.organisation.name} />, whose own domains are {active.organisation.domains.map((domain) => <span key={domain} className="mono"><VisibleText text={domain} /> </span>)}</p>
        <nav className="flex flex-wrap gap-1.5 mt-4" aria-label="Parts of the bundle">{parts.map(([name, word]) => <Link key={name} href={`/policies?part=${name}`} prefetch={false} className="chip" aria-current={name === part ? 'true' : undefined}>{word} {name === 'routes' ? Object.keys(active.routes).length : active[name].length}</Link>)}</nav>
        {part === 'rules' && <RulesTable rules={active.rules} openRule={openRule} />}
        {part === 'tools' && <ToolsTable tools={active.tools} />}
        {part === 'routes' && <RoutesTable routes={active.routes} />}
        {part === 'alerts' && <AlertRulesTable rules={active.alerts} />}
      </div>
      <aside className="policies-aside">
        <section>
          <h2>In force</h2>
          <dl className="facts mt-1">
            <dt>Bundle</dt><dd>{active.sequence}, <VisibleText text={active.name} /></dd>
            <dt>Since</dt><dd>{sayDay(active.activatedAt)} UTC</dd>
            <dt>By</dt><dd><VisibleText text={active.activatedBy?.name ?? active.activatedBy?.kind ?? 'the installation'} /></dd>
          </dl>
          <p className="mt-2"><Digest hex={active.sha256} label="sha256" /></p>
        </section>
        <section>
          <h2>Before it</h2>
          {history.length <= 1 ? <p className="text-13 text-text-3 mt-1">Nothing: this is the first.</p> : <ol className="bundle-history">{history.filter((row) => row.sequence !== active.sequence).slice(0, 12).map((row) => <li key={row.sequence}><b className="mono">{row.sequence}</b><span><VisibleText text={row.name} /><br /><span className="quiet-text">{row.activatedAt ? sayDay(row.activatedAt) : 'never in force'}</span></span></li>)}</ol>}
        </section>
      </aside>
    </div>
  );
}
