import { BrokerDisconnect } from '../mqtt/connection.js';

export const tooLarge = 149;

/** About this very message: sent again, it would be refused again (MQTT 5, 3.4.2.1 and 4.13). */
export const unfit: ReadonlySet<number> = new Set([tooLarge, 153]);

const words: Readonly<Record<number, string>> = {
  16: 'no matching subscribers',
  128: 'unspecified error',
  131: 'implementation specific error',
  135: 'not authorized',
  144: 'topic name invalid',
  145: 'packet identifier in use',
  [tooLarge]: 'packet too large',
  151: 'quota exceeded',
  153: 'payload format invalid',
};

/** As the standard words it, with its number. */
export function reasonOf(code: number): string {
  return `${words[code] ?? 'reason code'} (${code})`;
}

/** Mosquitto says it in a PUBACK, where the standard has no such reason, so that mqtt.js ends the connection over it. */
export function isTooLarge(ended: Error | undefined): boolean {
  if (ended instanceof BrokerDisconnect) return ended.code === tooLarge;
  return ended?.message === 'Invalid puback reason code';
}
