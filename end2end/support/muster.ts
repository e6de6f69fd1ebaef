// Muster itself: the release binary, started on a free port of loopback with a folder of its own, and stopped again.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Database } from './database.ts';

/** How long a start may take; it takes a tenth of a second on SQLite. */
const START_MS = 20_000;
/** How long it may take to answer what it has begun, after SIGTERM. */
const STOP_MS = 15_000;

/** Files that lie beside each other in a folder of the test, readable by nobody else. */
export class Folder {
  private constructor(readonly path: string) {}

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), 'muster-story-')));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, text: string): Promise<string> {
    await writeFile(this.file(name), text, { mode: 0o600 });
    await chmod(this.file(name), 0o600);
    return this.file(name);
  }

  async read(name: string): Promise<string> {
    return await readFile(this.file(name), 'utf8');
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** A running Muster, and everything it has said. */
export class Muster {
  private said = '';
  private ended: number | string | undefined;
  private process: ChildProcess;

  private constructor(
    private readonly words: string[],
    private readonly folder: Folder,
    readonly url: string,
  ) {
    this.process = this.spawn();
  }

  /** `muster serve` in this folder, ready to answer. */
  static async serve(folder: Folder, database: Database, port: number, more: string[] = []): Promise<Muster> {
    const where = ['--listen', `127.0.0.1:${port}`, '--data-dir', folder.file('data')];
    const kept = database.url ? ['--database-url', database.url] : [];
    return await Muster.start(['serve', ...where, ...kept, ...more], folder, `http://127.0.0.1:${port}`);
  }

  /** `muster demo`, ready to answer. */
  static async demo(folder: Folder, port: number): Promise<Muster> {
    return await Muster.start(['demo', '--port', String(port), '--no-open'], folder, `http://127.0.0.1:${port}`);
  }

  private static async start(words: string[], folder: Folder, url: string): Promise<Muster> {
    const muster = new Muster(words, folder, url);
    await muster.untilReady();
    return muster;
  }

  private spawn(): ChildProcess {
    const child = spawn(binary(), this.words, { cwd: this.folder.path, stdio: ['ignore', 'pipe', 'pipe'] });
    const listen = (chunk: Buffer) => void (this.said += chunk.toString());
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('exit', (code, signal) => void (this.ended = code ?? signal ?? 'gone'));
    child.on('error', (error) => void (this.ended = error.message));
    this.ended = undefined;
    return child;
  }

  private async untilReady(): Promise<void> {
    await this.until('it is ready', async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  /** Ends it as a power cut does, and starts it again as it was started before. */
  async cutPower(): Promise<void> {
    const gone = new Promise<void>((done) => this.process.once('exit', () => done()));
    this.process.kill('SIGKILL');
    await gone;
    this.process = this.spawn();
    await this.untilReady();
  }

  /** What it has said so far, for the report of a test that failed. */
  get log(): string {
    return this.said;
  }

  /** The first match in what it says, as soon as it says it. */
  async line(pattern: RegExp): Promise<RegExpMatchArray> {
    await this.until(`it says ${pattern}`, async () => pattern.test(this.said));
    return this.said.match(pattern)!;
  }

  /** Asks it to finish, and waits until it has. */
  async stop(): Promise<void> {
    if (this.ended !== undefined) return;
    const gone = new Promise<void>((done) => this.process.once('exit', () => done()));
    this.process.kill('SIGTERM');
    const late = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(late);
    if (this.ended !== 0) throw new Error(`Muster did not drain: it ended with ${this.ended}.\n${this.said}`);
  }

  private async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + START_MS;
    while (!(await holds().catch(() => false))) {
      if (this.ended !== undefined) throw new Error(`Muster ended with ${this.ended} before ${what}.\n${this.said}`);
      if (Date.now() > end) throw new Error(`Muster ran for ${START_MS} ms, but not until ${what}.\n${this.said}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  }
}

/** The binary under test: the one that is named, else what `cargo xtask build` leaves. */
function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target');
  return process.env.MUSTER_BIN ?? join(target, 'release', 'muster');
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
