/** What this browser keeps so that it can stop without a sign-in. The private half is a handle that not even this page can read out. */
export type KeptKey = {
  kind: 'key'; id: string; privateKey: CryptoKey; personId: string; expiresAt: string;
  /** Whether it stops more than single sessions; the server decides at the press. */
  wide: boolean;
  /** The sign-in that last asked the server whether the key lives. */
  signInId: string;
};
/** It was given up: nothing new is made before somebody signs in again. */
export type Forgotten = { kind: 'forgotten'; signInId: string };
export type Kept = KeptKey | Forgotten;

const CHANGED = 'countersign-stop-key';
const PLACE = 'this browser';

/** What is kept, or null; also where the browser keeps nothing at all. */
export async function readKept(): Promise<Kept | null> {
  return (await inStore('readonly', (store) => store.get(PLACE) as IDBRequest<Kept | undefined>).catch(() => undefined)) ?? null;
}

/** The key, while it is within its time. */
export async function liveKey(): Promise<KeptKey | null> {
  const kept = await readKept();
  return kept?.kind === 'key' && Date.parse(kept.expiresAt) > Date.now() ? kept : null;
}

export async function keep(kept: Kept): Promise<void> {
  await inStore('readwrite', (store) => store.put(kept, PLACE));
  window.dispatchEvent(new Event(CHANGED));
}

/** Destroys the private half. The server may still list the key; nobody can sign with it any more. */
export async function forgetKey(): Promise<void> {
  const kept = await readKept();
  if (kept) await keep({ kind: 'forgotten', signInId: kept.signInId });
}

export function watchKept(onChange: () => void): () => void {
  window.addEventListener(CHANGED, onChange);
  return () => window.removeEventListener(CHANGED, onChange);
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction('keys', mode);
      const request = work(transaction.objectStore('keys'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the store gave up'));
    });
  } finally {
    db.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('countersign', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('keys');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing'));
  });
}
