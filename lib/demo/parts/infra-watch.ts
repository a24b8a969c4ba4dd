import { shares } from '../cast';
import type { Part } from '../part';
import type { Scene } from '../scene';

const topics = ['disk space', 'certificates', 'backup windows', 'queue length', 'node upgrades', 'time servers'] as const;
const pages = ['https://nodejs.org/en/about/previous-releases', 'https://www.postgresql.org/support/versioning/', 'https://www.rfc-editor.org/rfc/rfc8785', 'https://docs.python.org/3/library/venv.html'] as const;
const commands = ['df -h /srv', 'uptime', 'systemctl status reporting.timer', 'journalctl -u reporting -n 50'] as const;

/** Reads and searches all day, which is allowed; now and then it looks where it has no business, which is not. */
export const infraWatch: Part = {
  purpose: () => 'watch the machines and keep the notes current',
  principal: () => ({ type: 'service', id: 'infrastructure' }),
  rest: [5, 10],
  async play(scene, turn) {
    const { random } = scene;
    const steps = random.whole(8, 14);
    let denied = 0;
    for (let step = 0; step < steps; step++) {
      await scene.think(2, 5);
      const done = step % 6 === 4 ? await stray(scene) : await look(scene);
      if (done.kind === 'refused') denied += 1;
    }
    // Commands are critical and rare: one in every third session.
    if (turn % 3 === 1) await scene.act('run_command', { command: random.pick(commands) }, 'A look at the machine; it changes nothing.');
    return `Looked at ${steps} things, ${denied} of them were not its to see.`;
  },
};

async function look(scene: Scene) {
  const { random } = scene;
  const kind = random.whole(1, 10);
  if (kind <= 4) return scene.act('search_articles', { query: random.pick(topics) });
  if (kind <= 6) return scene.act('list_directory', { path: shares.infra });
  if (kind <= 9) return scene.act('read_text_file', { path: `${shares.infra}/${random.pick(['hosts.md', 'runbook.md', 'on-call.md'])}` });
  return scene.act('fetch_url', { url: random.pick(pages) });
}

const stray = (scene: Scene) => scene.random.chance(0.7)
  ? scene.act('read_text_file', { path: `${shares.payroll}/${scene.random.pick(['2026-10.csv', 'bonuses.md', 'contracts.md'])}` }, 'Looking for the list of owners.')
  : scene.act('read_text_file', { path: `${shares.infra}/.env` }, 'Looking for the address of the queue.');
