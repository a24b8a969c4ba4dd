import { describe, expect, it } from 'vitest';
import { roles, type Actor, type Confined, type Role } from '@/lib/context';
import { DomainError } from '@/lib/errors';
import { authorise } from './authorise';
import { printRoleMatrix } from './role-matrix';
import { hostVerbs, may, systemVerbs, tokenLimits, verbs, type Verb } from './permissions';

// Written out apart from the table, one letter a role (viewer analyst responder author Reviewer Admin): a change of the table has to be made here too.
const expected: Record<Verb, string> = {
  'session.read': 'v a r u R A', 'session.unconstrain': '- - r u R A', 'approval.read': 'v a r u R A', 'approval.decide': '- a r u R A', 'approval.deny': '- a r u R A', 'approval.withdraw': '- a r u R A', 'approval.escalate': '- a r u R A', 'on_call.manage': '- - - - - A', 'on_call.hand_over': '- a r u R A', 'handover.write': '- a r u R A',
  'switch.read': 'v a r u R A', 'switch.engage.session': '- a r u R A', 'switch.engage.wide': '- - r u R A', 'switch.release': '- - r u R A',
  'dead_man.manage': '- - r u R A', 'dead_man.heartbeat': '- - r u R A', 'drill.run': '- - r u R A',
  'agent.read': 'v a r u R A', 'agent.manage': '- - - - - A', 'policy.read': 'v a r u R A', 'policy.publish': '- - - u R A', 'attack.record': '- - - u R A',
  'log.read': 'v a r u R A', 'log.export': '- a r u R A', 'log.verify': 'v a r u R A', 'person.read': 'v a r u R A', 'person.manage': '- - - - - A',
  'token.create': 'v a r u R A', 'control_key.manage': '- - - - - A', 'payload.read': 'v a r u R A', 'payload.reveal': '- a r u R A', 'demo.run': '- - - - - A', 'incident.read': 'v a r u R A',
  'alert.read': 'v a r u R A', 'alert.handle': '- a r u R A', 'alert.mute': '- - r u R A', 'channel.manage': '- - - - - A',
  'policy.review': '- - - - R A', 'team.manage': '- - - - - A', 'role.manage': '- - - - - A', 'service_account.manage': '- - - - - A', 'setting.read': 'v a r u R A', 'setting.manage': '- - - - - A',
  'credential.manage': 'v a r u R A', 'stop_key.register': '- a r u R A', 'payload.erase': '- - - - - A', 'key.read': 'v a r u R A', 'key.rotate': '- - - - - A', 'backup.make': '- - - - - A',
};
const letters: Record<Role, string> = { viewer: 'v', analyst: 'a', responder: 'r', author: 'u', reviewer: 'R', admin: 'A' };

const person = (held: Role[], limit?: 'read_only' | 'deny_and_stop'): Actor => ({ kind: 'person', id: 'p', name: 'Ada', email: 'ada@example.org', roles: held, via: limit ? 'token' : 'console', ...(limit ? { limit } : {}) });
const refusedWith = (actor: Actor, verb: Verb): string => {
  try { authorise({ actor }, verb); } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).code).toBe('forbidden');
    return (error as DomainError).message;
  }
  throw new Error(`${verb} was allowed`);
};

describe('the table of roles and verbs', () => {
  it('is walked whole: no verb is missing on either side', () => {
    expect([...verbs].sort()).toEqual(Object.keys(expected).sort());
  });

  for (const verb of Object.keys(expected) as Verb[]) {
    for (const role of roles) {
      const allowed = expected[verb].includes(letters[role]);
      it(`${verb} is ${allowed ? 'allowed to' : 'refused for'} ${role}`, () => {
        const actor = person([role]);
        expect(may(actor, verb)).toBe(allowed);
        if (allowed) authorise({ actor }, verb);
        else expect(refusedWith(actor, verb)).toMatch(/needs the role (analyst|responder|author|reviewer|admin).*you have the role/);
      });
    }
    it(`${verb} is refused for a person without a role, an agent and a supervisor`, () => {
      expect(refusedWith(person([]), verb)).toContain('no role');
      refusedWith({ kind: 'agent', id: 'a', name: 'n', instanceId: 'i' }, verb);
      refusedWith({ kind: 'supervisor', id: 's', instanceId: 'i' }, verb);
    });
  }

  it('leaves whoever owes a second factor stopping and, where there is none, setting one up', () => {
    const left = (confined: Confined, held: Role[]) => verbs.filter((verb) => may({ ...person(held), confined } as Actor, verb));
    expect(left('no_factor', ['admin'])).toEqual(['switch.read', 'switch.engage.session', 'switch.engage.wide', 'credential.manage']);
    expect(left('factor_unused', ['admin'])).toEqual(['switch.read', 'switch.engage.session', 'switch.engage.wide']);
    // No more of it than the role has, but for setting one up, which is asked of everybody.
    expect(left('no_factor', ['viewer'])).toEqual(['switch.read', 'credential.manage']);
    expect(left('no_factor', [])).toEqual(['credential.manage']);
    for (const verb of verbs) {
      const actor = { ...person(['admin']), confined: 'no_factor' } as Actor;
      if (!may(actor, verb)) expect(refusedWith(actor, verb)).toMatch(/A second factor is required of you.*you can stop things meanwhile/);
    }
  });

  it('gives two roles what either has', () => {
    expect(may(person(['viewer', 'author']), 'policy.publish')).toBe(true);
    expect(may(person(['viewer', 'analyst']), 'policy.publish')).toBe(false);
  });
});

