import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Primary } from './primary.js';

const firstPauseMs = 200;
const longestPauseMs = 5_000;

/** Hears of committed batches on a connection of its own, which it makes again whenever it is lost. */
export class Listener {
  readonly #primary: Primary;
  readonly #channels: readonly string[];
  readonly #heard: (channel: string | undefined) => void;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  connected = false as boolean;

  /** @param heard told a channel, or nothing after a gap in which anything may have happened */
  constructor(primary: Primary, channels: readonly string[], heard: (channel: string | undefined) => void) {
    this.#primary = primary;
    this.#channels = channels;
    this.#heard = heard;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let ms = firstPauseMs;
    while (!signal.aborted) {
      try {
        const client = await this.#primary.client();
        ms = firstPauseMs;
        await this.#listen(client);
      } catch {
        // whoever writes or reads is told; here it is only tried again
      }
      await pause(ms, undefined, { ref: false, signal }).catch(() => undefined);
      ms = Math.min(2 * ms, longestPauseMs);
    }
  }

  async #listen(client: Client): Promise<void> {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const { signal } = this.#abort;
    client.once('end', end);
    client.once('error', () => end());
    signal.addEventListener('abort', () => end(), { once: true });
    client.on('notification', ({ channel }) => this.#heard(channel));
    try {
      await client.query(this.#channels.map((channel) => `listen ${channel}`).join('; '));
      this.connected = true;
      this.#heard(undefined);
      if (!signal.aborted) await over;
    } finally {
      this.connected = false;
      await client.end().catch(() => undefined);
    }
  }
}
