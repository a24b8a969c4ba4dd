import type { BaselineField } from './schema';

/** How likely an argument leads to a new place: the share of its places that were seen once or found no room. */
export const newPlacesExpected = (field: BaselineField | undefined): number => (field && field.seen > 0 ? Math.min(1, (field.once + field.more) / field.seen) : 0);
