import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { AgentDetail } from '@/components/agents/agent-detail';
import { Ago } from '@/components/live/countdown';
import { LiveRefresh } from '@/components/live/live-refresh';
import { sessionWord } from '@/components/sessions/session-words';
import { DeadManPanel } from '@/components/dead-man/dead-man-panel';
import { HoldNote } from '@/components/switches/hold-note';
import { BackLine } from '@/components/shell/back-line';
import { VisibleText } from '@/components/ui/visible';
import { authorise, may } from '@/lib/access';
import { getAgent } from '@/lib/agents';
import { deadManOf, tendsAgent } from '@/lib/dead-man';
import { idSchema } from '@/lib/protocol/ids';
import { listSessions } from '@/lib/sessions';
import { agentHold } from '@/lib/switches';
import { arm, beat, disarm } from '../../dead-man-actions';
import { endHoldOf } from '../../switches/switch-actions';
import { changeState, rotate } from '../agent-actions';

export const metadata: Metadata = { title: 'Agent' };

export default async function AgentPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'agent.read');
  const { id } = await params;
  if (!idSchema.safeParse(id).success) notFound();
  const [agent, sessions, hold, deadMan, tends] = await Promise.all([getAgent(id), listSessions({ agentId: id, limit: 12 }), agentHold(id), deadManOf('agent', id), tendsAgent(ctx, id)]);
  if (!agent) notFound();
  return (
    <>
      <LiveRefresh topics={['agents', 'sessions', 'switches']} />
      <BackLine line="Agents" />
      <AgentDetail
        agent={agent} {...(may(actor, 'agent.manage') && { manage: { rotate, change: changeState } })}
        {...(hold && { hold: <HoldNote hold={hold} agent={agent.name} over={false} {...(may(actor, 'switch.release') && { end: endHoldOf })} /> })}
        deadMan={<DeadManPanel deadMan={deadMan} target={agent.name} agentId={id} tend={{ ...(tends.manage && { arm, disarm }), ...(tends.heartbeat && { beat }) }} />}
        sessions={sessions.length > 0 && (
          <>
            <table className="table mt-1"><tbody>
              {sessions.map((session) => (
                <tr key={session.id} className="linked tall">
                  <td><Link className="cover" href={`/sessions/${session.id}`} prefetch={false}><span className="mono">{session.shortId}</span> <VisibleText text={session.purpose.slice(0, 160)} /></Link></td>
                  <td className="on-desk">{sessionWord(session.state)}</td>
                  <td className="num"><Ago at={session.lastEventAt ?? session.openedAt} suffix=" ago" /></td>
                </tr>
              ))}
            </tbody></table>
            <p className="mt-2"><Link className="link reach" href={`/sessions?show=all&agent=${id}`} prefetch={false}>All its sessions</Link></p>
          </>
        )}
      />
    </>
  );
}
