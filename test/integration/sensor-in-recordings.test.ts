import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NodeRed } from '../support/node-red.ts';
import { count, ids, query, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

/** 16-bit PCM at 8 kHz in a WAV. */
function wav(samples: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 2 * samples, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(2 * samples, 40);
  return Buffer.concat([header, Buffer.alloc(2 * samples, 1)]);
}

describe('a recording on its way in', () => {
  let nodeRed: NodeRed;
  const sound = wav(800);
  const send = (topic: string): void => nodeRed.inject(ids.sensor, { topic, payload: sound });

  before(async () => {
    nodeRed = await NodeRed.start({
      flow: sensorFlow({
        sensor: { format: 'binary', topic: 'site/+machine/#rest', source: '{machine}', bucket: ids.bucket },
        more: [{ id: ids.bucket, type: 'percept-bucket', name: '', version: 1, folder: 'bucket' }],
      }),
    });
  });
  after(() => nodeRed.stop());

  test('lies in the bucket before its row and its message are there', async () => {
    send('site/fan/sound');
    const message = await until(() => nodeRed.messages('stored')[0], { what: nodeRed.log });
    const { samples, ...about } = message.sound as Record<string, unknown>;
    assert.equal((samples as Uint8Array).length, 1600);
    assert.equal(about['source'], 'fan');
    assert.equal(about['sampleRate'], 8000);
    assert.deepEqual(Buffer.from(message.payload as Uint8Array), sound);
    const [row] = query<{ key: string; bytes: number }>(nodeRed, 'select key, bytes from recording');
    assert.equal(row?.bytes, sound.length);
    assert.deepEqual(readFileSync(join(nodeRed.userDir, 'bucket', row?.key ?? '')), sound);
  });

  test('becomes a dead letter where it is none', async () => {
    nodeRed.inject(ids.sensor, { topic: 'site/fan/sound', payload: 'no sound' });
    const message = await until(() => nodeRed.messages('rejected')[0]);
    assert.equal(message.code, 'decode-binary');
    assert.equal(count(nodeRed, 'dead_letter'), 1);
  });
});
