import type { Bundle } from '../schema';
import { routeTiers } from '../tiers';
import type { BundleFinding } from './validate-bundle';

/**
 * Names of channels that are not among these. Channels are set up outside the bundle and may come after it, and what names a missing one is
 * told to the default page: so nothing is blocked.
 */
export function checkChannels({ routes }: Bundle, channels: ReadonlySet<string>): BundleFinding[] {
  return Object.entries(routes).flatMap(([name, route]) => {
    const missing = (names: readonly string[] | undefined, where: string) => [...new Set(names)].filter((one) => !channels.has(one)).map((one): BundleFinding => (
      { level: 'warning', path: `/routes/${name}`, message: `tells the channel "${one}", which does not exist; until it does the default page is told instead${where}` }));
    return [...missing(route.notify, ''), ...routeTiers(route).flatMap((tier, index) => missing(tier.notify, ` (tier ${index + 1})`))];
  });
}
