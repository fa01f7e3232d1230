//! Scripts as the public samples have them, in texts of our own.

use cdx::extension::repository::Repository;
use cdx::extension::schema::{Schema, SchemaTable};
use cdx::extension::script::{Action, SkippedKind};

fn read(text: &str) -> Repository {
    Repository::of_texts([("db/1.sql", text)])
}

fn schema(text: &str) -> Schema {
    let mut schema = Schema::default();
    schema.run(&read(text).scripts, false);
    schema
}

fn columns(table: &SchemaTable) -> Vec<String> {
    let column = |column: &cdx::extension::script::NewColumn| {
        let null = if table.allows_null(column) { " NULL" } else { "" };
        let generated =
            column.generated.as_ref().map_or(String::new(), |g| format!(" {:?}", g.value));
        format!("{} {}{null}{generated}", column.name.value, column.column_type.value)
    };
    table.columns.iter().map(column).collect()
}

fn keys(table: &SchemaTable) -> Vec<String> {
    let key = |key: &cdx::extension::script::NewKey| {
        let columns: Vec<&str> = key.columns.iter().map(|c| &*c.value).collect();
        format!("{:?} {}", key.kind, columns.join("+"))
    };
    table.keys.iter().map(key).collect()
}

#[test]
fn a_table_in_the_manner_of_the_samples() {
    let text = "\u{feff}/* made /* by */ hand */
SET ANSI_NULLS ON
GO
IF (SELECT OBJECT_ID('[ext].[SEAT]')) IS NULL
BEGIN
    CREATE TABLE [ext].[SEAT](
        [RECID] [bigint] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
        [SEATNO] [nvarchar](20) NOT NULL CONSTRAINT [DF_SEAT_NO] DEFAULT (N''),
        PRICE numeric (32, 16) NOT NULL DEFAULT ((0)),
        [NOTES] nvarchar(max) NULL,
        [MADE] datetime2(7) NOT NULL DEFAULT getutcdate(),
        TWICE AS (PRICE * 2) PERSISTED,
        [V] timestamp NOT NULL
        CONSTRAINT [PK_SEAT] PRIMARY KEY CLUSTERED ([SEATNO] ASC, [RECID] ASC)
            WITH (PAD_INDEX = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY],
        UNIQUE NONCLUSTERED (RECID)
    ) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
END
;GO 5
CREATE NONCLUSTERED INDEX IX ON ext.SEAT (PRICE DESC) INCLUDE (NOTES) WITH (FILLFACTOR = 80)
GRANT SELECT, INSERT (SEATNO), UPDATE ON OBJECT::[ext].[SEAT] TO [UsersRole], DataSyncUsersRole
GO
";
    let repository = read(text);
    let mut schema = Schema::default();
    schema.run(&repository.scripts, false);
    let table = schema.table("EXT", "seat").unwrap();
    assert_eq!(
        columns(table),
        [
            "RECID bigint Identity",
            "SEATNO nvarchar(20)",
            "PRICE numeric(32,16)",
            "NOTES nvarchar(max) NULL",
            "MADE datetime",
            "TWICE  Computed",
            "V rowversion RowVersion",
        ]
    );
    assert_eq!(keys(table), ["Primary SEATNO+RECID", "Unique RECID", "Index PRICE"]);
    let granted: Vec<_> = table.grants.iter().map(|g| (&*g.to.value, g.rights.join(","))).collect();
    let rights = "SELECT,INSERT,UPDATE".to_owned();
    assert_eq!(granted, [("UsersRole", rights.clone()), ("DataSyncUsersRole", rights)]);
    let span = repository.sources.position(table.column("PRICE").unwrap().name.span);
    assert_eq!((span.line, span.column), (9, 9));
    let kinds: Vec<_> = repository.scripts[0].skipped.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [SkippedKind::Setting]);
}

#[test]
fn guards_are_held_against_the_tables_made_so_far() {
    let text = "
IF OBJECT_ID(N'[ext].[T]', N'U') IS NULL CREATE TABLE ext.T (A int NOT NULL PRIMARY KEY)
IF OBJECT_ID('ext.T') IS NULL BEGIN CREATE TABLE ext.T (B int NOT NULL) END
IF COL_LENGTH('ext.T', 'C') IS NULL ALTER TABLE ext.T ADD C nvarchar(10) NOT NULL DEFAULT ''
IF COL_LENGTH('ext.T', 'C') IS NULL ALTER TABLE ext.T ADD D int
IF NOT EXISTS (SELECT 1 FROM sys.columns c JOIN sys.tables t ON t.object_id = c.object_id
    WHERE t.name = 'T' AND c.name = N'E' AND SCHEMA_NAME(t.schema_id) = 'ext')
    ALTER TABLE ext.T ADD E int
IF NOT EXISTS (SELECT * FROM INFORMATION_SCHEMA.COLUMNS
    WHERE TABLE_SCHEMA = 'ext' AND TABLE_NAME = 'T' AND COLUMN_NAME = 'E')
    ALTER TABLE ext.T ADD F int
IF EXISTS (SELECT 1 FROM sys.tables WHERE name = 'T' AND schema_id = SCHEMA_ID('ext'))
    AND NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = 'IX_T' AND object_id = OBJECT_ID('ext.T'))
