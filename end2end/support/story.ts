// `test` for stories: each gets a Muster, a database and a folder of its own, and every browser is watched.
import { type BrowserContext, type Page, test as base } from '@playwright/test';
import { type Database, type Kind, database } from './database.ts';
import type { IdentityProvider } from './identity_provider.ts';
import { Mailbox } from './mailbox.ts';
import { Folder, Muster, freePort } from './muster.ts';
import type { NameServer } from './name_server.ts';
import { Watch } from './watch.ts';

/** What a project chooses. */
export interface Choices {
  database: Kind;
}

/** How `muster serve` is started in a story. */
export interface Start {
  /** The bootstrap file, if the installation is unattended. */
  bootstrap?: string;
  /** The identity provider of the settings, that everybody signs in with. */
  signIn?: IdentityProvider;
  /** Addresses it may vouch for. */
  domains?: string[];
  /** An identity provider that Muster may call, to be entered in the console. */
  provider?: IdentityProvider;
  /** The name server that is asked for the records of domains. */
  names?: NameServer;
  /** Where its mails arrive. */
  mailbox?: Mailbox;
}

interface Given {
  folder: Folder;
  /** A mail server of its own. */
  mailbox: Mailbox;
  /** Starts `muster serve` on an empty database. */
  serve(start?: Start): Promise<Muster>;
  /** Starts `muster demo`. */
  demo(): Promise<Muster>;
  /** What the browser complains about. */
  watch: Watch;
  /** Another person with a browser of their own. */
  someoneElse(): Promise<Page>;
}

export const test = base.extend<Choices & Given>({
  database: ['sqlite', { option: true }],

  folder: async ({}, use) => {
    const folder = await Folder.make();
    await use(folder);
    await folder.remove();
  },

  mailbox: async ({}, use) => {
    const mailbox = await Mailbox.start();
    await use(mailbox);
    await mailbox.stop();
  },

  serve: async ({ folder, database: kind }, use, info) => {
    const running: Muster[] = [];
    const ends: (() => Promise<void>)[] = [];
    await use(async (start = {}) => {
      const kept: Database = await database(kind);
      ends.push(() => kept.remove());
      const port = await freePort();
      const words = await settings(folder, port, start, ends);
      const muster = await Muster.serve(folder, kept, port, words);
      running.push(muster);
      return muster;
    });
    await stopAll(running, info);
    for (const end of ends) await end();
  },

  demo: async ({ folder }, use, info) => {
    const running: Muster[] = [];
    await use(async () => {
      const muster = await Muster.demo(folder, await freePort());
      running.push(muster);
      return muster;
    });
    await stopAll(running, info);
  },

  // `auto`: every page of every story is watched, whether it asks for it or not. It depends on what serves, so that the
  // verdict is given before that stops: pages that ask again and again would complain of the end.
  watch: [
    async ({ page, serve: _serve, demo: _demo }, use) => {
      const watch = new Watch(page);
      await use(watch);
      watch.expectQuiet();
    },
    { auto: true },
  ],

  someoneElse: async ({ browser, serve: _serve, demo: _demo }, use) => {
    const theirs: { context: BrowserContext; watch: Watch }[] = [];
    await use(async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      theirs.push({ context, watch: new Watch(page) });
      return page;
    });
    for (const { context, watch } of theirs) {
      watch.expectQuiet();
      await context.close();
    }
  },
});

export { expect } from '@playwright/test';

/** Writes what the start needs into the folder, starts the identity provider, and says what `serve` is told. */
async function settings(folder: Folder, port: number, start: Start, ends: (() => Promise<void>)[]): Promise<string[]> {
  const words: string[] = [];
  if (start.bootstrap !== undefined) {
    words.push('--bootstrap', await folder.write('bootstrap.toml', start.bootstrap));
  }
  const allowed: string[] = [];
  const tables: string[] = [];
  if (start.mailbox !== undefined) {
    allowed.push(`smtp://127.0.0.1:${start.mailbox.port}`);
    tables.push(...start.mailbox.settings());
  }
  if (start.signIn !== undefined) {
    const provider = start.signIn;
    ends.push(() => provider.stop());
    provider.serve(`http://127.0.0.1:${port}/sign-in/${PROVIDER}/callback`);
    const secret = await folder.write('client.secret', provider.clientSecret);
    allowed.push(provider.issuer);
    tables.push(
      '[sign_in]',
      'name = "Okta"',
      `issuer = "${provider.issuer}"`,
      `client_id = "${provider.clientId}"`,
      `client_secret_file = "${secret}"`,
      `domains = ${JSON.stringify(start.domains ?? [])}`,
    );
  }
  if (start.provider !== undefined) {
    const { provider } = start;
    ends.push(() => provider.stop());
    allowed.push(provider.issuer);
  }
  const plain: string[] = [];
  if (start.names !== undefined) {
    const { names } = start;
    ends.push(() => names.stop());
    plain.push(`name_server = "127.0.0.1:${names.port}"`);
  }
  if (tables.length + allowed.length + plain.length > 0) {
    const config = [...plain, `outbound_allow = ${JSON.stringify(allowed)}`, ...tables];
    words.push('--config', await folder.write('muster.toml', config.join('\n')));
  }
  return words;
}

/** The word of the configured provider in Muster's addresses. */
const PROVIDER = 'sso';

async function stopAll(running: Muster[], info: { attach(name: string, body: { body: string }): Promise<void> }): Promise<void> {
  for (const muster of running) {
    await info.attach('what Muster said', { body: muster.log });
    await muster.stop();
  }
}
