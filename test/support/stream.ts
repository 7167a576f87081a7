import mqtt, { type MqttClient } from 'mqtt';

const size = 150;
const machines = 20;

/** 150 bytes of JSON, as a machine would send them: message `n` of a stream that began at `began`. */
export function payloadOf(n: number, began: number): string {
  const message = { n, value: n, time: began + n, unit: 'mm/s', status: 'running', pad: '' };
  const short = size - JSON.stringify(message).length;
  return JSON.stringify({ ...message, pad: 'x'.repeat(Math.max(0, short)) });
}

export function topicOf(n: number): string {
  return `bench/machine-${n % machines}/vibration`;
}

/** Publishes at QoS 1 and sends again after a lost connection, until each message is acknowledged. */
export class Stream {
  readonly began: number;
  sent = 0;
  readonly #client: MqttClient;
  #waiting = 0;

  private constructor(client: MqttClient, began: number) {
    this.#client = client;
    this.began = began;
  }

  static async open(port: number): Promise<Stream> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId: `publisher-${process.pid}-${Math.random().toString(16).slice(2)}`,
      clean: false,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 600 },
      reconnectPeriod: 100,
    });
    client.on('error', () => undefined);
    return new Stream(client, Date.now());
  }

  /** Resolves when all are acknowledged. @param perSecond 0: as fast as the broker takes them */
  async send(count: number, perSecond = 0, inFlight = 500): Promise<void> {
    const finished = Promise.withResolvers<void>();
    const start = performance.now();
    const from = this.sent;
    const step = (): void => {
      const due = perSecond === 0 ? count : Math.min(count, ((performance.now() - start) / 1000) * perSecond);
      while (this.sent - from < due && this.#waiting < inFlight) this.#one(step);
      if (this.sent - from >= count && this.#waiting === 0) finished.resolve();
    };
    const timer = setInterval(step, 2);
    try {
      await finished.promise;
    } finally {
      clearInterval(timer);
    }
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #one(after: () => void): void {
    const n = this.sent++;
    this.#waiting++;
    this.#publish(n, () => {
      this.#waiting--;
      if (this.#waiting === 0) after();
    });
  }

  #publish(n: number, acknowledged: () => void): void {
    this.#client.publish(topicOf(n), payloadOf(n, this.began), { qos: 1 }, (error) => {
      if (!error) acknowledged();
      else if (!this.#client.disconnecting) setTimeout(() => this.#publish(n, acknowledged), 50);
    });
  }
}
