/** Access: who may do what, and how a person proves who they are. */
export { authorise } from './authorise';
export { hasRole, ladder, may, permissions, verbs, type Verb } from './permissions';
