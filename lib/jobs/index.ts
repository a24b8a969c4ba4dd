/** Jobs: what happens by the clock. Each calls a verb, and any number of workers may run them side by side. */
export { startJobs, type RunningJobs } from './start-jobs';
export { tableOfContents, type Job, type JobDeps } from './table-of-contents';
