/** Runs work once, later; the returned function calls it off. The simulator is given one, so that tests need not wait. */
export type Schedule = (work: () => void, ms: number) => () => void;

/** By the process's own timers. */
export const realSchedule: Schedule = (work, ms) => {
  const timer = setTimeout(work, ms);
  return () => {
    clearTimeout(timer);
  };
};
