import { eventFrame, joinFrame, pongFrame, readFrame } from './live-frames';

type Hear = { joined: () => void; event: (name: string, body: unknown) => void; over: () => void };
export type LiveSocket = { send: (name: string, body: object) => void; close: () => void };

/** Opens one connection; `over` is called once, however it ends, unless it was closed from here. */
export function openLiveSocket(ticket: string, hear: Hear): LiveSocket {
  const address = new URL('/live/?EIO=4&transport=websocket', window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  let silenceMs = 20_000;
  let silence: ReturnType<typeof setTimeout>;
  let ended = false;
  const end = (tell: boolean) => {
    if (ended) return;
    ended = true;
    clearTimeout(silence);
    socket.close();
    if (tell) hear.over();
  };
  // The server speaks at least once in this time; a connection that only looks open is given up.
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => end(true), silenceMs);
  };
  listen();
  socket.onclose = () => end(true);
  socket.onerror = () => end(true);
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (ended || typeof data !== 'string') return;
    const frame = readFrame(data);
    if (frame.kind === 'open') {
      silenceMs = frame.silenceMs;
      socket.send(joinFrame({ ticket }));
    }
    listen();
    if (frame.kind === 'ping') socket.send(pongFrame);
    if (frame.kind === 'joined') hear.joined();
    if (frame.kind === 'event') hear.event(frame.name, frame.body);
    if (frame.kind === 'over') end(true);
  };
  return {
    send: (name, body) => {
      if (!ended && socket.readyState === WebSocket.OPEN) socket.send(eventFrame(name, body));
    },
    close: () => end(false),
  };
}
