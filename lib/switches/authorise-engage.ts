import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { forbidden } from '@/lib/errors';
import type { SwitchCover } from './schema';

/**
 * Throws `forbidden` unless the actor may engage this. Returns the cover to engage: a control key that is held to
 * environments never reaches beyond them, so an order without one is narrowed to where it was given.
 */
export function authoriseEngage(ctx: Pick<Context, 'actor'>, cover: SwitchCover, here: string): SwitchCover {
  const { actor } = ctx;
  if (actor.kind === 'control_key') {
    if (!actor.scopes.includes(cover.scope)) throw forbidden(`This control key may stop ${actor.scopes.join(', ') || 'nothing'}; ${cover.scope} is beyond it.`);
    const everywhere = actor.environments.includes('*');
    const environment = cover.environment ?? (everywhere ? undefined : here);
    if (!everywhere && !actor.environments.includes(environment as string)) throw forbidden(`This control key may stop in ${actor.environments.join(', ') || 'no environment'}; ${environment} is beyond it.`);
    return environment === undefined ? cover : { ...cover, environment };
  }
  authorise(ctx, cover.scope === 'session' ? 'switch.engage.session' : 'switch.engage.wide');
  return cover;
}
