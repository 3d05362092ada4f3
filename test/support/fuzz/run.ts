/** Sends generated requests to a simulator in a process of its own with little memory, and tells what it made of them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { schemaAvailable, schemaFaults } from '../ews-schema';
import { brokenRequest, hostileRequest } from './broken';
import { createPool } from './pool';
import { createRandom, type Random } from './random';
import { firstRequests, randomRequest } from './requests';

/** The heap a simulator may use, in MB: what exceeds it ends the process, and with it the run. */
const heapMb = 256;
const parallel = 6;
/** An answer that takes longer counts as none: the server hangs. */
const patienceMs = 60_000;

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
}

/** What a run showed; `problems` is empty when all went well. */
export interface FuzzResult {
  readonly sent: { readonly valid: number; readonly broken: number; readonly hostile: number };
  /** Answers by HTTP status, and by response code where they have one. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly codes: Readonly<Record<string, number>>;
  /** Most memory the server ever held (VmHWM), in MB; 0 where the system does not tell. */
  readonly peakMb: number;
  readonly problems: readonly string[];
}

type Kind = 'valid' | 'broken' | 'hostile';

interface Answer {
  readonly status: number;
  readonly text: string;
}

const account = { address: 'anna@x.test', password: 'secret' } as const;

const startServer = async (stateFile: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const root = path.join(__dirname, '..', '..', '..');
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heapMb}`,
      '--require',
      'tsx/cjs',
      path.join(root, 'simulator', 'cli.ts'),
      ...['--mailbox', `${account.address}:${account.password}`, '--mailbox', 'ben@x.test:secret', '--state', stateFile],
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '', npm_lifecycle_event: undefined } },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Ready (\S+)/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the simulator did not start');
};

const peakOf = async (pid: number | undefined): Promise<number> => {
  const status = await readFile(`/proc/${pid ?? 0}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
};

/** Posts a body. A stream of events is left after its first envelope: it would last for minutes. */
const post = (url: string, agent: Agent, body: string, isStream: boolean): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const authorization = `Basic ${Buffer.from(`${account.address}:${account.password}`).toString('base64')}`;
    const sent = httpRequest(url, {
      method: 'POST',
      agent,
      headers: { authorization, 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body) },
      timeout: patienceMs,
    });
    sent.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const chunks: Buffer[] = [];
      const finish = (): void => resolve({ status, text: Buffer.concat(chunks).toString('utf8') });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (!isStream || !chunk.includes('Envelope>')) return;
        finish();
        sent.destroy();
      });
      response.on('end', finish);
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(body);
  });

const kindOf = (random: Random): Kind => {
  const number = random.below(100);
  return number < 55 ? 'valid' : number < 97 ? 'broken' : 'hostile';
};

/** A server may cut the connection of a body that it refuses to read on. */
const isCutOff = (kind: Kind, error: unknown): boolean =>
  kind === 'hostile' && error instanceof Error && /ECONNRESET|EPIPE/.test(String(error));

const shown = (kind: Kind, text: string): string =>
  `${kind}: ${text.slice(text.indexOf('<soap:Body>'), text.indexOf('<soap:Body>') + 1_500)}`;

const codesIn = (text: string): readonly string[] => [...text.matchAll(/<(?:m:|)ResponseCode[^>]*>([^<]+)</g)].map(([, code = '']) => code);

const isEnvelope = (text: string): boolean => /^<\?xml .*<\/(?:\w+:)?Envelope>$/s.test(text);

const add = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** Runs until `count` requests are answered; the server ends with it. */
export async function runFuzz({ count, seed }: FuzzOptions): Promise<FuzzResult> {
  const random = createRandom(seed);
  const pool = createPool();
  const folder = await mkdtemp(path.join(tmpdir(), 'fuzz-'));
  const { child, url } = await startServer(path.join(folder, 'state.sqlite'));
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const sent = { valid: 0, broken: 0, hostile: 0 };
  const statuses: Record<string, number> = {};
  const codes: Record<string, number> = {};
  const problems: string[] = [];
  const envelopes: string[] = [];
  let left = count;

  const examine = (kind: Kind, text: string, { status, text: answer }: Answer): void => {
    add(statuses, String(status));
    const answerCodes = codesIn(answer);
    for (const code of answerCodes) add(codes, code);
    if (answerCodes.includes('ErrorInternalServerError')) problems.push(`ErrorInternalServerError for ${shown(kind, text)}`);
    if (isEnvelope(answer)) {
      envelopes.push(answer);
      pool.learn(answer);
    } else if (status === 200 || status >= 500)
      problems.push(`${status} without an envelope (${answer.slice(0, 200)}) for ${shown(kind, text)}`);
  };

  const work = async (): Promise<void> => {
    while (left > 0 && child.exitCode === null) {
      left -= 1;
      const kind = kindOf(random);
      const { operation, text: valid } = randomRequest({ random, pool });
      const text = kind === 'valid' ? valid : kind === 'broken' ? brokenRequest(valid, random) : hostileRequest(valid, random);
      sent[kind] += 1;
      try {
        examine(kind, text, await post(url, agent, text, operation === 'GetStreamingEvents'));
      } catch (error) {
        if (!isCutOff(kind, error)) problems.push(`${String(error)} for ${shown(kind, text)}`);
        else add(statuses, 'cut off');
      }
    }
  };
  for (const text of firstRequests) pool.learn((await post(url, agent, text, false)).text);
  await Promise.all(Array.from({ length: parallel }, work));
  const peakMb = await peakOf(child.pid);
  if (child.exitCode !== null) problems.push(`the simulator ended with ${child.exitCode}`);
  else {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  agent.destroy();
  await rm(folder, { recursive: true, force: true });
  if (schemaAvailable)
    for (let at = 0; at < envelopes.length; at += 500) problems.push(...(await schemaFaults(envelopes.slice(at, at + 500))));
  return { sent, statuses, codes, peakMb, problems };
}
