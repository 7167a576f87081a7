/**
 * A gateway's question for the time of the far side, and the answer: NTP's four times (RFC 5905, 8), in JSON at QoS 0. The
 * question comes on the topic that readings come on, so that it finds whoever takes those in; the answer goes to a topic that
 * only the asking gateway can choose by its name, below `percept-clock/`.
 */
const start = Buffer.from('{"percept-clock":');
const version = 1;
const maxBytes = 400;

export interface Question {
  /** Of the asking gateway. */
  readonly id: string;
  /** Which of its questions. */
  readonly n: number;
}

export interface Answer {
  readonly n: number;
  /** When the question came and the answer left, by the answering clock, ms UTC. */
  readonly t2: number;
  readonly t3: number;
}

export function isClockMessage(payload: Buffer): boolean {
  return payload.length <= maxBytes && payload.subarray(0, start.length).equals(start);
}

export function questionText({ id, n }: Question): string {
  return JSON.stringify({ 'percept-clock': version, id, n });
}

export function answerTopic(id: string): string {
  return `percept-clock/${id}`;
}

/** @returns what to publish where; nothing for what is no question, as another's answer */
export function answerTo(payload: Buffer, t2: number): { topic: string; text: string } | undefined {
  const { id, n } = parsed(payload);
  if (typeof id !== 'string' || !/^[\w.-]{1,200}$/.test(id) || typeof n !== 'number') return undefined;
  return { topic: answerTopic(id), text: JSON.stringify({ 'percept-clock': version, n, t2, t3: Date.now() }) };
}

export function readAnswer(payload: Buffer): Answer | undefined {
  const { n, t2, t3 } = parsed(payload);
  const whole = typeof n === 'number' && typeof t2 === 'number' && typeof t3 === 'number' && t3 >= t2;
  return whole ? { n, t2, t3 } : undefined;
}

function parsed(payload: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(payload.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
