import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokerDisconnect } from '../../dist/sensor/mqtt/connection.js';
import { connectionError } from '../../dist/sensor/mqtt/errors.js';

const where = { broker: 'mqtt://broker:1883', clientId: 'percept-1', version: '5' };
const withCode = (code: number | string): Error => Object.assign(new Error('what the library says'), { code });

for (const [reason, cause, expected] of [
  ['a wrong password (MQTT 3.1.1)', withCode(4), 'broker-login'],
  ['a client that may not connect (MQTT 3.1.1)', withCode(5), 'broker-login'],
  ['a wrong password (MQTT 5)', withCode(134), 'broker-login'],
  ['another protocol version', withCode(1), 'broker-version'],
  ['a client id that the broker does not like', withCode(133), 'broker-client-id'],
  ['a session taken over', new BrokerDisconnect(142, ''), 'broker-taken-over'],
  ['an expired certificate', withCode('CERT_HAS_EXPIRED'), 'broker-certificate-expired'],
  ['an unknown authority', withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'broker-certificate-unknown'],
  ['a certificate for another name', withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'broker-certificate-name'],
  [
    'a client certificate that is missing',
    withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
    'broker-client-certificate',
  ],
  ['nobody who listens', withCode('ECONNREFUSED'), 'broker-unreachable'],
] as const) {
  test(`the reason ${reason} has its own error, with what to do`, () => {
    const error = connectionError(cause, false, where);
    assert.equal(error.code, expected);
    assert.ok(error.status('en-US').length < 20, error.status('en-US'));
    assert.ok(error.status('ko').length < 20);
    assert.doesNotMatch(error.message, /\{\w+\}/);
  });
}

test('a connection that is lost after it stood is told from one that never did', () => {
  assert.equal(connectionError(undefined, true, where).code, 'broker-closed');
  assert.equal(connectionError(undefined, false, where).code, 'broker-unreachable');
});