describe('the matrix that people read', () => {
  it('is printed from the same table, whole', () => {
    const text = printRoleMatrix();
    console.log(text);
    const lines = text.trimEnd().split('\n').slice(1).map((line) => line.split(/ +/));
    expect(lines.map(([verb]) => verb)).toEqual(verbs);
    for (const [verb, ...cells] of lines) expect(cells.map((cell, at) => (cell === 'yes' ? letters[roles[at]!] : '-')).join(' '), verb).toBe(expected[verb as Verb]);
  });
});

describe('token limits', () => {
  it('never widen a role', () => {
    for (const limit of ['read_only', 'deny_and_stop'] as const) for (const role of roles) for (const verb of verbs) {
      if (may(person([role], limit), verb)) expect(may(person([role]), verb)).toBe(true);
    }
  });
  it('read_only leaves reading', () => {
    const admin = person(['admin'], 'read_only');
    expect(verbs.filter((verb) => may(admin, verb)).sort()).toEqual([...tokenLimits.read_only].sort());
    for (const verb of ['approval.decide', 'approval.deny', 'switch.engage.session', 'person.manage', 'token.create', 'payload.reveal'] as const) expect(refusedWith(admin, verb)).toContain('token');
  });
  it('deny_and_stop leaves reading, denying and engaging', () => {
    const admin = person(['admin'], 'deny_and_stop');
    for (const verb of ['approval.deny', 'switch.engage.session', 'switch.engage.wide', 'approval.read'] as const) expect(may(admin, verb)).toBe(true);
    for (const verb of ['approval.decide', 'switch.release', 'person.manage', 'token.create', 'policy.publish'] as const) expect(refusedWith(admin, verb)).toContain('denying and stopping');
  });
});

describe('actors that are no person', () => {
  it('never includes a release or an approval for a process of ours', () => {
    for (const process of Object.keys(systemVerbs) as (keyof typeof systemVerbs)[]) {
      for (const verb of verbs) expect(may({ kind: 'system', process }, verb)).toBe(systemVerbs[process].includes(verb));
      for (const verb of ['switch.release', 'approval.decide', 'token.create', 'control_key.manage', 'payload.reveal'] as const) refusedWith({ kind: 'system', process }, verb);
    }
  });
  it('lets the host manage and stop, and decide no approval', () => {
    const host: Actor = { kind: 'host', user: 'root' };
    for (const verb of ['agent.manage', 'person.manage', 'token.create', 'switch.engage.wide', 'log.export'] as const) expect(may(host, verb)).toBe(true);
    for (const verb of ['approval.decide', 'approval.deny', 'payload.reveal'] as const) refusedWith(host, verb);
    expect(verbs.filter((verb) => may(host, verb)).sort()).toEqual([...hostVerbs].sort());
  });
  it('holds a control key to its scopes', () => {
    const key = (scopes: string[]): Actor => ({ kind: 'control_key', id: 'k', name: 'pager', scopes, environments: ['local'] });
    expect(may(key(['session']), 'switch.engage.session')).toBe(true);
    refusedWith(key(['session']), 'switch.engage.wide');
    expect(may(key(['global']), 'switch.engage.wide')).toBe(true);
    expect(verbs.filter((verb) => may(key(['heartbeat']), verb))).toEqual(['switch.read', 'dead_man.heartbeat']);
    for (const verb of verbs.filter((v) => !['switch.read', 'switch.engage.session', 'switch.engage.wide'].includes(v))) refusedWith(key(['session', 'global']), verb);
  });
});
