import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostsOf } from '../../dist/store/postgres/hosts.js';

const addresses = (url: string, more = {}) => hostsOf({ url, ...more }).configs.map((c) => c.connectionString);

test('each host of an address is tried with the same user, database and parameters', () => {
  assert.deepEqual(addresses('postgres://u:p%40ss@h1:1,[::1]:2,h3/db?sslmode=require'), [
    'postgres://u:p%40ss@h1:1/db?sslmode=require',
    'postgres://u:p%40ss@[::1]:2/db?sslmode=require',
    'postgres://u:p%40ss@h3/db?sslmode=require',
  ]);
});

test('user and password beside the address go before those inside it', () => {
  assert.deepEqual(addresses('postgresql://old:x@h/db', { user: 'a b', password: 'p/w@:' }), [
    'postgresql://a%20b:p%2Fw%40%3A@h/db',
  ]);
});

test('the label for people and logs has no password and no parameters', () => {
  assert.equal(hostsOf({ url: 'postgres://u:secret@h:1/db?password=secret' }).label, 'postgres://u@h:1/db');
});

test('an address that is none is refused without being shown', () => {
  assert.throws(
    () => hostsOf({ url: 'postgres://u:se@cret@h/d' }),
    (thrown: Error) => {
      assert.equal((thrown as { code?: string }).code, 'store-missing');
      assert.doesNotMatch(thrown.message, /cret/);
      return true;
    },
  );
});
