-- An ERP that is written through stored procedures only. The mapping of these tables: procedures.json.
-- SQLite has no procedures: a procedure is a view whose trigger carries it out (docs/decisions/0009-procedures-in-sqlite-are-views.md).
-- A call is an INSERT into the view; what the procedure answers is then read from the view. The triggers of the tables refuse everything else.

CREATE TABLE Staff (
  StaffId INTEGER PRIMARY KEY,
  FullName TEXT NOT NULL,
  Mail TEXT NULL,
  Locked INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE Activity (
  ActivityId INTEGER PRIMARY KEY AUTOINCREMENT,
  OwnerId INTEGER NOT NULL REFERENCES Staff (StaffId),
  Title TEXT NOT NULL,
  Notes TEXT NULL,
  Place TEXT NULL,
  StartUtc TEXT NOT NULL CHECK (julianday(StartUtc) IS NOT NULL),
  Minutes INTEGER NOT NULL,
  WholeDay INTEGER NOT NULL DEFAULT 0,
  ShowAs INTEGER NOT NULL DEFAULT 2 CHECK (ShowAs BETWEEN 0 AND 4),
  Visibility TEXT NOT NULL DEFAULT 'public' CHECK (Visibility IN ('public', 'private', 'owner')),
  Template INTEGER NOT NULL DEFAULT 0,
  Removed INTEGER NOT NULL DEFAULT 0,
  ChangedAt TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  ChangedBy TEXT NULL
);
CREATE INDEX Activity_Owner ON Activity (OwnerId, StartUtc);
CREATE INDEX Activity_Changed ON Activity (ChangedAt);
CREATE VIEW ActivityShown AS SELECT * FROM Activity WHERE Template = 0;

CREATE TABLE Todo (
  TodoId INTEGER PRIMARY KEY AUTOINCREMENT,
  AssignedTo INTEGER NOT NULL REFERENCES Staff (StaffId),
  Title TEXT NOT NULL,
  Details TEXT NULL,
  StartOn TEXT NULL,
  DueOn TEXT NULL,
  State TEXT NOT NULL DEFAULT 'open' CHECK (State IN ('open', 'doing', 'waiting', 'later', 'done')),
  DoneUtc TEXT NULL,
  Importance INTEGER NOT NULL DEFAULT 1 CHECK (Importance BETWEEN 0 AND 2),
  RemindUtc TEXT NULL,
  Tags TEXT NULL,
  Origin TEXT NULL,
  OriginKey TEXT NULL,
  ChangedAt TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  ChangedBy TEXT NULL
);
CREATE INDEX Todo_AssignedTo ON Todo (AssignedTo);

-- A row while a procedure is at work, and the key that it made last.
CREATE TABLE ProcedureAtWork (Name TEXT NOT NULL);
CREATE TABLE LastKey (Name TEXT NOT NULL PRIMARY KEY, Value INTEGER NOT NULL);

CREATE TRIGGER Activity_Guard_Insert BEFORE INSERT ON Activity WHEN NOT EXISTS (SELECT 1 FROM ProcedureAtWork)
BEGIN SELECT RAISE(ABORT, 'Activity is written by its procedures only.'); END;
CREATE TRIGGER Activity_Guard_Update BEFORE UPDATE ON Activity WHEN NOT EXISTS (SELECT 1 FROM ProcedureAtWork)
BEGIN SELECT RAISE(ABORT, 'Activity is written by its procedures only.'); END;
CREATE TRIGGER Activity_Guard_Delete BEFORE DELETE ON Activity WHEN NOT EXISTS (SELECT 1 FROM ProcedureAtWork)
BEGIN SELECT RAISE(ABORT, 'Activity is written by its procedures only.'); END;
CREATE TRIGGER Todo_Guard_Insert BEFORE INSERT ON Todo WHEN NOT EXISTS (SELECT 1 FROM ProcedureAtWork)
BEGIN SELECT RAISE(ABORT, 'Todo is written by its procedures only.'); END;
CREATE TRIGGER Todo_Guard_Update BEFORE UPDATE ON Todo WHEN NOT EXISTS (SELECT 1 FROM ProcedureAtWork)
BEGIN SELECT RAISE(ABORT, 'Todo is written by its procedures only.'); END;
CREATE TRIGGER Todo_Guard_Delete BEFORE DELETE ON Todo WHEN NOT EXISTS (SELECT 1 FROM ProcedureAtWork)
BEGIN SELECT RAISE(ABORT, 'Todo is written by its procedures only.'); END;

CREATE VIEW ActivityCreate AS
SELECT NULL AS OwnerId, NULL AS Title, NULL AS Notes, NULL AS Place, NULL AS StartUtc, NULL AS Minutes, NULL AS WholeDay, NULL AS ShowAs,
  NULL AS Visibility, NULL AS ByWhom, (SELECT Value FROM LastKey WHERE Name = 'Activity') AS NewId;
CREATE TRIGGER ActivityCreate_Run INSTEAD OF INSERT ON ActivityCreate
BEGIN
  INSERT INTO ProcedureAtWork (Name) VALUES ('ActivityCreate');
  INSERT INTO Activity (OwnerId, Title, Notes, Place, StartUtc, Minutes, WholeDay, ShowAs, Visibility, ChangedBy)
  VALUES (NEW.OwnerId, NEW.Title, NEW.Notes, NEW.Place, NEW.StartUtc, NEW.Minutes, COALESCE(NEW.WholeDay, 0), COALESCE(NEW.ShowAs, 2),
    COALESCE(NEW.Visibility, 'public'), NEW.ByWhom);
  INSERT OR REPLACE INTO LastKey (Name, Value) SELECT 'Activity', MAX(ActivityId) FROM Activity;
  DELETE FROM ProcedureAtWork;
END;

CREATE VIEW ActivityChange AS
SELECT NULL AS ActivityId, NULL AS Title, NULL AS Notes, NULL AS Place, NULL AS StartUtc, NULL AS Minutes, NULL AS WholeDay,
  NULL AS ShowAs, NULL AS Visibility, NULL AS ByWhom;
CREATE TRIGGER ActivityChange_Run INSTEAD OF INSERT ON ActivityChange
BEGIN
  INSERT INTO ProcedureAtWork (Name) VALUES ('ActivityChange');
  UPDATE Activity
  SET Title = NEW.Title, Notes = NEW.Notes, Place = NEW.Place, StartUtc = NEW.StartUtc, Minutes = NEW.Minutes, WholeDay = NEW.WholeDay,
    ShowAs = NEW.ShowAs, Visibility = NEW.Visibility, ChangedAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ChangedBy = NEW.ByWhom
  WHERE ActivityId = NEW.ActivityId;
  DELETE FROM ProcedureAtWork;
END;

CREATE VIEW ActivityRemove AS SELECT NULL AS ActivityId, NULL AS ByWhom;
CREATE TRIGGER ActivityRemove_Run INSTEAD OF INSERT ON ActivityRemove
BEGIN
  INSERT INTO ProcedureAtWork (Name) VALUES ('ActivityRemove');
  UPDATE Activity SET Removed = 1, ChangedAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ChangedBy = NEW.ByWhom
  WHERE ActivityId = NEW.ActivityId;
  DELETE FROM ProcedureAtWork;
END;

CREATE VIEW TodoCreate AS
SELECT NULL AS AssignedTo, NULL AS Title, NULL AS Details, NULL AS StartOn, NULL AS DueOn, NULL AS State, NULL AS Importance,
  NULL AS RemindUtc, NULL AS Tags, NULL AS Origin, NULL AS OriginKey, NULL AS ByWhom,
  (SELECT Value FROM LastKey WHERE Name = 'Todo') AS TodoId;
CREATE TRIGGER TodoCreate_Run INSTEAD OF INSERT ON TodoCreate
BEGIN
  INSERT INTO ProcedureAtWork (Name) VALUES ('TodoCreate');
  INSERT INTO Todo (AssignedTo, Title, Details, StartOn, DueOn, State, DoneUtc, Importance, RemindUtc, Tags, Origin, OriginKey, ChangedBy)
  VALUES (NEW.AssignedTo, NEW.Title, NEW.Details, NEW.StartOn, NEW.DueOn, COALESCE(NEW.State, 'open'),
    CASE WHEN NEW.State = 'done' THEN strftime('%Y-%m-%dT%H:%M:%S', 'now') END, COALESCE(NEW.Importance, 1), NEW.RemindUtc, NEW.Tags,
    NEW.Origin, NEW.OriginKey, NEW.ByWhom);
  INSERT OR REPLACE INTO LastKey (Name, Value) SELECT 'Todo', MAX(TodoId) FROM Todo;
  DELETE FROM ProcedureAtWork;
END;

CREATE VIEW TodoChange AS
SELECT NULL AS TodoId, NULL AS Title, NULL AS Details, NULL AS StartOn, NULL AS DueOn, NULL AS State, NULL AS Importance,
  NULL AS RemindUtc, NULL AS Tags, NULL AS ByWhom;
CREATE TRIGGER TodoChange_Run INSTEAD OF INSERT ON TodoChange
BEGIN
  INSERT INTO ProcedureAtWork (Name) VALUES ('TodoChange');
  UPDATE Todo
  SET Title = NEW.Title, Details = NEW.Details, StartOn = NEW.StartOn, DueOn = NEW.DueOn, State = NEW.State,
    DoneUtc = CASE WHEN NEW.State = 'done' THEN COALESCE(DoneUtc, strftime('%Y-%m-%dT%H:%M:%S', 'now')) END, Importance = NEW.Importance,
    RemindUtc = NEW.RemindUtc, Tags = NEW.Tags, ChangedAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ChangedBy = NEW.ByWhom
  WHERE TodoId = NEW.TodoId;
  DELETE FROM ProcedureAtWork;
END;

CREATE VIEW TodoRemove AS SELECT NULL AS TodoId, NULL AS Reason;
CREATE TRIGGER TodoRemove_Run INSTEAD OF INSERT ON TodoRemove
BEGIN
  INSERT INTO ProcedureAtWork (Name) VALUES ('TodoRemove');
  DELETE FROM Todo WHERE TodoId = NEW.TodoId;
  DELETE FROM ProcedureAtWork;
END;
