import type { PushChannel } from '../channels/push.js';

/** ms; nothing is sent to them meanwhile, but their addresses are not to stay. */
const lookMs = 30_000;

/**
 * Removes the devices of whoever was removed from the people here: of those who left while this was down, and of those who leave.
 * @returns what ends it
 */
export function watchLeavers(push: PushChannel, gone: (count: number) => void): () => void {
  const look = (): void => {
    push.tidy().then(
      (count) => count > 0 && gone(count),
      // a store that is away tells so by itself
      () => undefined,
    );
  };
  look();
  const timer = setInterval(look, lookMs).unref();
  return () => clearInterval(timer);
}
