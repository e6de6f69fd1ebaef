// The clock, as far as a story may turn it: what was proved a while ago is old now.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Folder } from './muster.ts';

const TEN_MINUTES = 600_000;

/** As if ten minutes had passed since everybody proved who they are. On SQLite alone: its file lies in the folder. */
export function letProofsGrowOld(folder: Folder): void {
  change(folder, `UPDATE sessions SET proved_at = proved_at - ${TEN_MINUTES}`);
}

/** As if the code that was used last belonged to an earlier half of a minute: a story does not wait for the next one. */
export function letCodesBeNew(folder: Folder): void {
  change(folder, 'UPDATE second_factors SET last_step = last_step - 3');
}

/** By Python, which every machine of ours has with SQLite in it. */
function change(folder: Folder, sql: string): void {
  const file = join(folder.file('data'), 'muster.db');
  const words = 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=10) as database: database.execute(sys.argv[2])';
  execFileSync('python3', ['-c', words, file, sql]);
}
