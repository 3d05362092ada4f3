import { describeOnMssql } from '../../support/mssql-server';
import { openMssqlGround, openSqliteGround } from './trigger-ground';
import { triggersContract } from './triggers-contract';

describe('generated scripts on SQLite', () => triggersContract(openSqliteGround));
describeOnMssql('generated scripts on SQL Server', () => triggersContract(openMssqlGround));
