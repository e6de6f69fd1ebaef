// An identity provider that people sign in at: npm's certified oidc-provider on loopback, with pages of its own.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** Somebody who can sign in there. */
export interface Account {
  /** What the provider calls them, for ever. */
  subject: string;
  name: string;
  email: string;
  passphrase: string;
}

export class IdentityProvider {
  readonly clientId = 'muster';
  readonly clientSecret = randomBytes(24).toString('base64url');
  /** Where people may be led back to; known once Muster's address is. */
  private readonly redirects: string[] = [];
  /** Where its portal sends people who begin there. */
  private initiate = '';

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    private readonly accounts: Account[],
  ) {}

  static async start(accounts: Account[]): Promise<IdentityProvider> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new IdentityProvider(server, issuer, accounts);
  }

  /** From now on it knows Muster as its client, which is led back to this address and to no other. */
  serve(redirect: string): void {
    this.redirects.push(redirect);
    this.initiate = redirect.replace(/\/callback$/, '');
    const provider = this.provider();
    const answers = provider.callback();
    this.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith('/interaction/')) void this.interact(provider, request, response);
      else if (request.url === '/portal') this.showPortal(response);
      else void answers(request, response);
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private provider(): Provider {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    return new Provider(this.issuer, {
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: this.redirects,
          post_logout_redirect_uris: this.redirects.map((redirect) => `${new URL(redirect).origin}/sign-out/done`),
          response_types: ['code'],
          grant_types: ['authorization_code'],
          id_token_signed_response_alg: 'ES256',
        },
      ],
      jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig', kid: 'story' }] },
      cookies: { keys: [randomBytes(32).toString('hex')] },
      pkce: { required: () => true },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 60, IdToken: 60 },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      // Muster reads the address from the signed token, as most providers put it there.
      conformIdTokenClaims: false,
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (context, form) => void (context.body = document(`${form}${LOGOUT}`)),
        },
      },
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_context, subject) => {
        const account = this.accounts.find((one) => one.subject === subject);
        return account && { accountId: subject, claims: () => claims(account) };
      },
    });
  }

  /** A page with a tile that begins a sign-in at Muster (OpenID Connect Core, section 4). */
  private showPortal(response: ServerResponse): void {
    const target = `${new URL(this.initiate).origin}/account`;
    const query = new URLSearchParams({ iss: this.issuer, target_link_uri: target });
    write(response, `<h1>Your applications</h1><a href="${this.initiate}?${query.toString().replaceAll('&', '&amp;')}">Muster</a>`);
  }

  /** The pages: who are you, then may Muster know it. */
  private async interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params, session, uid } = await provider.interactionDetails(request, response);
    const form = request.method === 'POST' ? new URLSearchParams(await whole(request)) : undefined;
    if (prompt.name === 'login') {
      const account = form && this.accounts.find((one) => one.email === form.get('email') && one.passphrase === form.get('passphrase'));
      if (account) return await provider.interactionFinished(request, response, { login: { accountId: account.subject } });
      return show(response, uid, LOGIN);
    }
    if (!form) return show(response, uid, CONSENT);
    const grant = new provider.Grant({ accountId: session!.accountId, clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }
}

function claims(account: Account) {
  return { sub: account.subject, name: account.name, email: account.email, email_verified: true };
}

const LOGIN = `<h1>Sign in at the identity provider</h1>
<label>E-mail address <input name="email" type="email"></label>
<label>Passphrase <input name="passphrase" type="password"></label>
<button>Sign in</button>`;

const CONSENT = `<h1>Muster asks who you are</h1>
<p>It will know your name and your address.</p>
<button>Allow</button>`;

const LOGOUT = `<h1>Sign out at the identity provider?</h1>
<button form="op.logoutForm" name="logout" value="yes">Sign out</button>`;

function show(response: ServerResponse, uid: string, body: string): void {
  write(response, `<form method="post" action="/interaction/${uid}">${body}</form>`);
}

function write(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(document(body));
}

function document(body: string): string {
  return `<!doctype html><html lang="en"><title>Identity provider</title><link rel="icon" href="data:,">${body}</html>`;
}

async function whole(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
