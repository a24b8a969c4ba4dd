import Link from 'next/link';

/** On the page of a stop that a drill has pressed: whose it is, and who undoes it. */
export function DrillNote({ drill }: { drill: { id: string; over: boolean } }) {
  return (
    <section>
      <h2>A drill</h2>
      <p className="text-13 text-text-2 mt-1">It stops a process that the drill itself has started, and nothing else. {drill.over ? 'The drill is over, and control undoes its stop.' : 'Control undoes it when the drill is over.'} <Link className="link reach" href={`/drills/${drill.id}`} prefetch={false}>Its report</Link></p>
    </section>
  );
}
