import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { AckWindow } from '../../dist/sensor/mqtt/window.js';

const message = (messageId: number, text = `message ${messageId}`, dup = false) => ({
  messageId,
  topic: 'plant/pump',
  payload: Buffer.from(text),
  dup,
});

describe('the window of unacknowledged messages', () => {
  let window: AckWindow;
  let acks: number[];
  const open = (resumed: boolean) => window.opened((id) => acks.push(id), resumed);

  beforeEach(() => {
    acks = [];
    window = new AckWindow({ messages: 4, bytes: 1_000_000 });
    open(false);
  });

  test('acknowledges nothing before it is safe', () => {
    window.arrived(message(1));
    assert.deepEqual(acks, []);
    assert.equal(window.messages, 1);
  });

  test('acknowledges in order of arrival, whatever is safe first', () => {
    const [first, second, third] = [1, 2, 3].map((id) => window.arrived(message(id)));
    third?.();
    second?.();
    assert.deepEqual(acks, []);
    first?.();
    assert.deepEqual(acks, [1, 2, 3]);
    assert.equal(window.messages, 0);
  });

  test('is full at its number of messages, and roomy again a quarter below', () => {
    const safe = [1, 2, 3, 4].map((id) => window.arrived(message(id)));
    assert.equal(window.full, true);
    safe[0]?.();
    assert.equal(window.full, false);
    assert.equal(window.roomy, true);
  });

  test('is full at its number of bytes', () => {
    window.arrived({ ...message(1), payload: Buffer.alloc(1_000_000) });
    assert.equal(window.full, true);
  });

  test('never acknowledges on a later connection what came on an earlier one', () => {
    const safe = window.arrived(message(1));
    window.closed();
    open(true);
    safe?.();
    assert.deepEqual(acks, []);
  });

  test('does not hand on twice what waits for its commit while the broker delivers it again', () => {
    const safe = window.arrived(message(1));
    window.closed();
    open(true);
    assert.equal(window.arrived(message(1, 'message 1', true)), undefined);
    safe?.();
    assert.deepEqual(acks, [1]);
  });

  test('acknowledges at once what is delivered again after its commit', () => {
    const safe = window.arrived(message(1));
    window.closed();
    safe?.();
    open(true);
    assert.equal(window.arrived(message(1, 'message 1', true)), undefined);
    assert.deepEqual(acks, [1]);
  });

  test('knows what it acknowledged on a connection that may have lost the acknowledgement', () => {
    window.arrived(message(1))?.();
    window.closed();
    open(true);
    assert.equal(window.arrived(message(1, 'message 1', true)), undefined);
    assert.deepEqual(acks, [1, 1]);
  });

  test('takes another message under a packet id that was used before', () => {
    window.arrived(message(1));
    window.closed();
    open(true);
    assert.notEqual(window.arrived(message(1, 'something else', true)), undefined);
    assert.notEqual(window.arrived(message(2, 'message 1')), undefined);
  });

  test('forgets packet ids when the broker has lost the session', () => {
    window.arrived(message(1))?.();
    window.closed();
    open(false);
    assert.notEqual(window.arrived(message(1, 'message 1', true)), undefined);
  });

  test('counts what was published at QoS 0, which nobody waits to have acknowledged', () => {
    const safe = window.arrived({ topic: 't', payload: Buffer.from('x'), dup: false });
    assert.equal(window.messages, 1);
    safe?.();
    assert.equal(window.messages, 0);
    assert.deepEqual(acks, []);
  });
});
