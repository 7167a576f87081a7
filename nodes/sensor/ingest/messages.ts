import type { Message } from '../../kit/index.js';
import type { Outcome, StoredRecording } from './item.js';

/** First output: one message per new row. Second: what was rejected. */
export interface Sent {
  readonly stored: readonly Message[];
  readonly rejected: readonly Message[];
}

/** @param from the message it came in with, on an input wire: its other properties (`req`, `res`) stay */
export function messagesOf(outcomes: readonly Outcome[], from: Message | undefined = undefined): Sent {
  const stored: Message[] = [];
  const rejected: Message[] = [];
  for (const { arrival, readings, recordings, rejected: rejection, redriven } of outcomes) {
    const base = { ...from, topic: arrival.topic, ...(redriven === undefined ? {} : { deadLetter: redriven }) };
    for (const reading of readings) stored.push({ ...base, payload: reading.value, reading } as Message);
    for (const recording of recordings) stored.push({ ...base, ...recorded(recording) } as Message);
    if (rejection)
      rejected.push({
        ...base,
        payload: from ? from.payload : arrival.payload,
        reason: rejection.error.localized(),
        code: rejection.error.code,
        deadLetter: rejection.deadLetter,
      } as Message);
  }
  return { stored, rejected };
}

function recorded({ id, recorded: { recording, sound, frame, bytes }, stored: { key } }: StoredRecording): object {
  if (sound) return { payload: bytes, sound: { ...sound, id } };
  if (frame) return { payload: bytes, frame: { ...frame, id } };
  return { payload: bytes, recording: { ...recording, id, key } };
}
