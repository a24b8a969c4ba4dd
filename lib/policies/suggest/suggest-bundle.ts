import { bundleSchema, type Bundle } from '../schema';
import type { Suggestion } from './suggest-policy';

/** A whole bundle of a suggestion, as it could be validated and published: for the organisation `example.org` and sequence 1 unless said. */
export function suggestedBundle(suggestion: Suggestion, { organisation = { name: 'Example', domains: ['example.org'] }, sequence = 1, name = 'Suggested policy' }: { organisation?: Bundle['organisation']; sequence?: number; name?: string } = {}): Bundle {
  return bundleSchema.parse({ format: 1, sequence, name, organisation, tools: suggestion.tools, policies: suggestion.policies, routes: suggestion.routes, limits: [] });
}
