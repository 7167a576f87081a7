import type { DecoderSettings } from './contract.js';
import { makeMapping } from './mapping.js';
import type { Format } from './message.js';
import { readJson } from './text.js';

export function jsonFormat(settings: DecoderSettings): Format {
  const map = makeMapping(settings);
  return (incoming) => {
    const document = readJson(incoming.topic, incoming.payload);
    return { readings: map(incoming, document), document };
  };
}
