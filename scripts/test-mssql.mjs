/**
 * Runs what needs a SQL Server: the contract of the ERP port and all tests in folders or files named `mssql`, on the server that
 * MSSQL_URL names. They create databases of their own (`exchange_erp_test_…`) and drop them.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

if ((process.env.MSSQL_URL ?? '') === '') {
  console.error(
    'MSSQL_URL is not set, so nothing was tested. Set it to a server on which databases may be created, for example\n' +
      '  MSSQL_URL="mssql://sa:password@localhost:1433/master?encrypt=true&trustServerCertificate=true" npm run test:mssql',
  );
  process.exit(1);
}

const wanted = process.argv.slice(2);
const files = (await readdir('test', { recursive: true }))
  .map((file) => path.join('test', file))
  .filter((file) => file.endsWith('.test.ts') && file.includes('mssql'))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();
const program = ['node_modules/mocha/bin/mocha.js', '--config', '.mocharc.json', ...files];
const child = spawn(process.execPath, program, { stdio: 'inherit' });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
