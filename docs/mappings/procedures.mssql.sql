-- An ERP that is written through stored procedures only. The mapping of these tables: procedures.json.
-- The procedures say in the session that they are at work; the triggers of the tables refuse everything else.

CREATE TABLE dbo.Staff (
  StaffId int NOT NULL IDENTITY PRIMARY KEY,
  FullName nvarchar(80) NOT NULL,
  Mail nvarchar(254) NULL,
  Locked bit NOT NULL DEFAULT 0
);
GO
CREATE TABLE dbo.Activity (
  ActivityId int NOT NULL IDENTITY PRIMARY KEY,
  OwnerId int NOT NULL REFERENCES dbo.Staff (StaffId),
  Title nvarchar(200) NOT NULL,
  Notes nvarchar(max) NULL,
  Place nvarchar(100) NULL,
  StartUtc datetime2(0) NOT NULL,
  Minutes int NOT NULL,
  WholeDay bit NOT NULL DEFAULT 0,
  ShowAs tinyint NOT NULL DEFAULT 2,
  Visibility varchar(10) NOT NULL DEFAULT 'public',
  Template bit NOT NULL DEFAULT 0,
  Removed bit NOT NULL DEFAULT 0,
  ChangedAt datetimeoffset(3) NOT NULL,
  ChangedBy nvarchar(30) NULL
);
GO
CREATE INDEX Activity_Owner ON dbo.Activity (OwnerId, StartUtc);
GO
CREATE INDEX Activity_Changed ON dbo.Activity (ChangedAt);
GO
CREATE VIEW dbo.ActivityShown AS SELECT * FROM dbo.Activity WHERE Template = 0;
GO
CREATE TABLE dbo.Todo (
  TodoId bigint NOT NULL IDENTITY PRIMARY KEY,
  AssignedTo int NOT NULL REFERENCES dbo.Staff (StaffId),
  Title nvarchar(200) NOT NULL,
  Details nvarchar(max) NULL,
  StartOn date NULL,
  DueOn date NULL,
  State varchar(10) NOT NULL DEFAULT 'open',
  DoneUtc datetime2(0) NULL,
  Importance tinyint NOT NULL DEFAULT 1,
  RemindUtc datetime2(0) NULL,
  Tags nvarchar(200) NULL,
  Origin varchar(20) NULL,
  OriginKey uniqueidentifier NULL,
  ChangedAt datetimeoffset(3) NOT NULL,
  ChangedBy nvarchar(30) NULL
);
GO
CREATE INDEX Todo_AssignedTo ON dbo.Todo (AssignedTo);
GO
CREATE TRIGGER dbo.Activity_Guard ON dbo.Activity AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF COALESCE(CONVERT(int, SESSION_CONTEXT(N'crm_procedure')), 0) = 0
    THROW 50001, 'dbo.Activity is written by its procedures only.', 1;
END
GO
CREATE TRIGGER dbo.Todo_Guard ON dbo.Todo AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF COALESCE(CONVERT(int, SESSION_CONTEXT(N'crm_procedure')), 0) = 0
    THROW 50001, 'dbo.Todo is written by its procedures only.', 1;
END
GO
CREATE PROCEDURE dbo.ActivityCreate
  @OwnerId int, @Title nvarchar(200), @Notes nvarchar(max), @Place nvarchar(100), @StartUtc datetime2(0), @Minutes int, @WholeDay bit,
  @ShowAs tinyint, @Visibility varchar(10), @ByWhom nvarchar(30), @NewId int OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  EXEC sp_set_session_context N'crm_procedure', 1;
  INSERT INTO dbo.Activity (OwnerId, Title, Notes, Place, StartUtc, Minutes, WholeDay, ShowAs, Visibility, ChangedAt, ChangedBy)
  VALUES (@OwnerId, @Title, @Notes, @Place, @StartUtc, @Minutes, @WholeDay, @ShowAs, @Visibility, SYSDATETIMEOFFSET(), @ByWhom);
  SET @NewId = SCOPE_IDENTITY();
  EXEC sp_set_session_context N'crm_procedure', 0;
