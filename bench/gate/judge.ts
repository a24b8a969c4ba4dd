import { aimed, figureOf, type Figure } from '../report/figures';
import type { Checks } from './checks';
import type { OfServer, Round } from './round';
import type { Soaked } from './soak';

/** All figures of the bench with their aims. */
export function judgeFigures(rounds: readonly Round[], checks: Checks, soaked: Soaked | undefined): Figure[] {
  const of = (name: 'echo' | 'ideal' | 'gate', value: (server: OfServer) => number) => rounds.map((round) => value(round.of[name]));
  const figures: Figure[] = [];
  for (const rate of [100, 500, 1_000]) {
    for (const part of ['p50', 'p95', 'p99'] as const) {
      const at = (server: OfServer) => server.levels.get(rate)![part];
      const figure = figureOf(`${part}@${rate}`, 'ms', of('gate', at), of('ideal', at));
      if (rate === 500 && part === 'p50') figures.push(aimed(figure, '≤ 1.8 × the ideal gate', figure.ratio! <= 1.8));
      else if (rate === 500 && part === 'p99') figures.push(aimed(figure, '< 10 ms', figure.value < 10));
      else figures.push(figure);
      figures.push(figureOf(`echo ${part}@${rate}`, 'ms', of('echo', at)));
    }
  }
  const max = figureOf('max', '/s', of('gate', (server) => server.max), of('ideal', (server) => server.max));
  figures.push(aimed(max, '≥ 0.6 × the ideal gate', max.ratio! >= 0.6));
  figures.push(figureOf('echo max', '/s', of('echo', (server) => server.max)));
  for (const [who, key] of [['gateway', 'gate'], ['postgres', 'postgres'], ['load', 'load']] as const) {
    figures.push(figureOf(`cores ${who}@500`, 'cores', of('gate', (server) => server.levels.get(500)!.cores[key]!)));
    figures.push(figureOf(`cores ${who}@max`, 'cores', of('gate', (server) => server.maxCores[key]!)));
  }

  const few = figureOf('policy check p95, 200 policies', 'ms', checks.few);
  figures.push(aimed(few, '< 0.2 ms', few.value < 0.2));
  const many = figureOf('policy check p95, 2,000 more about other tools', 'ms', checks.many, checks.few);
  figures.push(aimed(many, '≤ 1.2 × with 200', many.ratio! <= 1.2));
  if (soaked) {
    const decided = figureOf('soak', 'decisions', [soaked.decided]);
    figures.push(aimed(decided, `${soaked.wanted} in a row`, soaked.decided === soaked.wanted));
    figures.push(figureOf('soak rate', '/s', [soaked.rate]));
    const grown = figureOf('soak memory, last third against the middle one', 'MB', [soaked.lastMb], [soaked.middleMb]);
    figures.push(aimed(grown, '≤ 1.1 × (flat)', grown.ratio! <= 1.1));
  }
  return figures;
}
