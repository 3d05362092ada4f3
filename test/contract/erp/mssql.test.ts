import { describeOnMssql } from '../../support/mssql-server';
import { erpContract } from './contract';
import { dropMssqlSubjects, openMssqlSubject } from './mssql-subject';

describeOnMssql('SQL Server', () => {
  after(dropMssqlSubjects);
  erpContract('SQL Server', openMssqlSubject);
});
