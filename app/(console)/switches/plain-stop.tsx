import type { ScopeView } from '@/components/switches/view';
import { Button } from '@/components/ui/button';
import { HOLD_MINUTES } from '@/lib/protocol/limits';
import { engageByForm } from './switch-actions';

/** A stop where scripts don't run: one list, one button, one plain post. The panel above is the same thing with its figures. */
export function PlainStop({ scopes }: { scopes: readonly ScopeView[] }) {
  const choices = scopes.flatMap(({ scope, choices }) => choices.filter((one) => !one.standingOrderId).map((one) => ({ value: one.target === null ? scope : `${scope} ${one.target}`, words: scope === 'global' ? 'Everything' : `${scope}: ${one.name}` })));
  if (choices.length === 0) return null;
  return (
    <noscript>
      <form action={engageByForm} className="plain-stop mt-4 flex flex-wrap items-center gap-2">
        <label className="text-13" htmlFor="plain-stop">This browser runs no scripts. Stop</label>
        <select id="plain-stop" name="cover" className="input !w-auto" defaultValue={choices.at(-1)!.value}>{choices.map((one) => <option key={one.value} value={one.value}>{one.words}</option>)}</select>
        <label className="text-13 flex items-center gap-2"><input type="checkbox" name="hold" defaultChecked />of a session or instance also hold new sessions for {HOLD_MINUTES} minutes</label>
        <Button type="submit" tone="halt">Stop now</Button>
      </form>
    </noscript>
  );
}
