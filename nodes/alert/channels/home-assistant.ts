import { createHash, randomUUID } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { AlertNotice } from '../../kit/index.js';
import { parsed } from './http.js';

/** Retained, QoS 1; an empty text takes back what the broker keeps. */
export type Publish = (topic: string, body: string) => Promise<void>;

const OpenAlert = Type.Object({
  id: Type.Integer(),
  title: Type.String(),
  severity: Type.String(),
  since: Type.Number(),
});
type OpenAlert = Static<typeof OpenAlert>;

/** Home Assistant shows them all, and nobody looks at more. */
const mostEntities = 50;
const device = { identifiers: ['percept'], name: 'Percept', manufacturer: 'Percept' };

/**
 * What Home Assistant finds by discovery (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery), of each policy: a sensor
 * with the state of its newest alert, a binary sensor "something is open", and a binary sensor of each alert while it is open.
 * Which are open is kept by the broker, so that it is known after a restart and to other processes.
 */
export class HomeAssistant {
  /** Says whether the channel is connected: `online`, `offline`. */
  readonly status: string;
  readonly #prefix: string;
  readonly #topic: string;
  readonly #publisher = randomUUID();
  readonly #open = new Map<string, Map<number, OpenAlert>>();
  readonly #announced = new Set<string>();

  /** @param prefix of discovery: `homeassistant` @param topic first part of our own topics @param id of the channel */
  constructor(prefix: string, topic: string, id: string) {
    this.#prefix = prefix;
    this.#topic = topic;
    this.status = `${topic}/status/${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
  }

  /** Where the broker keeps what is open of a policy. */
  openTopic(policy: string): string {
    return `${this.#topic}/${slugOf(policy)}/open`;
  }

  knows(policy: string): boolean {
    return this.#open.has(slugOf(policy));
  }

  /** The broker may have forgotten, or is another one. */
  forget(): void {
    this.#announced.clear();
    this.#open.clear();
  }

  /** What is open as another process, or this one in its last life, has told the broker. */
  heard(policy: string, body: string): void {
    const { alerts, publisher } = parsed(body);
    if (publisher === this.#publisher || !Array.isArray(alerts)) return;
    const those = alerts.filter((one): one is OpenAlert => Value.Check(OpenAlert, one));
    this.#open.set(slugOf(policy), new Map(those.map((one) => [one.id, one])));
  }

  /** Of a notice that is no test. */
  async tell(notice: AlertNotice, publish: Publish): Promise<void> {
    const { policy, id, title, severity, opened: since, state } = notice;
    const slug = slugOf(policy);
    if (!this.#announced.has(slug)) await this.#announce(policy, slug, publish);
    const open = this.#open.get(slug) ?? new Map<number, OpenAlert>();
    this.#open.set(slug, open);
    const over = state === 'resolved' || state === 'expired';
    const known = open.has(id);
    open.delete(id);
    if (!over) open.set(id, { id, title, severity, since });
    const [config, topic] = [this.#config('binary_sensor', `${slug}_${id}`), `${this.#topic}/${slug}/${id}`];
    if (over) {
      await publish(config, '');
      await publish(topic, '');
    } else if (known || open.size <= mostEntities) {
      await publish(config, JSON.stringify(this.#entity(title, `${slug}_${id}_${since}`, topic, `{{ 'ON' }}`)));
      await publish(topic, JSON.stringify(notice));
    }
    const alerts = [...open.values()];
    const newest = alerts.at(-1)?.title ?? '';
    const all = { count: alerts.length, newest, alerts, publisher: this.#publisher };
    await publish(this.openTopic(policy), JSON.stringify(all));
  }

  async #announce(policy: string, slug: string, publish: Publish): Promise<void> {
    const { device_class: _, ...state } = this.#entity(
      policy,
      slug,
      `${this.#topic}/${slug}`,
      '{{ value_json.state }}',
    );
    await publish(this.#config('sensor', slug), JSON.stringify({ ...state, icon: 'mdi:bell' }));
    const isOpen = `{{ 'ON' if value_json.count > 0 else 'OFF' }}`;
    const open = this.#entity(`${policy} open`, `${slug}_open`, this.openTopic(policy), isOpen);
    await publish(this.#config('binary_sensor', `${slug}_open`), JSON.stringify(open));
    this.#announced.add(slug);
  }

  #config(component: 'sensor' | 'binary_sensor', id: string): string {
    return `${this.#prefix}/${component}/percept_${id}/config`;
  }

  #entity(name: string, id: string, topic: string, template: string): Record<string, unknown> {
    return {
      ...{ name, unique_id: `percept_alert_${id}`, state_topic: topic, value_template: template },
      ...{ json_attributes_topic: topic, availability_topic: this.status, device_class: 'problem' },
      ...{ device, origin: { name: 'Percept' } },
    };
  }
}

/** Fits into a topic and into Home Assistant's ids; two policies never share one. */
export function slugOf(policy: string): string {
  const plain = policy.toLowerCase().replace(/[^a-z0-9_-]+/g, '_');
  return plain === policy ? plain : `${plain}_${createHash('sha256').update(policy).digest('hex').slice(0, 6)}`;
}
