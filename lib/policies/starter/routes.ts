import type { BundleInput, Route } from '../schema';

const minute = 60_000;
const asked = (description: string, risk: Route['risk'], rest: Partial<Route> = {}): Route => ({
  description,
  groups: [{ role: 'responder', quorum: 1 }],
  decideByMs: 15 * minute,
  useByMs: 10 * minute,
  stepUp: false,
  reasonRequired: false,
  ownerCounts: true,
  risk,
  ...rest,
});

/**
 * Every route takes one person, so that a single administrator can run everything on the first day, and none asks for
 * a passkey (`stepUp`) while nobody has registered one. Raise both for `untrusted-outbound`, `payments` and `shell`
 * as soon as there are people and passkeys.
 */
export const routes: BundleInput['routes'] = {
  routine: asked('Small things that a person should glance at.', 'low'),
  'file-change': asked('Changes to files.', 'medium'),
  'web-access': asked('Reaching pages on the open web.', 'medium'),
  'outbound-mail': asked('Mail that leaves the organisation or reaches many.', 'medium'),
  'data-export': asked('Many people’s data at once.', 'high', { reasonRequired: true }),
  'untrusted-outbound': asked('Data that may leave on somebody else’s instruction.', 'high', { decideByMs: 10 * minute, useByMs: 5 * minute, reasonRequired: true, ownerCounts: false }),
  payments: asked('Money that leaves.', 'high', { decideByMs: 30 * minute, useByMs: 5 * minute, reasonRequired: true, ownerCounts: false }),
  shell: asked('Commands on a machine.', 'critical', { groups: [{ role: 'admin', quorum: 1 }], decideByMs: 10 * minute, useByMs: 2 * minute, reasonRequired: true, ownerCounts: false }),
};
