/** The policies room: signed bundles of rules, tools, routes and limits, and what they say about an action. */
export * from './schema';
export * from './rules';
export { prepareBundle, evaluate, isUntrusted, type PreparedBundle, type PreparedTool, type Outcome, type PolicyPrincipal, type PolicyRequest } from './cedar';
export { CONSTRAINED_RULE, constrain, constrainingFinding, seenSentence } from './constrain';
export { readFacts, readFormat, resourceOf, validateArgs, type Facts, type NoFormat } from './read-facts';
export { normalPath } from './facts/path';
export type { BundleFinding, BundleVerdict } from './validate/validate-bundle';
export { publishBundle, type Published, type PublishInput } from './publish-bundle';
export type { SignedBundle } from './sign-bundle';
export type { ActiveBundle, Loaded } from './load-active-bundle';
export { BundleWatch, type BundleWatchOptions } from './bundle-watch';
export { renewBundle } from './renew-bundle';
export { ensureStarterBundle } from './ensure-starter-bundle';
export { starterBundle } from './starter';
export { standardLeeway, suggestPolicy, suggestedBundle, toolListSchema, type DescribedTool, type Leeway, type Suggestion } from './suggest';
export { validateBundle } from './validate/validate-bundle';
export type { RuleView } from './rule-views';
export { activePolicies, bundleHistory, bundleOf, type ActivePolicies, type BundleRow } from './queries';
