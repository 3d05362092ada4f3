/** Where histories take place: the employees, the zone of both sides, and the login of the sync. */
export const zone = 'Europe/Vienna';
/** Mailboxes, one an employee. */
export const employees = ['anna@x.test'] as const;
/** The sync's own account. */
export const service = { address: 'sync@x.test', password: 'secret-of-the-service' } as const;