END
GO
CREATE PROCEDURE dbo.ActivityChange
  @ActivityId int, @Title nvarchar(200), @Notes nvarchar(max), @Place nvarchar(100), @StartUtc datetime2(0), @Minutes int, @WholeDay bit,
  @ShowAs tinyint, @Visibility varchar(10), @ByWhom nvarchar(30)
AS
BEGIN
  SET NOCOUNT ON;
  EXEC sp_set_session_context N'crm_procedure', 1;
  UPDATE dbo.Activity
  SET Title = @Title, Notes = @Notes, Place = @Place, StartUtc = @StartUtc, Minutes = @Minutes, WholeDay = @WholeDay, ShowAs = @ShowAs,
    Visibility = @Visibility, ChangedAt = SYSDATETIMEOFFSET(), ChangedBy = @ByWhom
  WHERE ActivityId = @ActivityId;
  EXEC sp_set_session_context N'crm_procedure', 0;
END
GO
CREATE PROCEDURE dbo.ActivityRemove @ActivityId int, @ByWhom nvarchar(30)
AS
BEGIN
  SET NOCOUNT ON;
  EXEC sp_set_session_context N'crm_procedure', 1;
  UPDATE dbo.Activity SET Removed = 1, ChangedAt = SYSDATETIMEOFFSET(), ChangedBy = @ByWhom WHERE ActivityId = @ActivityId;
  EXEC sp_set_session_context N'crm_procedure', 0;
END
GO
CREATE PROCEDURE dbo.TodoCreate
  @AssignedTo int, @Title nvarchar(200), @Details nvarchar(max), @StartOn date, @DueOn date, @State varchar(10), @Importance tinyint,
  @RemindUtc datetime2(0), @Tags nvarchar(200), @Origin varchar(20), @OriginKey uniqueidentifier, @ByWhom nvarchar(30)
AS
BEGIN
  SET NOCOUNT ON;
  EXEC sp_set_session_context N'crm_procedure', 1;
  INSERT INTO dbo.Todo (AssignedTo, Title, Details, StartOn, DueOn, State, DoneUtc, Importance, RemindUtc, Tags, Origin, OriginKey, ChangedAt, ChangedBy)
  VALUES (@AssignedTo, @Title, @Details, @StartOn, @DueOn, @State, CASE WHEN @State = 'done' THEN SYSUTCDATETIME() END, @Importance,
    @RemindUtc, @Tags, @Origin, @OriginKey, SYSDATETIMEOFFSET(), @ByWhom);
  SELECT CONVERT(bigint, SCOPE_IDENTITY()) AS [TodoId];
  EXEC sp_set_session_context N'crm_procedure', 0;
END
GO
CREATE PROCEDURE dbo.TodoChange
  @TodoId bigint, @Title nvarchar(200), @Details nvarchar(max), @StartOn date, @DueOn date, @State varchar(10), @Importance tinyint,
  @RemindUtc datetime2(0), @Tags nvarchar(200), @ByWhom nvarchar(30)
AS
BEGIN
  SET NOCOUNT ON;
  EXEC sp_set_session_context N'crm_procedure', 1;
  UPDATE dbo.Todo
  SET Title = @Title, Details = @Details, StartOn = @StartOn, DueOn = @DueOn, State = @State,
    DoneUtc = CASE WHEN @State = 'done' THEN COALESCE(DoneUtc, SYSUTCDATETIME()) END, Importance = @Importance,
    RemindUtc = @RemindUtc, Tags = @Tags, ChangedAt = SYSDATETIMEOFFSET(), ChangedBy = @ByWhom
  WHERE TodoId = @TodoId;
  EXEC sp_set_session_context N'crm_procedure', 0;
END
GO
CREATE PROCEDURE dbo.TodoRemove @TodoId bigint, @Reason nvarchar(100)
AS
BEGIN
  SET NOCOUNT ON;
  EXEC sp_set_session_context N'crm_procedure', 1;
  DELETE FROM dbo.Todo WHERE TodoId = @TodoId;
  EXEC sp_set_session_context N'crm_procedure', 0;
END
GO
