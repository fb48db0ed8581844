/** The windows of this browser that show the app have one session, and tell each other of its changes. */
const channel = new BroadcastChannel('counterpoint');

export const otherWindows = {
  /** Who is signed in may have changed: the others ask the server. */
  tell(): void {
    channel.postMessage('me');
  },
  /** Calls `listener` when another window says so; returns the end of it. */
  hear(listener: () => void): () => void {
    channel.addEventListener('message', listener);
    return () => channel.removeEventListener('message', listener);
  },
};
