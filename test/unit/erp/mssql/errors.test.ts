import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import sql from 'mssql';
import { toErpError } from '../../../../lib/erp/mssql/errors';
import { SyncError } from '../../../../lib/model/error';
import { driverError, loginError, serverError } from './scripted';

const place = { server: 'sql1:1433', database: 'ERP', user: 'FIRMA\\sync' };
const meant = (thrown: unknown): SyncError => {
  const error = toErpError(thrown, place);
  assert.ok(error instanceof SyncError, `${error.message} was not understood`);
  return error;
};

const refusedByAll = new AggregateError([Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })], 'Could not connect');

/** The set-up mistakes: what is thrown, code, scope, and what the text must name. */
const mistakes: readonly (readonly [string, unknown, string, string, RegExp])[] = [
  ['wrong host', driverError('ESOCKET', 'getaddrinfo ENOTFOUND', 'ENOTFOUND'), 'erp-host-unknown', 'connection', /sql1.*name/],
  [
    'port closed',
    new sql.ConnectionError(Object.assign(new Error('Failed to connect', { cause: refusedByAll }), { code: 'ESOCKET' })),
    'erp-port-closed',
    'connection',
    /sql1:1433.*port/,
  ],
  ['no answer', driverError('ETIMEOUT', 'Failed to connect in 15000ms'), 'erp-timeout', 'connection', /sql1:1433.*firewall/],
  ['instance unknown', driverError('EINSTLOOKUP', 'Port for X not found'), 'erp-instance-unknown', 'connection', /browser service/],
  ['login failed', loginError([18456, 'Login failed']), 'erp-login-refused', 'login', /FIRMA\\sync.*password/],
  ['login locked', loginError([18486, 'locked out']), 'erp-login-refused', 'login', /locked/],
  ['login of an untrusted domain', loginError([18452, 'untrusted domain']), 'erp-login-refused', 'login', /sql1/],
  ['login failed without a number', driverError('ELOGIN', 'Login failed.'), 'erp-login-refused', 'login', /sql1/],
  [
    'database missing, which comes with a refused login',
    loginError([4060, 'Cannot open database'], [18456, 'Login failed']),
    'erp-database-missing',
    'configuration',
    /ERP on sql1.*name/,
  ],
  ['database missing elsewhere', loginError([911, 'does not exist']), 'erp-database-missing', 'configuration', /ERP/],
  [
    'no rights',
    serverError(229, "The SELECT permission was denied on the object 'TERMIN'"),
    'erp-no-rights',
    'configuration',
    /exchange-erp schema rights.*TERMIN/,
  ],
  [
    'certificate self-signed',
    driverError('ESOCKET', 'self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    'erp-certificate-not-trusted',
    'configuration',
    /certificate.*CA/,
  ],
  [
    'certificate of another name',
    driverError('ESOCKET', 'altnames', 'ERR_TLS_CERT_ALTNAME_INVALID'),
    'erp-certificate-not-trusted',
    'configuration',
    /name in its certificate/,
  ],
  ['certificate expired', driverError('ESOCKET', 'expired', 'CERT_HAS_EXPIRED'), 'erp-certificate-not-trusted', 'configuration', /renew/],
  ['table missing', serverError(208, "Invalid object name 'dbo.TERMIN'."), 'erp-table-missing', 'configuration', /no table dbo\.TERMIN /],
  ['column missing', serverError(207, "Invalid column name 'BETREFF'."), 'erp-column-missing', 'configuration', /no column BETREFF\./],
  [
    'procedure missing',
    serverError(2812, "Could not find stored procedure 'p'."),
    'erp-procedure-missing',
    'configuration',
    /procedure p /,
  ],
  ['table missing on Babelfish', serverError(33557097, 'relation "termin" does not exist'), 'erp-table-missing', 'configuration', /termin/],
  [
    'column missing on Babelfish',
    serverError(33557097, 'column "betreff" does not exist'),
    'erp-column-missing',
    'configuration',
    /betreff/,
  ],
];

describe('what SQL Server says', () => {
  for (const [name, thrown, code, scope, text] of mistakes) {
    it(`is told as ${code}: ${name}`, () => {
      const error = meant(thrown);
      assert.deepEqual([error.code, error.scope], [code, scope]);
      assert.match(error.message, text);
    });
  }

  it('has a text in both languages for every code, in which every name is filled in', () => {
    const codes = new Set(mistakes.map(([, thrown]) => meant(thrown).code));
    for (const language of ['de', 'en-US']) {
      const catalogue: unknown = JSON.parse(readFileSync(`nodes/locales/${language}/ews-config.json`, 'utf8'));
      assert.ok(typeof catalogue === 'object' && catalogue !== null && 'error' in catalogue);
      const texts = new Map<string, unknown>(Object.entries(catalogue.error ?? {}));
      for (const code of codes) {
        const text = texts.get(code);
        assert.ok(typeof text === 'string', `${language} ${code}`);
        const { params } = mistakes.map(([, thrown]) => meant(thrown)).find((error) => error.code === code) ?? assert.fail();
        for (const [, name = ''] of text.matchAll(/__(\w+)__/g))
          assert.ok(name === 'message' || name in params, `${language} ${code} ${name}`);
      }
    }
  });

  /** Refusals of one record: the server's text with a value in it, and what is left. */
  const refusals: readonly (readonly [number, string, string])[] = [
    [
      2627,
      "Violation of UNIQUE KEY constraint 'UQ_NR'. Cannot insert duplicate key in object 'dbo.TERMIN'. The duplicate key value is (geheim, (2)).",
      "Violation of UNIQUE KEY constraint 'UQ_NR'. Cannot insert duplicate key in object 'dbo.TERMIN'.",
    ],
    [
      2601,
      "Cannot insert duplicate key row in object 'dbo.TERMIN' with unique index 'IX'. The duplicate key value is (geheim).\r\ngeheim",
      "Cannot insert duplicate key row in object 'dbo.TERMIN' with unique index 'IX'.",
    ],
    [
      2628,
      "String or binary data would be truncated in table 'ERP.dbo.TERMIN', column 'BETREFF'. Truncated value: 'geheim's \"x\"'.",
      "String or binary data would be truncated in table 'ERP.dbo.TERMIN', column 'BETREFF'.",
    ],
    [
      245,
      "Conversion failed when converting the nvarchar value 'it's geheim' to data type int.",
      'Conversion failed when converting the nvarchar value to data type int.',
    ],
    [
      248,
      "The conversion of the nvarchar value '99999999999' overflowed an int column.",
      'The conversion of the nvarchar value overflowed an int column.',
    ],
    [220, 'Arithmetic overflow error for data type tinyint, value = 300.', 'Arithmetic overflow error for data type tinyint.'],
    [232, 'Arithmetic overflow error for type tinyint, value = 300.000000.', 'Arithmetic overflow error for type tinyint.'],
    [
      515,
      "Cannot insert the value NULL into column 'NR', table 'ERP.dbo.TERMIN'; column does not allow nulls. INSERT fails.",
      "Cannot insert the value NULL into column 'NR', table 'ERP.dbo.TERMIN'; column does not allow nulls. INSERT fails.",
    ],
    [
      547,
      'The INSERT statement conflicted with the CHECK constraint "CK".',
      'The INSERT statement conflicted with the CHECK constraint "CK".',
    ],
    [33557097, 'invalid input syntax for type integer: "geheim "x""', 'invalid input syntax for type integer'],
    [50000, 'Der Termin überschneidet sich mit "Urlaub".', 'Der Termin überschneidet sich mit "Urlaub".'],
    [51234, 'value = 5 is not allowed', 'value = 5 is not allowed'],
    [99, 'Something that nobody knows.', 'Something that nobody knows.'],
  ];
  for (const [number, said, told] of refusals) {
    it(`refuses one record without telling what it holds: ${number}`, () => {
      const error = meant(serverError(number, said));
      assert.deepEqual([error.code, error.scope, error.params['cause']], ['erp-refused', 'item', told]);
      assert.equal(error.message, `The ERP database refused the record: ${told}`);
    });
  }

  it("takes a table that is missing inside of one of the ERP's own triggers as a matter of the record", () => {
    const error = meant(serverError(208, "Invalid object name '#x'.", { procName: 'TR_TERMIN' }));
    assert.deepEqual([error.code, error.scope], ['erp-refused', 'item']);
  });

  it('takes the first cause of several', () => {
    const first = serverError(547, 'The INSERT statement conflicted with the CHECK constraint "CK".');
    const last = Object.assign(serverError(3609, 'The transaction ended in the trigger. The batch has been aborted.'), {
      precedingErrors: [first],
    });
    assert.match(meant(last).message, /CK/);
  });

  const waiting: readonly (readonly [string, unknown, string])[] = [
    ['deadlock', serverError(1205, 'deadlock victim'), 'erp-locked'],
    ['lock timeout', serverError(1222, 'Lock request time out'), 'erp-locked'],
    ['Azure moves the database', serverError(40613, 'not currently available'), 'erp-unreachable'],
    ['database starts', loginError([922, 'is being recovered'], [18456, 'Login failed']), 'erp-unreachable'],
    ['log full', serverError(9002, 'The transaction log is full'), 'erp-unreachable'],
    ['session ended by the server', serverError(596, 'in the kill state', { class: 21 }), 'erp-unreachable'],
    ['socket closed', driverError('ESOCKET', 'Connection lost', 'ECONNRESET'), 'erp-unreachable'],
    ['request too slow', new sql.RequestError(Object.assign(new Error('Timeout'), { code: 'ETIMEOUT' })), 'erp-timeout'],
  ];
  for (const [name, thrown, code] of waiting) {
    it(`waits as ${code}: ${name}`, () => {
      const error = meant(thrown);
      assert.deepEqual([error.code, error.scope], [code, 'connection']);
    });
  }

  it('leaves alone what is neither the driver nor the server', () => {
    const own = new TypeError('x is not a function');
    assert.equal(toErpError(own, place), own);
    const told = new SyncError('erp-changed', 'retry', 'changed');
    assert.equal(toErpError(told, place), told);
  });
});
