import type { ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { Chip } from '@/components/ui/chip';
import { sayDay } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { CredentialActs } from './credential-acts';
import type { AgentView, ChangeAgentState, RotateSecret } from './view';

type Props = { agent: AgentView; manage?: { rotate: RotateSecret; change: ChangeAgentState }; sessions?: ReactNode; /** That its new sessions are held. */ hold?: ReactNode; deadMan?: ReactNode };

/** One agent: what it may use, whether it is here, and how to take its credential away. */
export function AgentDetail({ agent, manage, sessions, hold, deadMan }: Props) {
  return (
    <div className="page">
      <div className="page-wide">
        <header className="flex flex-wrap items-start justify-between gap-3">
          <div className="min-w-0">
            <h1><VisibleText text={agent.name} />{agent.state.kind === 'disabled' && ' is disabled.'}</h1>
            <p className="lede">{agent.description ? <VisibleText text={agent.description} /> : 'No description.'}</p>
            <p className="flex flex-wrap gap-1.5 mt-2"><Chip>{agent.enforced ? 'Enforced' : 'Cooperative'}</Chip>{agent.simulated && <Chip tone="open">SIMULATED</Chip>}</p>
          </div>
          {manage && <CredentialActs agent={agent} {...manage} />}
        </header>
        <dl className="facts mt-5">
          <dt>Client id</dt><dd className="mono">{agent.id}</dd>
          <dt>Registered</dt><dd>{sayDay(agent.createdAt)} UTC</dd>
          <dt>Seen</dt><dd>{agent.lastSeenAt ? <><Ago at={agent.lastSeenAt} /> ago, {agent.instances} {agent.instances === 1 ? 'instance' : 'instances'}</> : 'never connected'}</dd>
          <dt>At work</dt><dd>{agent.openSessions} open {agent.openSessions === 1 ? 'session' : 'sessions'}</dd>
        </dl>
        {hold && <div className="agent-hold mt-5">{hold}</div>}
        <section className="mt-6">
          <h2 className="!text-text">May use</h2>
          {agent.capabilities.length === 0 ? <p className="text-13 text-text-3 mt-1">Nothing. Every request is denied.</p> : (
            <table className="table mt-1"><thead><tr><th>Toolset</th><th>Operations</th><th>Within</th></tr></thead>
              <tbody>{agent.capabilities.map((grant, index) => <tr key={index}><td className="mono"><VisibleText text={grant.toolset} /></td><td className="mono"><VisibleText text={grant.operations.join(', ')} /></td><td className="mono"><VisibleText text={grant.scope} /></td></tr>)}</tbody></table>
          )}
          <p className="text-12 text-text-3 mt-2">A capability lets it ask; policy still decides each call.</p>
        </section>
        {deadMan && <div className="mt-6">{deadMan}</div>}
        {sessions && <section className="mt-6"><h2 className="!text-text">Sessions</h2>{sessions}</section>}
      </div>
    </div>
  );
}
