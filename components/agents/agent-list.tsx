import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { Empty } from '@/components/ui/states';
import { VisibleText } from '@/components/ui/visible';
import type { AgentView } from './view';

/** Who may act here. `acts`: Register an agent, the demo fleet. */
export function AgentList({ agents, acts }: { agents: readonly AgentView[]; acts?: ReactNode }) {
  const disabled = agents.filter((agent) => agent.state.kind === 'disabled').length;
  return (
    <div className="page">
      <div className="page-wide">
        <header className="flex flex-wrap items-start justify-between gap-3">
          <div><h1>{agents.length === 0 ? 'No agent is registered.' : agents.length === 1 ? 'One agent is registered.' : `${agents.length} agents are registered.`}</h1><p className="lede">Only a registered agent can ask for anything.{disabled > 0 && ` ${disabled} ${disabled === 1 ? 'is' : 'are'} disabled.`}</p></div>
          {acts && <div className="flex gap-2">{acts}</div>}
        </header>
        {agents.length === 0 ? <div className="mt-5"><Empty title="Nothing can act yet." facts="Register an agent to get its client id and secret, or run the demo fleet." /></div> : (
          <table className="table mt-5">
            <thead><tr><th>Agent</th><th className="on-desk">Enforcement</th><th className="num">Sessions</th><th className="num on-desk">Instances</th><th className="num on-desk">Capabilities</th><th className="num">Seen</th></tr></thead>
            <tbody>{agents.map((agent) => <Row key={agent.id} agent={agent} />)}</tbody>
          </table>
        )}
      </div>
    </div>
  );
}

function Row({ agent }: { agent: AgentView }) {
  return (
    <tr className="linked tall">
      <td><i className="pip mr-2 mb-px" data-state={agent.state.kind === 'disabled' ? 'lost' : agent.openSessions > 0 ? undefined : 'quiet'} /><Link className="cover font-medium" href={`/agents/${agent.id}`} prefetch={false}><VisibleText text={agent.name} /></Link>{agent.state.kind === 'disabled' && <span className="quiet-text">, disabled</span>}{agent.simulated && <span className="quiet-text"> · SIMULATED</span>}</td>
      <td className="on-desk">{agent.enforced ? 'enforced' : <span className="quiet-text">cooperative</span>}</td>
      <td className="num">{agent.openSessions}</td><td className="num on-desk">{agent.instances}</td><td className="num on-desk">{agent.capabilities.length}</td>
      <td className="num">{agent.lastSeenAt ? <Ago at={agent.lastSeenAt} suffix=" ago" /> : <span className="quiet-text">never</span>}</td>
    </tr>
  );
}
