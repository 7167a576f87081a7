import crypto from 'node:crypto';
import type { TestContext } from 'node:test';

/** Hashes passwords of this process at the least cost, where a test is not about them. */
export function cheaply(t: TestContext): void {
  const { scrypt } = crypto;
  t.mock.method(crypto, 'scrypt', (...[password, salt, bytes, options, done]: Parameters<typeof scrypt>) =>
    scrypt(password, salt, bytes, { ...options, N: 2, p: 1 }, done),
  );
}
