#!/usr/bin/env node
/** `exchange-erp`: administration of an ERP database from the command line. */
import { runProgram } from './program';

const { stdin, stdout, stderr, env } = process;

void runProgram(process.argv.slice(2), {
  environment: env,
  stdin,
  folder: process.cwd(),
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
}).then((code) => {
  process.exitCode = code;
});
