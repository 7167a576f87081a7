/** What may be held in memory between arrival and commit. */
export interface WindowLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** The parts of a PUBLISH that matter here; `messageId` is absent at QoS 0. */
export interface Publication {
  readonly messageId?: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly dup: boolean;
}

interface Held {
  readonly packet: Publication;
  settled: boolean;
  /** Where its acknowledgement goes; undefined while no connection stands for it. */
  queue: Held[] | undefined;
}

const rememberedBytes = 4 * 1024 * 1024;
/** Rough cost of an object around a payload. */
const overhead = 256;

/**
 * Messages that were handed on and are not acknowledged yet. Acknowledgements leave in order of arrival, on the network
 * connection that delivered the message, never on a later one: a packet id means something else there.
 * What a resumed session delivers again is recognised by packet id, topic and payload, and not handed on twice: this is what
 * keeps a payload without a time of its own from being stored twice over a lost connection.
 */
export class AckWindow {
  readonly #limits: WindowLimits;
  #messages = 0;
  #bytes = 0;
  #queue: Held[] = [];
  /** So many at the front of the queue are acknowledged; they are cut off now and then, not one by one. */
  #done = 0;
  #acknowledge: ((messageId: number) => void) | undefined;
  /** By packet id: from connections that are gone, until the broker delivers them again. */
  readonly #orphans = new Map<number, Held>();
  /** Acknowledged lately: the PUBACK may have been lost with its connection. */
  #recent: Held[] = [];
  #recentBytes = 0;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  /** Handed on and not settled. */
  get messages(): number {
    return this.#messages;
  }

  get full(): boolean {
    return this.#messages >= this.#limits.messages || this.#bytes >= this.#limits.bytes;
  }

  /** Room enough again to be worth reading on. */
  get roomy(): boolean {
    return this.#messages <= this.#limits.messages * 0.75 && this.#bytes <= this.#limits.bytes * 0.75;
  }

  /** @param resumed the broker kept the session, so that packet ids of the connection before still mean something */
  opened(acknowledge: (messageId: number) => void, resumed: boolean): void {
    this.closed();
    this.#acknowledge = acknowledge;
    if (!resumed) this.#orphans.clear();
  }

  closed(): void {
    this.#acknowledge = undefined;
    for (const held of [...this.#recent, ...this.#queue.slice(this.#done)]) {
      held.queue = undefined;
      if (held.packet.messageId !== undefined) this.#orphans.set(held.packet.messageId, held);
    }
    this.#queue = [];
    this.#done = 0;
    this.#recent = [];
    this.#recentBytes = 0;
  }

  /** @returns what to call once the message is safe; undefined when it is known already and must not be handed on again */
  arrived(packet: Publication): (() => void) | undefined {
    const known = packet.dup ? this.#known(packet) : undefined;
    if (known) {
      this.#enqueue(known);
      return undefined;
    }
    const held: Held = { packet, settled: false, queue: undefined };
    const size = sizeOf(packet);
    this.#messages++;
    this.#bytes += size;
    if (packet.messageId !== undefined) this.#enqueue(held);
    return () => {
      if (held.settled) return;
      held.settled = true;
      this.#messages--;
      this.#bytes -= size;
      if (held.queue === this.#queue) this.#drain();
    };
  }

  #known(packet: Publication): Held | undefined {
    const held = packet.messageId === undefined ? undefined : this.#orphans.get(packet.messageId);
    if (!held || held.packet.topic !== packet.topic || !held.packet.payload.equals(packet.payload)) return undefined;
    this.#orphans.delete(packet.messageId as number);
    return held;
  }

  #enqueue(held: Held): void {
    held.queue = this.#queue;
    this.#queue.push(held);
    this.#drain();
  }

  #drain(): void {
    for (let held = this.#queue[this.#done]; held?.settled; held = this.#queue[this.#done]) {
      this.#done++;
      this.#acknowledge?.(held.packet.messageId as number);
      this.#remember(held);
    }
    if (2 * this.#done <= this.#queue.length) return;
    this.#queue.splice(0, this.#done);
    this.#done = 0;
  }

  #remember(held: Held): void {
    this.#recent.push(held);
    this.#recentBytes += sizeOf(held.packet);
    if (this.#recent.length <= this.#limits.messages * 2 && this.#recentBytes <= rememberedBytes) return;
    // in halves, so that forgetting costs nothing per message
    this.#recent = this.#recent.slice(Math.ceil(this.#recent.length / 2));
    this.#recentBytes = this.#recent.reduce((sum, { packet }) => sum + sizeOf(packet), 0);
  }
}

function sizeOf({ payload }: Publication): number {
  return payload.length + overhead;
}
