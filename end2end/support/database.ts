// A database for one test: a file of its own, or a database of its own on the PostgreSQL of the tests.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export type Kind = 'sqlite' | 'postgres';

/** What `--database-url` is given (nothing for SQLite: the file lies in the data folder), and how it ends. */
export interface Database {
  url: string | undefined;
  remove(): Promise<void>;
}

export async function database(kind: Kind): Promise<Database> {
  return kind === 'sqlite' ? { url: undefined, remove: async () => {} } : await postgres();
}

async function postgres(): Promise<Database> {
  const server = process.env.MUSTER_POSTGRES;
  if (!server) throw new Error('MUSTER_POSTGRES names no PostgreSQL: `cargo xtask test` starts one and sets it.');
  const name = `muster_story_${randomBytes(6).toString('hex')}`;
  await ask(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), remove: () => ask(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function ask(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
