import { Ago } from '@/components/live/countdown';
import { Empty } from '@/components/ui/states';
import { nowFacts } from './now-facts';

/** An empty list that proves it is live, from the server's own rows. */
export async function LiveEmpty({ title }: { title: string }) {
  const facts = await nowFacts();
  return (
    <Empty title={title} facts={<>
      {facts.agentsRunning} {facts.agentsRunning === 1 ? 'agent' : 'agents'} running, {facts.stopped} stopped, {facts.lastEventAt ? <>last event <Ago at={facts.lastEventAt} /> ago</> : 'no event yet'}, {facts.lastDrillAt ? <>last drill <Ago at={facts.lastDrillAt} /> ago</> : 'no drill yet'}.
    </>} />
  );
}
