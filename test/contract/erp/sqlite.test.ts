import { erpContract } from './contract';
import { openSqliteSubject } from './sqlite-subject';

erpContract('SQLite', openSqliteSubject);
