import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { configReader, type Message, Reading } from '../../kit/index.js';
import { DecoderSettings } from '../decode/contract.js';
import { makeDecoder } from '../decode/decode.js';
import { maxSequence } from '../decode/message.js';
import { hasControls, nameProblem } from '../decode/naming.js';
import { arrivalOf } from '../ingest/payload.js';
import { givenError } from './errors.js';

/** The parts of `msg.reading` that travel. */
const Given = Type.Object({
  source: Reading.properties.source,
  quantity: Reading.properties.quantity,
  value: Reading.properties.value,
  unit: Type.Optional(Reading.properties.unit),
  time: Type.Optional(Reading.properties.time),
  sequence: Type.Optional(Type.Integer({ minimum: 0, maximum: maxSequence })),
});
type Given = Static<typeof Given>;

/** A reading on a wire, from a node of ours or any other. */
export interface GivenReading {
  readonly source: string;
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
  /** ms UTC; that of its arrival where the source gives none */
  readonly time: number;
  /** Undefined where the source gives no time: it cannot be told from its like. */
  readonly sequence: number | undefined;
}

/**
 * What a message brings: `msg.reading`, one or an array, as it is; or else `payload` and `topic`, as sensor in would read them.
 * @throws PerceptError `reading-unfit`, `decode-…`, `ingest-payload`
 */
export function readingsReader(): (msg: Message, now: number) => GivenReading[] {
  const given = Compile(Given);
  const decode = makeDecoder(configReader(DecoderSettings)({ format: 'json', topic: '#', maxReadings: 100_000 }));

  const readingOf = (raw: unknown, i: number, now: number): GivenReading => {
    if (!given.Check(raw)) {
      const problem = given.Errors(raw)[0];
      const field = problem?.instancePath.slice(1) || 'the whole';
      throw unfit(i, `${field} ${problem?.message ?? 'does not match'}`);
    }
    const { source, quantity, value, unit = '', time, sequence }: Given = raw;
    const wrong =
      nameProblem(source) ?? nameProblem(quantity) ?? (hasControls(unit) ? 'it has control characters' : '');
    if (wrong) throw unfit(i, `of a name, ${wrong}`);
    return {
      source,
      quantity,
      value,
      unit,
      time: time ?? now,
      sequence: sequence ?? (time === undefined ? undefined : 0),
    };
  };

  return (msg, now) => {
    const { reading } = msg;
    if (reading !== undefined)
      return (Array.isArray(reading) ? reading : [reading]).map((raw, i) => readingOf(raw, i, now));
    const { readings } = decode(arrivalOf(msg, now));
    return readings.map(({ source, quantity, value, unit, time, sequence, clock }) => ({
      ...{ source, quantity, value, unit, time },
      // without a time of its own the decoder numbers by chance
      sequence: clock === 'none' ? undefined : sequence,
    }));
  };
}

function unfit(i: number, problem: string): Error {
  return givenError('reading-unfit', { at: i + 1, problem });
}
