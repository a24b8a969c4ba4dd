/** The policies room: signed bundles of rules, tools, routes and limits, and what they say about an action. */
export * from './schema';
export { prepareBundle, prepareBundleGently, BundleProblem, evaluate, isUntrusted, type PreparedBundle, type PreparedTool, type Outcome, type PolicyPrincipal, type PolicyRequest } from './cedar';
export { readFacts, resourceOf, validateArgs, type Facts } from './read-facts';
