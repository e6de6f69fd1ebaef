// A name server on loopback that knows the TXT records a story gives it (RFC 1035).
import { type Socket, createSocket } from 'node:dgram';

/** The length of the head of a message. */
const HEAD = 12;

export class NameServer {
  private readonly records = new Map<string, string[]>();

  private constructor(
    private readonly socket: Socket,
    readonly port: number,
  ) {}

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
    const server = new NameServer(socket, socket.address().port);
    socket.on('message', (question, asker) => socket.send(server.answer(question), asker.port, asker.address));
    return server;
  }

  /** Adds a TXT record. */
  says(name: string, text: string): void {
    this.records.set(name, [...(this.records.get(name) ?? []), text]);
  }

  async stop(): Promise<void> {
    await new Promise<void>((closed) => this.socket.close(closed));
  }

  private answer(question: Buffer): Buffer {
    const labels: string[] = [];
    for (let at = HEAD; question[at] !== 0; at += 1 + question[at]!) {
      labels.push(question.subarray(at + 1, at + 1 + question[at]!).toString());
    }
    const texts = this.records.get(labels.join('.'));
    const head = Buffer.from(question);
    // An answer; the code 3 says that there is no such name.
    head.writeUInt16BE(texts ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(texts?.length ?? 0, 6);
    const records = (texts ?? []).map((text) => {
      const data = Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
      return Buffer.concat([Buffer.from([0xc0, HEAD, 0, 16, 0, 1, 0, 0, 0, 0, 0, data.length]), data]);
    });
    return Buffer.concat([head, ...records]);
  }
}
