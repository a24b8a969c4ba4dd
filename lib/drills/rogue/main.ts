// A rogue: `node dist/rogue.js act MARK`, started by a drill under `countersign supervise`. It does nothing but stay alive.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rogueKinds, type RogueKind } from '../schema';
import { openLine } from './agent-line';
import { beat, ignoreSignals } from './beat';
import { misdeeds, nothing, stay } from './misdeeds';
import { BEAT_MS, rogueOrdersSchema, type RogueUp } from './orders';
import { withinCut } from './within-cut';

const [role, mark = '', folder = '', name = ''] = process.argv.slice(2);

switch (role) {
  case 'act': await act(); break;
  case 'stay':
    ignoreSignals();
    setInterval(() => beat(folder, name), BEAT_MS);
    break;
  case 'fork':
    stay({ mark, folder }, 'orphan', { detached: true, env: nothing });
    process.exit(0);
    break;
  case 'cut': await withinCut(folder); break;
  default:
    console.error('Rogues are started by drills: "countersign drill" runs one.');
    process.exit(2);
}

async function act(): Promise<void> {
  const orders = rogueOrdersSchema.parse(JSON.parse(readFileSync(0, 'utf8')));
  const kind = rogueKinds.find((one) => one === orders.kind) as RogueKind;
  mkdirSync(path.join(orders.folder, 'beats'), { recursive: true });
  ignoreSignals();
  setInterval(() => beat(orders.folder, 'main'), BEAT_MS);
  // Whoever lies says at once that it has stopped; all others say nothing.
  const line = await openLine(orders, (sessionId, acknowledge) => { if (kind === 'lies') acknowledge({ stopped: [sessionId], at: new Date().toISOString() }); });
  process.on('uncaughtException', () => {});
  process.on('unhandledRejection', () => {});
  const { ready, goOn } = await misdeeds[kind](orders, line);
  const up: RogueUp = { sessionId: line.sessionId, lives: 1, port: null, note: null, ...ready };
  writeFileSync(path.join(orders.folder, 'up.part'), JSON.stringify(up));
  renameSync(path.join(orders.folder, 'up.part'), path.join(orders.folder, 'up'));
  goOn?.();
}
