/** The contract of the ERP port: every adapter runs it. */
import { changesContract } from './changes-contract';
import { deathsContract } from './deaths-contract';
import { employeesContract } from './employees-contract';
import { firstRunsContract } from './first-runs-contract';
import { exceptionsContract } from './exceptions-contract';
import { hostileContract } from './hostile-contract';
import { journalContract } from './journal-contract';
import { parkedContract } from './parked-contract';
import { relistContract } from './relist-contract';
import { recordsContract } from './records-contract';
import { mappedContract } from './mapped-contract';
import { leasesContract } from './leases-contract';
import { outboxContract } from './outbox-contract';
import { writesContract } from './writes-contract';
import type { OpenSubject } from './subject';

/** Declares the tests of the port for one adapter. */
export const erpContract = (name: string, open: OpenSubject): void => {
  describe(`ERP database on ${name}`, () => {
    recordsContract(open);
    outboxContract(open);
    journalContract(open);
    writesContract(open);
    exceptionsContract(open);
    parkedContract(open);
    relistContract(open);
    mappedContract(open);
    hostileContract(open);
    leasesContract(open);
    deathsContract(open);
    changesContract(open);
    employeesContract(open);
    firstRunsContract(open);
  });
};