BEGIN
    CREATE INDEX IX_T ON ext.T (C)
END
ELSE
    DROP TABLE ext.T
IF 1 = 0 ALTER TABLE ext.T ADD G int
IF OBJECT_ID('ext.U') IS NULL
BEGIN
    CREATE TABLE ext.U (A int NOT NULL)
    IF COL_LENGTH('ext.U', 'B') IS NULL BEGIN ALTER TABLE ext.U ADD B int; ALTER TABLE ext.U ADD C int END
    CREATE INDEX IX_U ON ext.U (A)
END
";
    let schema = schema(text);
    let table = schema.table("ext", "T").unwrap();
    let expected = ["A int", "C nvarchar(10)", "E int NULL", "G int NULL"];
    assert_eq!(columns(table), expected);
    assert_eq!(keys(table), ["Primary A", "Index C"]);
    // A block is entered or not: what is made in it does not change that.
    let made = schema.table("ext", "U").unwrap();
    assert_eq!(columns(made), ["A int", "B int NULL", "C int NULL"]);
    assert_eq!(keys(made), ["Index A"]);
}

#[test]
fn what_is_not_read_is_listed_with_its_lines() {
    let text = "CREATE PROCEDURE ext.P AS
BEGIN
  CREATE TABLE #x (A int)
  SELECT CASE WHEN 1 = 1 THEN 1 ELSE 0 END
END
GO
EXEC sp_executesql N'CREATE TABLE ext.HIDDEN (A int)'
MERGE ext.T AS t USING ext.S AS s ON t.A = s.A
WHEN MATCHED THEN UPDATE SET A = 1
WHEN NOT MATCHED THEN INSERT (A) VALUES (1);
CREATE TABLE #temp (A int)
BEGIN TRY
  CREATE TABLE ext.T (A int)
END TRY
BEGIN CATCH
  THROW
END CATCH
xyz 1 2 3
CREATE TABLE ext.U (A int NOT NULL, B bit SPARSE WOBBLE NULL)
";
    let repository = read(text);
    let script = &repository.scripts[0];
    let line = |span| repository.sources.position(span).line;
    let skipped: Vec<_> = script.skipped.iter().map(|s| (s.kind, line(s.span))).collect();
    assert_eq!(
        skipped,
        [
            (SkippedKind::Body, 1),
            (SkippedKind::Dynamic, 7),
            (SkippedKind::Rows, 8),
            (SkippedKind::Setting, 11),
            (SkippedKind::Else, 15),
            (SkippedKind::Unknown, 18),
            (SkippedKind::Unknown, 19),
        ]
    );
    let made: Vec<String> = script
        .statements
        .iter()
        .filter_map(|statement| match &statement.action {
            Action::CreateTable(table) => Some(table.name.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(made, ["ext.T", "ext.U"]);
}

#[test]
fn sqlites_dialect_is_read_alike() {
    let text = "
-- a table of one's own
CREATE TABLE IF NOT EXISTS \"ext_SEAT\" (
    RECID INTEGER PRIMARY KEY AUTOINCREMENT,
    `NAME` NVARCHAR(20) COLLATE NOCASE NOT NULL DEFAULT '' CHECK (length(NAME) <= 20),
    PARENT BIGINT REFERENCES ext_SEAT (RECID) ON DELETE SET NULL ON UPDATE NO ACTION
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS UX ON ext_SEAT (NAME COLLATE NOCASE);
CREATE TRIGGER t AFTER INSERT ON ext_SEAT BEGIN
    UPDATE ext_SEAT SET NAME = CASE WHEN 1 THEN 'a' ELSE 'b' END;
END;
CREATE VIEW v AS SELECT * FROM ext_SEAT;
ALTER TABLE ext_SEAT ADD COLUMN MORE INT;
INSERT INTO ext_SEAT VALUES (1, 'x', NULL);
";
    let repository = read(text);
    let mut schema = Schema::default();
    schema.run(&repository.scripts, false);
    let table = schema.table("dbo", "ext_SEAT").unwrap();
    let expected =
        ["RECID int Identity", "NAME nvarchar(20)", "PARENT bigint NULL", "MORE int NULL"];
    assert_eq!(columns(table), expected);
    assert_eq!(keys(table), ["Primary RECID", "Unique NAME"]);
    let kinds: Vec<_> = repository.scripts[0].skipped.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [SkippedKind::Body, SkippedKind::Body, SkippedKind::Rows]);
}
