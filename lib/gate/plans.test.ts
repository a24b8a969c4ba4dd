import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionDigest } from '@/lib/protocol/digest';
import { Plans } from './plans';

const steps = [{ id: 'read', tool: 'read_ticket', args: { ticketId: 'T-1' } }, { id: 'mail', tool: 'send_email', args: { to: 'a@example.org' }, dependsOn: ['read'], maxRetries: 1 }];
const ask = (tool: string, args: object, stepId?: string, planId = 'p') => ({ tool, digest: actionDigest(tool, args), ...(stepId === undefined ? {} : { planId, stepId }) });
const kinds = (plans: Plans, action: ReturnType<typeof ask>) => plans.standing(action).findings.map(({ kind }) => kind);
function planned(unstable = false): Plans {
  const plans = new Plans();
  plans.add('p', 'h1', steps, unstable);
  return plans;
}

describe('an action and its plan', () => {
  it('has nothing to leave before there is a plan', () => {
    expect(new Plans().standing(ask('send_email', {}))).toEqual({ submitted: false, conforms: false, stable: true, findings: [] });
    expect(new Plans().standing(ask('send_email', {}, 'mail'))).toMatchObject({ submitted: false, findings: [] });
  });

  it('conforms where tool, arguments and order are what was planned', () => {
    const plans = planned();
    expect(plans.standing(ask('read_ticket', { ticketId: 'T-1' }, 'read'))).toEqual({ submitted: true, conforms: true, stable: true, findings: [] });
    plans.began('a1', 'p', 'read');
    expect(kinds(plans, ask('send_email', { to: 'a@example.org' }, 'mail'))).toEqual(['step_out_of_order']);
    plans.ended('a1', 'ok');
    expect(plans.standing(ask('send_email', { to: 'a@example.org' }, 'mail')).conforms).toBe(true);
  });

  it('says how it leaves the plan', () => {
    const plans = planned();
    expect(kinds(plans, ask('send_email', { to: 'a@example.org' }))).toEqual(['outside_plan']);
    expect(kinds(plans, ask('send_email', {}, 'nothing'))).toEqual(['outside_plan']);
    expect(kinds(plans, ask('read_ticket', { ticketId: 'T-1' }, 'read', 'other'))).toEqual(['outside_plan']);
    expect(kinds(plans, ask('delete_ticket', { ticketId: 'T-1' }, 'read'))).toEqual(['other_tool_than_planned']);
    expect(kinds(plans, ask('read_ticket', { ticketId: 'T-2' }, 'read'))).toEqual(['other_arguments_than_planned']);
    expect(kinds(planned(true), ask('read_ticket', { ticketId: 'T-1' }, 'read'))).toEqual(['plan_changed_after_untrusted']);
  });

  it('counts the times a step is run, and not those that were refused', () => {
    const plans = planned();
    plans.began('r', 'p', 'read');
    plans.ended('r', 'ok');
    const again = ask('send_email', { to: 'a@example.org' }, 'mail');
    for (const id of ['m1', 'm2']) { expect(kinds(plans, again)).toEqual([]); plans.began(id, 'p', 'mail'); }
    expect(kinds(plans, again)).toEqual(['step_repeated']);
    plans.ended('m2', 'refused');
    expect(kinds(plans, again)).toEqual([]);
  });

  it('changes after untrusted input only where it is another one', () => {
    const plans = planned();
    expect([plans.wouldBeUnstable('h1', true), plans.wouldBeUnstable('h2', false), plans.wouldBeUnstable('h2', true), new Plans().wouldBeUnstable('h2', true)]).toEqual([false, false, true, false]);
  });

  it('forgets the oldest plans, and never conforms to what it has forgotten', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), (count) => {
      const plans = new Plans();
      for (let i = 0; i < count; i++) { plans.add(`p${i}`, `h${i}`, steps, false); plans.began(`a${i}`, `p${i}`, 'read'); plans.ended(`a${i}`, 'ok'); }
      const conforming = Array.from({ length: count }, (_, i) => plans.standing(ask('read_ticket', { ticketId: 'T-1' }, 'read', `p${i}`))).filter(({ submitted }) => submitted);
      expect(conforming).toHaveLength(Math.min(count, 16));
    }));
  });
});
