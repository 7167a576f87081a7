import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import type { Format } from './message.js';
import { makeNamer } from './naming.js';
import { makeStamper } from './stamp.js';
import { readText, toNumber } from './text.js';

/**
 * A unit that is set off may hold digits (`5 m3`); one that isn't may not, since `12h30` is no number. Made when it is needed:
 * the classes of Unicode take longer to build than the rest of this folder to load.
 */
const numberAndUnit = (): RegExp =>
  /^(?!0[xX])([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\s+([\p{L}%°‰][\p{L}\p{N}%°‰²³/·*^_-]{0,19})|([\p{L}%°‰][\p{L}%°‰²³/·*^_-]{0,19}))?$/u;
const words: Readonly<Record<string, number>> = { true: 1, on: 1, false: 0, off: 0 };

/** A number as text, `21.5` or `21.5 °C`; also true/false and on/off. A decimal comma is refused: `1,234` says two things. */
export function numberFormat(settings: DecoderSettings): Format {
  const namer = makeNamer(settings);
  const stamper = makeStamper(settings);
  const lookup = () => undefined;
  const pattern = numberAndUnit();
  return (incoming) => {
    const { topic, parts } = incoming;
    const { value, unit } = parse(pattern, topic, readText(topic, incoming.payload).trim());
    const own = unit ? { unit } : {};
    const names = namer.name({ topic, parts, lookup, own });
    return { readings: [{ ...names, value, ...stamper.stamp(incoming, lookup) }] };
  };
}

function parse(pattern: RegExp, topic: string, text: string): { value: number; unit: string } {
  const word = words[text.toLowerCase()];
  if (word !== undefined) return { value: word, unit: '' };
  const found = text.length <= 400 ? pattern.exec(text) : null;
  const value = toNumber(found?.[1]);
  if (value === undefined) throw decodeError('decode-number', { topic });
  return { value, unit: found?.[2] ?? found?.[3] ?? '' };
}
