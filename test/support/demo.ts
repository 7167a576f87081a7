import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { end, endsWithUs } from './children.ts';
import { ownerPassword, Visitor } from './doors.ts';
import { root } from './node-red.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

/** `percept demo` as a user starts it, in a process of its own. */
export class Demo {
  readonly port: number;
  readonly userDir: string;
  output = '';
  #child: ChildProcess;
  #cookie: string | undefined;
  readonly #args: readonly string[];

  private constructor(port: number, userDir: string, args: readonly string[]) {
    this.port = port;
    this.userDir = userDir;
    this.#args = args;
    this.#child = this.#spawn();
  }

  /**
   * Resolves when the address was printed.
   * @param past minutes that the plant has still to tell; infinite: as at a very first start, when they are a quarter of an hour
   * and take 12 s of a core
   */
  static async start(args: readonly string[] = [], { past = 0 } = {}): Promise<Demo> {
    const userDir = mkdtempSync(join(tmpdir(), 'percept-demo-'));
    if (Number.isFinite(past)) writeFileSync(join(userDir, 'plant-position'), String(Date.now() - past * 60_000));
    const demo = new Demo(await freePort(), userDir, args);
    try {
      await demo.#announced();
    } catch (thrown) {
      await demo.remove();
      throw thrown;
    }
    return demo;
  }

  /** Resolves when all that the plant had still to tell is told. */
  async caughtUp(): Promise<void> {
    const position = async (): Promise<number> => Number(await readFile(join(this.userDir, 'plant-position'), 'utf8'));
    const recent = async (): Promise<boolean> => Date.now() - (await position()) < 3000;
    await until(recent, { ms: 120_000, what: 'the plant to have caught up' });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** What was printed to open first. */
  get startAddress(): string {
    return /Open\s+(\S+)/.exec(this.output)?.[1] ?? '';
  }

  /** The owner's session, as `Cookie` header. */
  async cookie(): Promise<string> {
    this.#cookie ??= await this.#signIn();
    return this.#cookie;
  }

  /** Lets the pages of this browser context in. */
  async admit(context: BrowserContext): Promise<void> {
    const [name = '', value = ''] = (await this.cookie()).split('=');
    await context.addCookies([{ name, value, url: this.url }]);
  }

  get mqttUrl(): string {
    return /mqtt:\/\/127\.0\.0\.1:\d+/.exec(this.output)?.[0] ?? '';
  }

  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    await end(this.#child, signal);
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** Starts again on the same directory and port. */
  async again(): Promise<void> {
    this.output = '';
    this.#child = this.#spawn();
    await this.#announced();
  }

  async remove(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.userDir, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }

  #spawn(): ChildProcess {
    const args = ['demo', '--no-browser', '--port', String(this.port), '--user-dir', this.userDir, ...this.#args];
    const program = join(root, 'dist/cli/percept.js');
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      env: { PERCEPT_OWNER_PASSWORD: ownerPassword, ...process.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endsWithUs(child, 'SIGTERM');
    const collect = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    return child;
  }

  async #signIn(): Promise<string> {
    const visitor = new Visitor(this.url);
    await visitor.signIn('owner', ownerPassword);
    return visitor.cookie;
  }

  async #announced(): Promise<void> {
    const child = this.#child;
    await until(() => this.output.includes('Stop with Ctrl-C') || child.exitCode !== null, {
      ms: 60_000,
      what: 'percept demo to print its address',
    }).catch((cause: unknown) => {
      throw new Error(`percept demo has not printed its address:\n${this.output}`, { cause });
    });
    if (child.exitCode !== null) throw new Error(`percept demo ended with ${child.exitCode}:\n${this.output}`);
  }
}
