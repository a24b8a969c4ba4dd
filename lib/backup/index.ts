/** Backup: the whole database in one signed file, and the way back, which starts stopped. */
export { beginBackup, sealBackup, type BegunBackup } from './seal-backup';
export { makeBackup } from './make-backup';
export { restoreBackup, type Restored } from './restore-backup';
export { lastBackups, type BackupView } from './queries';
export type { Manifest } from './schema';
