// A mailbox: npm's smtp-server on loopback takes what Muster sends, and people read it here.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** How long a mail may take from the outbox into the mailbox: it is looked into every second. */
const ARRIVES_MS = 20_000;

/** A mail, as it arrived. */
export interface Mail {
  to: string;
  subject: string;
  messageId: string;
  /** The text part, as people read it. */
  text: string;
  /** The HTML part. */
  html: string;
}

export class Mailbox {
  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
    /** What has arrived so far. */
    readonly mails: Mail[],
  ) {}

  static async start(): Promise<Mailbox> {
    const arrived: Mail[] = [];
    const server = new SMTPServer({
      authOptional: true,
      hideSTARTTLS: true,
      onData(stream, session, taken) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map((recipient) => recipient.address).join(', ');
          arrived.push(read(to, Buffer.concat(chunks).toString('utf8')));
          taken();
        });
      },
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Mailbox(server, (server.server.address() as AddressInfo).port, arrived);
  }

  /** What Muster's settings say of it. */
  settings(): string[] {
    return ['[mail]', 'host = "127.0.0.1"', `port = ${this.port}`, 'security = "plaintext"', 'from = "Acme <muster@acme.example>"'];
  }

  /** The latest mail to somebody, as soon as there are so many. */
  async mail(to: string, count = 1): Promise<Mail> {
    const end = Date.now() + ARRIVES_MS;
    for (;;) {
      const theirs = this.mails.filter((mail) => mail.to === to);
      const latest = theirs.at(-1);
      if (latest !== undefined && theirs.length >= count) return latest;
      if (Date.now() > end) throw new Error(`${to} got ${theirs.length} mails, not ${count}.`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  async stop(): Promise<void> {
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }
}

/** The one link of a mail. */
export function linkOf(mail: Mail): string {
  const links = mail.text.match(/https?:\/\/\S+/g) ?? [];
  if (links.length !== 1) throw new Error(`There should be one link, and there are ${links.length}:\n${mail.text}`);
  return links[0]!;
}

function read(to: string, raw: string): Mail {
  const [head, body] = split(raw);
  const boundary = header(head, 'content-type').match(/boundary="?([^";]+)"?/)?.[1] ?? '';
  const parts = body.split(`--${boundary}`).map((part) => split(part.replace(/^\r\n/, '')));
  const part = (kind: string) => parts.find(([own]) => header(own, 'content-type').startsWith(kind));
  return {
    to,
    subject: header(head, 'subject'),
    messageId: header(head, 'message-id'),
    text: decoded(part('text/plain')),
    html: decoded(part('text/html')),
  };
}

function split(text: string): [string, string] {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 4)];
}

function header(head: string, name: string): string {
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  const line = unfolded.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

/** A part without its transfer encoding. */
function decoded(part: [string, string] | undefined): string {
  if (part === undefined) return '';
  const [head, body] = part;
  switch (header(head, 'content-transfer-encoding').toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable': {
      const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
      return Buffer.from(bytes, 'latin1').toString('utf8');
    }
    default:
      return body;
  }
}
