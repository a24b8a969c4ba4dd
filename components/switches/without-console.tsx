import { CodeLine } from '@/components/ui/copy-button';

/** What stops everything when no page answers, printed while one still does. */
export function WithoutConsole({ stopCommand, curl }: { stopCommand: string; curl: string }) {
  return (
    <section className="standing" aria-labelledby="without-console">
      <h2 id="without-console">Without this console</h2>
      <p className="text-13 text-text-3 mt-1">Both go straight to control and work while console, gateways or database are away. On the machine itself:</p>
      <div className="mt-2"><CodeLine command={stopCommand} /></div>
      <p className="text-13 text-text-3 mt-3">From anywhere that reaches control, with a control key:</p>
      <div className="mt-2"><CodeLine command={curl} /></div>
    </section>
  );
}
