import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type Finding, Finding as FindingSchema, type Message, messageReader, severities } from '../../kit/index.js';
import { Reading } from '../../kit/messages.js';
import { describe } from '../decode/text.js';
import { recordError } from './errors.js';

export const RecordSettings = Type.Object({
  kind: Type.String({ minLength: 1, maxLength: 80, default: 'limit' }),
  severity: Type.Enum(severities, { default: 'warning' }),
  source: Type.String({ maxLength: 200, default: '' }),
  quantity: Type.String({ maxLength: 200, default: '' }),
  threshold: Type.Optional(Type.Number()),
  /** With `{source}`, `{quantity}`, `{value}`, `{unit}`, `{threshold}`. */
  reason: Type.String({ maxLength: 500, default: '' }),
});
export type RecordSettings = Static<typeof RecordSettings>;

export interface Draft {
  readonly finding: Finding;
  /** The message gives the beginning itself: it is not joined with others. */
  readonly whole: boolean;
}

const readFinding = messageReader(Type.Object({ finding: FindingSchema }));

/**
 * A finding from what the message says, with gaps filled from its reading and from the settings.
 * @throws PerceptError `record-source`, `record-finding`, `message-invalid`
 */
export function draftOf(msg: Message, settings: RecordSettings, now: number): Draft {
  const given = msg['finding'] ?? {};
  if (typeof given !== 'object' || Array.isArray(given))
    throw recordError('record-finding', { found: describe(given) });
  const said = given as Partial<Finding>;
  const reading = Value.Check(Reading, msg['reading']) ? msg['reading'] : undefined;
  const source = said.source ?? (settings.source || reading?.source);
  if (!source) throw recordError('record-source', {});
  const whole = said.since !== undefined;
  const time = reading?.time ?? now;
  const threshold = settings.threshold;
  const { finding } = readFinding({
    finding: {
      kind: settings.kind,
      severity: settings.severity,
      quantity: settings.quantity || (reading?.quantity ?? ''),
      ...(reading ? { score: reading.value } : {}),
      ...(threshold === undefined ? {} : { threshold }),
      reasons: [reasonOf(settings, source, reading)],
      since: time,
      ...(whole ? {} : { until: time }),
      ...said,
      source,
    },
  });
  return { finding, whole };
}

function reasonOf({ reason, kind, threshold }: RecordSettings, source: string, reading: Reading | undefined): string {
  const fields: Record<string, string | number | undefined> = {
    source,
    quantity: reading?.quantity,
    value: reading?.value,
    unit: reading?.unit,
    threshold,
  };
  if (reason) return reason.replace(/\{(\w+)\}/g, (whole, name: string) => String(fields[name] ?? whole)).trim();
  if (!reading) return kind;
  return `${reading.quantity} = ${reading.value} ${reading.unit}`.trim();
}
