import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

/** A real mail server on loopback: STARTTLS, one user, and recipients that it does not know. */
export class MailServer {
  /** Whole mails, as they came. */
  readonly mails: string[] = [];
  readonly password = 'right-password';
  /** Refuses so many mails for now (451), as greylisting does. */
  busy = 0;
  /** PEM of its certificate. */
  readonly ca: string;
  readonly #server: SMTPServer;

  private constructor(key: string, cert: string, withTls: boolean) {
    this.ca = cert;
    this.#server = new SMTPServer({
      ...{ key, cert, authOptional: false, disableReverseLookup: true, allowInsecureAuth: false },
      ...(withTls ? {} : { disabledCommands: ['STARTTLS'] }),
      onAuth: ({ password }, _session, done) => {
        if (password === this.password) done(null, { user: 'percept' });
        else done(Object.assign(new Error('Authentication failed'), { responseCode: 535 }));
      },
      onRcptTo: ({ address }, _session, done) => {
        if (address.startsWith('nobody@')) done(Object.assign(new Error('No such user here'), { responseCode: 550 }));
        else done();
      },
      onData: (stream, _session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          if (this.busy-- > 0) {
            done(Object.assign(new Error('Greylisted, come back later'), { responseCode: 451 }));
            return;
          }
          this.mails.push(Buffer.concat(parts).toString());
          done();
        });
      },
    });
    // a client that goes in the middle of a handshake
    this.#server.on('error', () => undefined);
  }

  static async start({ withTls = true } = {}): Promise<MailServer> {
    const dir = mkdtempSync(join(tmpdir(), 'percept-smtp-'));
    try {
      const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
        { stdio: 'ignore' },
      );
      const server = new MailServer(readFileSync(key, 'utf8'), readFileSync(cert, 'utf8'), withTls);
      server.#server.listen(0, '127.0.0.1');
      await once(server.#server.server, 'listening');
      return server;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
