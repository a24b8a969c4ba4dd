import { Verdict } from '@/components/ui/verdict';
import { sayFor } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { groupName } from '@/lib/approvals/rules';
import type { ActiveBundle, PolicyRule } from './view';

const verdicts = { forbid: ['deny', 'forbid'], ask: ['ask', 'ask'], permit: ['allow', 'allow'] } as const;

/** Each rule opens to its text. The verdict of an ask is neutral here: it waits on nobody now. */
export function RulesTable({ rules, openRule }: { rules: readonly PolicyRule[]; openRule: string | undefined }) {
  return (
    <ul className="rules">
      {rules.map((rule) => (
        <li key={rule.id} id={rule.id}>
          <details open={rule.id === openRule}>
            <summary>
              <Verdict name={verdicts[rule.effect][0]} word={verdicts[rule.effect][1]} others />
              <span className="sentence"><VisibleText text={rule.reason} /></span>
              <span className="about"><VisibleText text={rule.everyTool ? 'every tool' : rule.tools.length > 3 ? `${rule.tools.slice(0, 2).join(', ')} and ${rule.tools.length - 2} more` : rule.tools.join(', ') || 'no tool'} />{rule.route && <> · route <VisibleText text={rule.route} /></>}{rule.risk && ` · ${rule.risk}`}</span>
            </summary>
            <div className="rule-body"><p className="mono text-text-3">{rule.id}</p><Code text={rule.text} />{rule.tools.length > 3 && !rule.everyTool && <p className="text-12 text-text-3 mt-2">Concerns <VisibleText text={rule.tools.join(', ')} />.</p>}</div>
          </details>
        </li>
      ))}
    </ul>
  );
}

function Code({ text }: { text: string }) {
  return <pre className="code" tabIndex={0} aria-label="Text of the rule">{text.split('\n').map((line, index) => <span key={index} className="code-text"><i aria-hidden="true">{index + 1}</i><span><VisibleText text={line} /></span></span>)}</pre>;
}

export function ToolsTable({ tools }: { tools: ActiveBundle['tools'] }) {
  return (
    <table className="table mt-3">
      <thead><tr><th>Tool</th><th className="on-desk">Toolset</th><th className="on-desk">Operation</th><th>Classes</th><th className="on-desk">Permit</th></tr></thead>
      <tbody>{tools.map((tool) => <tr key={tool.name}><td className="mono"><VisibleText text={tool.name} /></td><td className="mono quiet-text on-desk"><VisibleText text={tool.toolset} /></td><td className="mono quiet-text on-desk"><VisibleText text={tool.operation} /></td><td>{tool.classes.length ? <VisibleText text={tool.classes.join(', ')} /> : <span className="quiet-text">none</span>}</td><td className="on-desk">{tool.redeem === 'required' ? 'redeemed once' : <span className="quiet-text">verified</span>}</td></tr>)}</tbody>
    </table>
  );
}

export function RoutesTable({ routes }: { routes: ActiveBundle['routes'] }) {
  return (
    <table className="table mt-3">
      <thead><tr><th>Route</th><th>Who must agree</th><th className="num">To decide</th><th className="num on-desk">To use</th><th className="on-desk">Asks for</th></tr></thead>
      <tbody>{Object.entries(routes).map(([name, route]) => <tr key={name}><td><b className="font-medium mono"><VisibleText text={name} /></b>{route.description && <div className="quiet-text"><VisibleText text={route.description} /></div>}</td><td>{route.groups.map((group) => `${group.quorum} of ${groupName(group)}`).join(' and ')}</td><td className="num">{sayFor(route.decideByMs, true)}</td><td className="num on-desk">{sayFor(route.useByMs, true)}</td><td className="on-desk">{[route.stepUp && (route.stepUpBy === 'passkey_or_totp' ? 'passkey or one-time password' : 'passkey'), route.reasonRequired && 'reason', route.ownerCounts && 'the owner counts'].filter(Boolean).join(', ') || <span className="quiet-text">nothing more</span>}</td></tr>)}</tbody>
    </table>
  );
}

const acts = { queue: 'calls a person', page: 'pages a person', constrain: 'holds the session to less', pause: 'pauses the session', stop: 'stops the session' } as const;

/** In order: a finding belongs to the first that it matches. */
export function AlertRulesTable({ rules }: { rules: ActiveBundle['alerts'] }) {
  return (
    <table className="table mt-3">
      <thead><tr><th>Rule</th><th>Sees</th><th className="on-desk">Alert</th><th>At once</th><th className="num on-desk">Counted together</th></tr></thead>
      <tbody>{rules.map(({ id, when, severity, act, incident, withinMs }) => <tr key={id}><td className="mono"><VisibleText text={id} /></td><td><VisibleText text={[when.detectors?.join(', ') ?? 'any detector', ...(when.kinds ? [when.kinds.join(', ')] : [])].join(': ')} /> <span className="quiet-text">from {when.minSeverity}</span></td><td className="on-desk">{severity}</td><td>{acts[act]}{incident && <span className="quiet-text">, suggests an incident</span>}</td><td className="num on-desk">{sayFor(withinMs)}</td></tr>)}</tbody>
    </table>
  );
}
