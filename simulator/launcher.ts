/**
 * Ends a server together with the `npm run` that started it. npm passes a signal on to the shell between them, and the shell dies without
 * passing it on: the server would stay behind and hold its ports.
 */
import { readFileSync } from 'node:fs';

const lookMs = 500;

/** Parent of a process; null where the system does not tell. */
const parentOf = (pid: number): string | null => {
  try {
    // proc(5): "pid (name) state ppid …"; the name may hold blanks and brackets.
    return (
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1] ?? null
    );
  } catch {
    return null;
  }
};

/** Calls `ended` once when the shell, or npm above it, is gone. Does nothing for a server that was not started by npm. */
export const whenLauncherEnds = (ended: () => void): void => {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const launcher = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const first = launcher();
  const timer = setInterval(() => {
    if (launcher() === first) return;
    clearInterval(timer);
    ended();
  }, lookMs);
  timer.unref();
};
