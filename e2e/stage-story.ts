import path from 'node:path';
import { learnBaselines } from '@/lib/behaviour';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { ownerUrl } from '@/lib/db/owner-url';
import { publishBundle, starterBundle } from '@/lib/policies';
import { FileKeys } from '@/lib/signing';

/** What a story needs of the installation in DATA_DIR beside agents and people: `publish MILLISECONDS` gives people so long to decide about what may leave, `three` has three people decide about mail that leaves, `learn AGENT` has the worker's look at what is usual now, and says how many sessions that agent's baseline stands on. */
const [what, given] = process.argv.slice(2);
const dataDir = process.env.DATA_DIR!;
process.env.DATABASE_URL = ownerUrl({ dataDir });
if (what === 'publish' || what === 'three') {
  const bundle = starterBundle(2);
  if (what === 'publish') bundle.routes['untrusted-outbound'] = { ...bundle.routes['untrusted-outbound']!, decideByMs: Number(given) };
  else bundle.routes['outbound-mail'] = { ...bundle.routes['outbound-mail']!, groups: [{ role: 'responder', quorum: 2 }, { role: 'admin', quorum: 1 }] };
  await publishBundle(makeContext({ kind: 'host', user: 'test' }), { bundle }, { keys: new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['bundle'] }) });
} else {
  // Whoever was first, this or the worker itself: what counts is what is known now.
  await learnBaselines(makeContext({ kind: 'system', process: 'worker' }));
  const [baseline] = await sql.rows<{ sessions: number }>('SELECT sessions FROM behaviour_baseline WHERE agent_id = $1 ORDER BY version DESC LIMIT 1', [given]);
  console.log(JSON.stringify({ sessions: baseline?.sessions ?? 0 }));
}
await closePrisma();
await closePools();
