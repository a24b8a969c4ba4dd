/** Notify: tells people by channels that routes name, from what the log says, and keeps on record whether they were told. */
export { NotifyKeeper } from './notify-keeper';
export { createChannel } from './create-channel';
export { changeChannel } from './change-channel';
export { rotateSecret } from './rotate-secret';
export { removeChannel } from './remove-channel';
export { testChannel } from './test-channel';
export { discardNotice, retryNotice } from './dead-letters';
export { listChannels, listNotices, toldOf } from './queries';
export { registerNotifyMetrics } from './metrics';
