/** Requests about employees and what is synchronised for them (requirements A8, S1, S4, S5). */
import type { EmployeeCount, OptionEffect } from '../../erp/store';
import type { Employee } from '../../model/employee';
import { changedKindOptions, defaultOptions, type EmployeeOptions, type KindOptions } from '../../model/employee-options';
import { toSyncError } from '../../model/error';
import { heldCodes } from '../../model/held';
import { kinds, type Direction, type Kind } from '../../model/kind';
import type { Link } from '../../model/link';
import { isPrivate, privateGoes, removalNote, reopenedCodes } from '../admission';
import type { TenantRuntime } from '../runtime';
import type { Action } from './action';
import { badRequest, isObject, oneOf, textOf, type Request } from './request';

const directions: readonly Direction[] = ['inbound', 'outbound'];

const sumOf = (counts: readonly EmployeeCount[], wanted: (count: EmployeeCount) => boolean): number =>
  counts.filter(wanted).reduce((sum, { count }) => sum + count, 0);

const isHeld = ({ noteCode }: EmployeeCount): boolean => heldCodes.some((code) => code === noteCode);

/** Options, or why they cannot be read: one employee's mistake hides nobody else. */
const optionsOf = async (tenant: TenantRuntime, id: string) => {
  try {
    return { options: await tenant.directory.options(id) };
  } catch (thrown) {
    const { code, message } = toSyncError(thrown);
    return { options: null, error: { code, message } };
  }
};

const list = async (tenant: TenantRuntime) => {
  const counts = await tenant.database.store.employeeCounts();
  return Promise.all(
    (await tenant.directory.employees()).map(async (employee) => {
      const own = counts.filter(({ employeeId }) => employeeId === employee.id);
      return {
        id: employee.id,
        name: employee.name,
        mailbox: employee.email,
        active: employee.active,
        open: sumOf(own, ({ state }) => state !== 'conflict'),
        held: sumOf(own, (count) => count.state === 'conflict' && isHeld(count)),
        conflicts: sumOf(own, (count) => count.state === 'conflict' && !isHeld(count)),
        ...(await optionsOf(tenant, employee.id)),
      };
    }),
  );
};

/** Employees that a request names as `employee` or `employees`. Throws `request-invalid`. */
const namedEmployees = async (tenant: TenantRuntime, request: Request): Promise<readonly Employee[]> => {
  const known = await tenant.directory.employees();
  const given = request['employees'];
  const list: readonly unknown[] = Array.isArray(given) ? given : [request['employee']];
  return list.map((id) => {
    const employee = known.find((candidate) => candidate.id === String(id));
    if (employee !== undefined) return employee;
    throw badRequest(
      `There is no employee ${String(id)} in the ERP's employee table. employee is the key of one (or employees a list of them).`,
      'employee',
    );
  });
};

/** Private items that are linked and no longer go this way. */
const privateLinks = (links: readonly Link[], direction: Direction): readonly Link[] =>
  links.filter((link) => link.state === 'active' && isPrivate(direction === 'inbound' ? link.exchangeBase : link.erpBase));

/** What a change does to the employee's rows; each linked item is asked about once, even when both ways are closed. */
const effectsOf = (kind: Kind, before: KindOptions, after: KindOptions, links: readonly Link[]): readonly OptionEffect[] => {
  const closed = directions.filter((direction) => privateGoes(before, direction) && !privateGoes(after, direction));
  return directions.map((direction) => {
    const asked = closed[0] === direction ? privateLinks(links, direction) : [];
    const opened = !privateGoes(before, direction) && privateGoes(after, direction);
    return {
      kind,
      direction,
      reopen: reopenedCodes(before, after, direction),
      settle: opened,
      ask: asked.length === 0 ? null : { links: asked, note: removalNote(direction) },
    };
  });
};

const change = async (tenant: TenantRuntime, employee: Employee, wanted: readonly Kind[], given: unknown) => {
  // Unreadable options are what the person is about to put right.
  const before = (await optionsOf(tenant, employee.id)).options ?? defaultOptions;
  const changed = (kind: Kind) => (wanted.includes(kind) ? changedKindOptions(before[kind], given, kind) : before[kind]);
  const after: EmployeeOptions = { appointment: changed('appointment'), task: changed('task') };
  const effects: OptionEffect[] = [];
  for (const kind of wanted) {
    const closes = directions.some((direction) => privateGoes(before[kind], direction) && !privateGoes(after[kind], direction));
    const links = closes ? await tenant.database.store.linksOfEmployee(employee.id, kind) : [];
    effects.push(...effectsOf(kind, before[kind], after[kind], links));
  }
  const done = await tenant.directory.saveOptions(employee.id, after, effects);
  return { employee: employee.id, options: after, ...done };
};

const set = async (tenant: TenantRuntime, request: Request) => {
  const given = request['options'];
  if (!isObject(given)) throw badRequest('options must be an object with the options to change.', 'options');
  const kind = textOf(request, 'kind');
  const wanted = kind === null ? kinds : [oneOf<Kind>(kinds, kind, 'kind')];
  const employees = await namedEmployees(tenant, request);
  const answers: unknown[] = [];
  for (const employee of employees) answers.push(await change(tenant, employee, wanted, given));
  tenant.workWaiting.raise();
  return answers;
};

/** Actions on employees and their options. */
export const employeeActions = { employees: list, 'set-employee': set } satisfies Readonly<Record<string, Action>>;
