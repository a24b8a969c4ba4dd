export { prepareBundle, type PreparedBundle, type PreparedTool } from './prepare-bundle';
export { evaluate, type Outcome } from './evaluate';
export { isUntrusted, type PolicyPrincipal, type PolicyRequest } from './context';
