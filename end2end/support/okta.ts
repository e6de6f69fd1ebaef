// Okta as a SCIM client: the conversation its published test suite and its log show, header by header.

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** Somebody of the directory of Okta. */
export interface Person {
  givenName: string;
  familyName: string;
  email: string;
}

/** An answer: its status and its body. */
export interface Answer {
  status: number;
  body: any;
}

/** What "Test connector configuration" shows. */
export interface TestResult {
  ok: boolean;
  detail: string;
}

export class Okta {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
  ) {}

  /** "Test connector configuration": it reads a few people and groups, and shows what refuses it. */
  async testConnection(): Promise<TestResult> {
    for (const path of ['/Users?startIndex=1&count=2', '/Groups?startIndex=1&count=100']) {
      const { status, body } = await this.send('GET', path);
      if (status !== 200) return { ok: false, detail: `${status} ${body?.detail ?? ''}` };
      if (typeof body.totalResults !== 'number' || !Array.isArray(body.Resources)) {
        return { ok: false, detail: `${path} answers no list` };
      }
    }
    return { ok: true, detail: '' };
  }

  /** Assigns somebody: looks for them first, then creates them. Answers their id. */
  async assign(person: Person): Promise<string> {
    const found = await this.find('Users', 'userName', person.email);
    const body = {
      schemas: [USER],
      userName: person.email,
      name: { givenName: person.givenName, familyName: person.familyName },
      emails: [{ primary: true, value: person.email, type: 'work' }],
      displayName: `${person.givenName} ${person.familyName}`,
      locale: 'en-GB',
      externalId: `00u${Buffer.from(person.email).toString('hex').slice(0, 17)}`,
      groups: [],
      password: '1mz050nq',
      active: true,
    };
    if (found === undefined) return this.created(await this.send('POST', '/Users', body));
    // Somebody who is there already is matched, and their profile is pushed whole.
    const { status, body: answer } = await this.send('PUT', `/Users/${found}`, { ...body, id: found });
    if (status !== 200) throw new Error(`PUT /Users/${found}: ${status} ${JSON.stringify(answer)}`);
    return found;
  }

  /** Pushes a group for the first time: empty, then its members, with the name repeated as Okta does. */
  async pushGroup(name: string, members: { id: string; email: string }[]): Promise<string> {
    const found = await this.find('Groups', 'displayName', name);
    const id = found ?? this.created(await this.send('POST', '/Groups', { schemas: [GROUP], displayName: name, members: [] }));
    const renamed = { op: 'replace', value: { id, displayName: name } };
    await this.patch(`/Groups/${id}`, [renamed]);
    if (members.length > 0) await this.addMembers(id, members);
    return id;
  }

  /** Adds members to a group that was pushed. */
  async addMembers(group: string, members: { id: string; email: string }[]): Promise<void> {
    const value = members.map((member) => ({ value: member.id, display: member.email }));
    await this.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value }]);
  }

  /** Unassigns or suspends somebody. */
  async deactivate(user: string): Promise<void> {
    await this.patch(`/Users/${user}`, [{ op: 'replace', value: { active: false } }]);
  }

  /** What is known of somebody, as an import reads it. */
  async user(id: string): Promise<any> {
    return (await this.send('GET', `/Users/${id}`)).body;
  }

  /** What a group holds, as an import reads it. */
  async group(id: string): Promise<any> {
    return (await this.send('GET', `/Groups/${id}`)).body;
  }

  /** Every one of a kind, page by page, as an import reads them. */
  async all(kind: string): Promise<any[]> {
    const found: any[] = [];
    for (;;) {
      const { status, body } = await this.send('GET', `/${kind}?startIndex=${found.length + 1}&count=100`);
      if (status !== 200) throw new Error(`Okta may not import ${kind}: ${status} ${JSON.stringify(body)}`);
      found.push(...body.Resources);
      if (body.Resources.length === 0 || found.length >= body.totalResults) return found;
    }
  }

  private async find(kind: string, attribute: string, value: string): Promise<string | undefined> {
    const filter = encodeURIComponent(`${attribute} eq "${value}"`);
    const { status, body } = await this.send('GET', `/${kind}?filter=${filter}&startIndex=1&count=100`);
    if (status !== 200) throw new Error(`Okta may not look for ${value}: ${status} ${JSON.stringify(body)}`);
    return body.Resources[0]?.id;
  }

  private created({ status, body }: Answer): string {
    if (status !== 201 || !body?.id) throw new Error(`Okta says "Create new user returned empty user": ${status} ${JSON.stringify(body)}`);
    return body.id;
  }

  private async patch(path: string, operations: object[]): Promise<void> {
    const { status, body } = await this.send('PATCH', path, { schemas: [PATCH], Operations: operations });
    if (status < 200 || status > 299) throw new Error(`PATCH ${path}: ${status} ${JSON.stringify(body)}`);
  }

  private async send(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        'User-Agent': 'Okta SCIM Client 1.0.0',
        'Accept-Charset': 'utf-8',
        Accept: 'application/scim+json',
        'Content-Type': 'application/scim+json; charset=utf-8',
        Authorization: `Bearer ${this.token}`,
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}
