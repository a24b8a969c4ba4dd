import path from 'node:path';
import { changeTeamMembers, createTeam } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { ownerUrl } from '@/lib/db/owner-url';
import { publishBundle, starterBundle, type Bundle } from '@/lib/policies';
import { FileKeys } from '@/lib/signing';

/** What the routes' story needs of the installation in DATA_DIR: `team NAME EMAIL…` makes a team, `publish PAYMENTS SECURITY LEAD` asks these about mail under two subjects, `restore` has the starter bundle again. */
const [what, ...given] = process.argv.slice(2);
const dataDir = process.env.DATA_DIR!;
process.env.DATABASE_URL = ownerUrl({ dataDir });
const host = makeContext({ kind: 'host', user: 'test' });
if (what === 'team') {
  const { id } = await createTeam(host, { name: given[0]!, description: 'for a test' });
  const people = await sql.rows<{ id: string }>('SELECT id FROM person WHERE email = ANY($1)', [given.slice(1)]);
  await changeTeamMembers(host, { teamId: id, members: people.map((person) => person.id) });
} else {
  const [newest] = await sql.rows<{ sequence: number }>('SELECT max(sequence)::float8 AS sequence FROM bundle');
  const bundle = starterBundle(newest!.sequence + 1);
  await publishBundle(host, { bundle: what === 'publish' ? asking(bundle, given as [string, string, string]) : bundle }, { keys: new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['bundle'] }) });
}
await closePrisma();
await closePools();

/** Mail inside the organisation under these subjects is asked about; everything else is as it was. */
function asking(bundle: Bundle, [payments, security, lead]: [string, string, string]): Bundle {
  const route = { useByMs: 60_000, stepUp: false, reasonRequired: false, ownerCounts: true };
  const about = (subject: string) => `permit (principal, action == Action::"call", resource == Tool::"send_email") when { context.args.subject == "${subject}" };`;
  return {
    ...bundle,
    policies: {
      ...bundle.policies,
      'test.two-roles': { text: `@ask("two-roles") @risk("high") @reason("Two of payments and one of security look at this.") ${about('Two roles')}` },
      'test.short': { text: `@ask("short") @reason("Somebody of payments looks at this.") ${about('Short')}` },
    },
    routes: {
      ...bundle.routes,
      'two-roles': { ...route, groups: [{ team: payments, quorum: 2 }, { team: security, quorum: 1 }], decideByMs: 600_000, risk: 'medium' },
      short: { ...route, groups: [{ team: payments, quorum: 1 }], escalation: [{ groups: [{ onCall: lead, quorum: 1 }] }], decideByMs: 60_000, risk: 'high' },
    },
  };
}
