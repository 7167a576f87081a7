import { type Static, Type } from 'typebox';
import { configReader, messageReader, type PerceptError, toPerceptError } from '../../kit/index.js';
import type { NewReading } from '../../store/store.js';
import { DecoderSettings, makeDecoder } from '../decode/decode.js';
import { trialError } from './errors.js';

const Trial = Type.Object({
  /** As the editor's form has them: texts, empty for what is not set. */
  settings: Type.Record(Type.String(), Type.Unknown()),
  /** Empty: as on the input wire. */
  topic: Type.String({ maxLength: 1000, default: '' }),
  payload: Type.String({ maxLength: 1_000_000, default: '' }),
  encoding: Type.Enum(['utf8', 'base64'], { default: 'utf8' }),
});
type Trial = Static<typeof Trial>;

const shownAtMost = 50;

/** What a message would become. `rejected`: why it would be a dead letter, or why the settings do not work. */
export type TrialAnswer =
  | { readonly count: number; readonly readings: readonly NewReading[]; readonly recordings: readonly TriedRecording[] }
  | { readonly rejected: { readonly code: string; readonly reason: string } };

interface TriedRecording {
  readonly source: string;
  readonly quantity: string;
  readonly time: number;
  readonly contentType: string;
  readonly bytes: number;
}

const readTrial = messageReader(Trial);
const readSettings = configReader(DecoderSettings);

/** Decodes one message as the node would, and stores nothing. @param body what the editor sends; see `Trial` */
export function tryOut(body: unknown, receivedAt: number): TrialAnswer {
  try {
    return decoded(readTrial(body), receivedAt);
  } catch (thrown) {
    const problem: PerceptError = toPerceptError(thrown);
    return { rejected: { code: problem.code, reason: problem.localized() } };
  }
}

function decoded({ settings, topic, payload, encoding }: Trial, receivedAt: number): TrialAnswer {
  for (const field of Object.keys(DecoderSettings.properties)) {
    // whoever may only read flows must not learn a variable's value this way
    if (/^\$\{\w+\}$/.test(String(settings[field]))) throw trialError('trial-variable', { field });
  }
  const decode = makeDecoder(readSettings(settings));
  const { readings, recordings } = decode({ topic, payload: Buffer.from(payload, encoding), receivedAt });
  return {
    count: readings.length,
    readings: readings.slice(0, shownAtMost),
    recordings: recordings.slice(0, shownAtMost).map(({ recording, contentType, bytes }) => {
      const { source, quantity, time } = recording;
      return { source, quantity, time, contentType, bytes: bytes.length };
    }),
  };
}
