//! What is said of scripts: grants, guards, order, what was published, and what was not read.

use std::fs;

use cdx::check::facts::{EarlierScript, Facts};
use cdx::extension::repository::Repository;

use super::harness::{Texts, facts, found, line, only, script, seed, subjob, unjudged};

const NONE: [&str; 0] = [];

fn one(text: &str) -> Texts {
    vec![script("1", text)]
}

#[test]
fn grants_in_every_spelling() {
    let all = "GRANT SELECT, INSERT, UPDATE, DELETE ON";
    let roles = ["DataSyncUsersRole", "UsersRole", "DeployExtensibilityRole"];
    let to_all = |on: &str| roles.map(|role| format!("{all} {on} TO [{role}]\nGO\n")).concat();
    let lacks = "error ext.T is not granted to DataSyncUsersRole";
    let others = "warning ext.T is not granted to UsersRole and DeployExtensibilityRole";
    let create = "CREATE TABLE ext.T (A int)\nGO\n";
    for (what, text, expected) in [
        ("object", format!("{create}{}", to_all("OBJECT::[ext].[T]")), vec![]),
        ("plain, any case", format!("{create}{}", to_all("EXT.t").to_uppercase()), vec![]),
        ("schema, behind", format!("{create}{}", to_all("SCHEMA::ext")), vec![]),
        ("schema, before", format!("{}{create}", to_all("SCHEMA::[EXT]")), vec![]),
        ("another schema", format!("{create}{}", to_all("SCHEMA::other")), vec![lacks, others]),
        ("several at once", format!("{create}{all} ext.T TO {}", roles.join(", ")), vec![]),
        (
            "one right a line",
            format!(
                "{create}GRANT SELECT ON ext.T TO DataSyncUsersRole\nGRANT INSERT ON ext.T TO DataSyncUsersRole\nGRANT UPDATE ON ext.T TO DataSyncUsersRole\nGRANT DELETE ON ext.T TO DataSyncUsersRole\nGRANT SELECT ON ext.T TO UsersRole, DeployExtensibilityRole"
            ),
            vec![],
        ),
        (
            "everything",
            format!(
                "{create}GRANT CONTROL ON ext.T TO DataSyncUsersRole, UsersRole, DeployExtensibilityRole"
            ),
            vec![],
        ),
        ("nobody", create.to_owned(), vec![lacks, others]),
        (
            "only to read",
            format!(
                "{create}GRANT SELECT ON ext.T TO DataSyncUsersRole, UsersRole, DeployExtensibilityRole"
            ),
            vec!["error ext.T is granted without DELETE, INSERT, UPDATE to DataSyncUsersRole"],
        ),
        (
            "dropped with its grants",
            format!("{create}{}DROP TABLE ext.T\nGO\n{create}", to_all("ext.T")),
            vec![lacks, others],
        ),
        (
            "not for another table",
            format!("{create}CREATE TABLE ext.U (A int)\nGO\n{}", to_all("ext.U")),
            vec![lacks, others],
        ),
    ] {
        let texts =
            vec![seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\"", &["A"])), script("1", &text)];
        assert_eq!(found("CDX709", &texts), expected, "{what}");
    }
    // An upload is only read; what no subjob touches need not be granted.
    let text = format!(
        "{create}GRANT SELECT ON ext.T TO DataSyncUsersRole, UsersRole, DeployExtensibilityRole"
    );
    let upload = subjob("Id=\"T\" AxTableName=\"T\" IsUpload=\"true\"", &["A"]);
    assert_eq!(found("CDX709", &vec![seed("Seed", &upload), script("1", &text)]), NONE);
    assert_eq!(found("CDX709", &one(create)), NONE);
    let hidden = format!("{create}EXEC('GRANT SELECT ON ext.T TO ' + @role)");
    let texts = vec![seed("Seed", &upload), script("1", &hidden)];
    assert_eq!(found("CDX709", &texts), NONE);
    assert_eq!(unjudged("CDX709", &texts).len(), 2);
}

#[test]
fn a_table_that_is_dropped_and_made_again() {
    let error = "error ext.T is dropped and made again";
    let create = "IF OBJECT_ID('ext.T') IS NULL CREATE TABLE ext.T (A int)\nGO\n";
    for (what, texts, expected) in [
        (
            "at once",
            one(
                "IF OBJECT_ID('ext.T') IS NOT NULL DROP TABLE ext.T\nGO\nCREATE TABLE [EXT].[t] (A int)",
            ),
            vec![error],
        ),
        ("IF EXISTS", one("DROP TABLE IF EXISTS ext.T;\nCREATE TABLE ext.T (A int)"), vec![error]),
        ("without a guard", one("DROP TABLE ext.T\nGO\nCREATE TABLE ext.T (A int)"), vec![error]),
        (
            "in a block",
            one("IF 1 = 1\nBEGIN\nDROP TABLE ext.T\nCREATE TABLE ext.T (A int)\nEND"),
            vec![error],
        ),
        ("in two scripts", vec![script("1", "DROP TABLE ext.T"), script("2", create)], vec![error]),
        (
            "dropped at the end",
            vec![script("1", create), script("2", "DROP TABLE IF EXISTS ext.T")],
            vec![],
        ),
        (
            "another table",
            one(
                "DROP TABLE IF EXISTS ext.U\nGO\nIF OBJECT_ID('ext.T') IS NULL CREATE TABLE ext.T (A int)",
            ),
            vec![],
        ),
        ("a temporary one", one("DROP TABLE #T\nGO\nCREATE TABLE #T (A int)"), vec![]),
        (
            "an index",
            one("DROP INDEX IF EXISTS IX ON ext.T\nGO\nCREATE INDEX IX ON ext.T (A)"),
            vec![],
        ),
    ] {
        assert_eq!(found("CDX711", &texts), expected, "{what}");
    }
}

#[test]
fn guards_in_every_spelling() {
    let made = |what: &str| Some(format!("warning {what} without a guard"));
    for (text, expected) in [
        ("CREATE TABLE ext.T (A int)", made("ext.T is made")),
        ("IF OBJECT_ID(N'[ext].[T]', N'U') IS NULL CREATE TABLE ext.T (A int)", None),
        (
            "IF NOT EXISTS (SELECT * FROM sys.tables WHERE name = 'T') BEGIN CREATE TABLE ext.T (A int) END",
            None,
        ),
        (
            "IF NOT EXISTS (SELECT * FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'T') CREATE TABLE ext.T (A int)",
            None,
        ),
        ("CREATE TABLE IF NOT EXISTS ext.T (A int)", None),
        ("ALTER TABLE ext.T ADD B int NOT NULL DEFAULT 0", made("a column of ext.T is added")),
        (
            "IF COL_LENGTH('ext.T', 'B') IS NULL ALTER TABLE ext.T ADD B int NOT NULL DEFAULT 0",
            None,
        ),
        (
            "ALTER TABLE ext.T ADD CONSTRAINT DF DEFAULT 0 FOR A",
            made("a constraint of ext.T is added"),
        ),
        (
            "ALTER TABLE ext.T DROP CONSTRAINT DF\nGO\nALTER TABLE ext.T ADD CONSTRAINT DF DEFAULT 0 FOR A",
            None,
        ),
        ("ALTER TABLE ext.T ALTER COLUMN A bigint NOT NULL", None),
        ("CREATE INDEX IX ON ext.T (A)", made("the index IX is made")),
        (
            "IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = 'IX') CREATE INDEX IX ON ext.T (A)",
            None,
        ),
        ("DROP INDEX IF EXISTS ix ON ext.T\nGO\nCREATE INDEX IX ON ext.T (A)", None),
        ("CREATE VIEW ext.V AS SELECT 1 AS A", made("the view ext.V is made")),
        ("CREATE OR ALTER VIEW ext.V AS SELECT 1 AS A", None),
        (
            "IF OBJECT_ID('ext.V') IS NOT NULL DROP VIEW ext.V\nGO\nCREATE VIEW [ext].[V] AS SELECT 1 AS A",
            None,
        ),
        ("CREATE PROCEDURE ext.P AS SELECT 1", made("the procedure ext.P is made")),
        ("DROP PROCEDURE IF EXISTS ext.P\nGO\nCREATE PROC ext.P AS SELECT 1", None),
        ("ALTER PROCEDURE ext.P AS SELECT 1", None),
        ("CREATE TYPE ext.Y AS TABLE (A int)", made("the type ext.Y is made")),
        ("IF TYPE_ID('ext.Y') IS NULL CREATE TYPE ext.Y AS TABLE (A int)", None),
        (
            "CREATE TRIGGER ext.R ON ext.T AFTER INSERT AS SELECT 1",
            made("the trigger ext.R is made"),
        ),
        (
            "CREATE FUNCTION ext.F() RETURNS int AS BEGIN RETURN 1 END",
            made("the function ext.F is made"),
        ),
        ("GRANT SELECT ON ext.T TO UsersRole", None),
        // The first statement fails already; the others are not told again.
        ("CREATE TABLE ext.T (A int)\nGO\nCREATE INDEX IX ON ext.T (A)", made("ext.T is made")),
    ] {
        assert_eq!(found("CDX711", &one(text)), expected.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn what_is_used_is_made_before() {
    let create = "CREATE TABLE ext.T (A int)";
    let early = "error ext.T is used before it is made";
    for (what, first, second, expected) in [
        ("in order", create, "ALTER TABLE ext.T ADD B int", vec![]),
        ("a column", "ALTER TABLE ext.T ADD B int", create, vec![early]),
        (
            "an index",
            "CREATE INDEX IX ON [EXT].[t] (A)",
            create,
            vec!["error EXT.t is used before it is made"],
        ),
        ("a grant", "GRANT SELECT ON OBJECT::ext.T TO UsersRole", create, vec![early]),
        (
            "in one script",
            "GRANT SELECT ON ext.T TO UsersRole\nGO\nCREATE TABLE ext.T (A int)",
            "",
            vec![early],
        ),
        (
            "a guard that is false",
            "IF OBJECT_ID('ext.T') IS NOT NULL ALTER TABLE ext.T ADD B int",
            create,
            vec![],
        ),
        (
            "a guard that is true",
            "IF COL_LENGTH('ext.T', 'B') IS NULL ALTER TABLE ext.T ADD B int",
            create,
            vec![early],
        ),
        ("a view", "CREATE VIEW ext.V AS SELECT A FROM [ext].[T] AS t", create, vec![early]),
        (
            "a view, and a name that only begins so",
            "CREATE VIEW ext.V AS SELECT A FROM ext.TT",
            create,
            vec![],
        ),
        (
            "a view of what is there",
            "CREATE TABLE ext.T (A int)\nGO\nCREATE VIEW ext.V AS SELECT A FROM ext.T",
            "DROP TABLE ext.T\nGO\nCREATE TABLE ext.T (A int)",
            vec![],
        ),
        (
            "a view of a view",
            "CREATE VIEW ext.V AS SELECT A FROM ext.W WHERE ext.W.A > 0",
            "CREATE VIEW ext.W AS SELECT 1 AS A",
            vec!["error ext.W is used before it is made"],
        ),
        (
            "a procedure is made whatever it names",
            "CREATE PROCEDURE ext.P AS SELECT A FROM ext.T",
            create,
            vec![],
        ),
        (
            "a procedure that is granted",
            "GRANT EXECUTE ON ext.P TO UsersRole",
            "CREATE PROCEDURE ext.P AS SELECT 1",
            vec!["error ext.P is used before it is made"],
        ),
    ] {
        let texts = vec![script("1", first), script("2", second)];
        assert_eq!(found("CDX714", &texts), expected, "{what}");
        assert_eq!(unjudged("CDX714", &texts), NONE, "{what}");
    }
    let texts = one("GRANT SELECT ON ext.T TO UsersRole\nGRANT SELECT ON ax.UNLISTED TO UsersRole");
    assert_eq!(found("CDX714", &texts), NONE);
    assert_eq!(
        unjudged("CDX714", &texts),
        ["ext.T: used in a script, and no script that was read makes it"]
    );
}

/// In which order two projects run is not known.
#[test]
fn what_another_project_does_comes_neither_before_nor_after() {
    let create = "IF OBJECT_ID('ext.T') IS NULL CREATE TABLE ext.T (A int)";
    let two = |first: &str, project: &str| -> Texts {
        let other = (format!("{project}/ChannelDatabase/1.sql"), create.to_owned());
        vec![("a/ChannelDatabase/1.sql".to_owned(), first.to_owned()), other]
    };
    let grant = "GRANT SELECT ON ext.T TO UsersRole";
    assert_eq!(found("CDX714", &two(grant, "b")), NONE);
    let why = "ext.T: it is made in b/ChannelDatabase/1.sql, of another project";
    assert_eq!(unjudged("CDX714", &two(grant, "b")), [why]);
    assert_eq!(
        found("CDX714", &two("CREATE OR ALTER VIEW ext.V AS SELECT A FROM ext.T", "b")),
        NONE
    );
    assert_eq!(found("CDX711", &two("DROP TABLE IF EXISTS ext.T", "b")), NONE);
}

fn since(now: &[(&str, &str)], before: &[(&str, &str)]) -> Vec<String> {
    let now: Texts = now.iter().map(|(name, text)| script(name, text)).collect();
    let before = before.iter().map(|(name, text)| {
        let (file, text) = script(name, text);
        EarlierScript { file, text }
    });
    let facts = Facts { before: Some(before.collect()), ..facts(&now) };
    only("CDX713", &facts).findings.iter().map(line).collect()
}

#[test]
fn a_published_script_stays_as_it_is() {
    let folder = "ChannelDatabase";
    assert_eq!(since(&[("1", "A\nB")], &[("1", "A\nB")]), NONE);
    assert_eq!(since(&[("1", "A\r\nB\r\n")], &[("1", "\u{feff}A\nB\n")]), NONE);
    assert_eq!(since(&[("1", "A"), ("2", "C")], &[("1", "A")]), NONE);
    let changed = |at: &str| {
        format!("CDX713 error {folder}/1.sql:{at} the published script {folder}/1.sql was changed")
    };
    assert_eq!(since(&[("1", "A\nC")], &[("1", "A\nB")]), [changed("2:1")]);
    assert_eq!(since(&[("1", "A\nB\nC")], &[("1", "A\nB")]), [changed("3:1")]);
    assert_eq!(since(&[("1", "A\nB")], &[("1", "A\nB\nC")]), [changed("2:1")]);
    assert_eq!(since(&[("1", "")], &[("1", "A")]), [changed("1:1")]);
    let removed =
        format!("CDX713 error {folder}/1.sql the published script {folder}/1.sql was removed");
    assert_eq!(since(&[("2", "B")], &[("1", "A"), ("2", "B")]), std::slice::from_ref(&removed));
    // A new name of the same text is a removed and a new script.
    assert_eq!(since(&[("2", "A")], &[("1", "A")]), [removed]);
    let early = "the new script ChannelDatabase/1.sql sorts before a published one";
    let early = format!("CDX713 warning {folder}/1.sql:1:1 {early}");
    assert_eq!(since(&[("1", "X"), ("2", "A")], &[("2", "A")]), [early]);
    assert_eq!(since(&[("B", "X"), ("a", "A")], &[("a", "A")]), NONE);
    assert_eq!(since(&[("sub/1", "X"), ("2", "A")], &[("2", "A")]), NONE);
    let why = "published scripts: no --since says which revision was published";
    assert_eq!(unjudged("CDX713", &one("A")), [why]);
}

#[test]
fn what_was_not_read_is_listed_once_for_each_kind() {
    let text = "SET NOCOUNT ON\nGO\nEXEC('x')\nEXEC('y')\nPRINT 'x'\nGO\nUPDATE ext.T SET A = 1\nGO\nIF @@ERROR > 0 PRINT 'x' ELSE DROP TABLE ext.T\nGO\nDENY SELECT ON ext.T TO UsersRole\nGO\nCREATE OR ALTER PROCEDURE ext.P AS SELECT 1";
    let kinds = [
        "the inside of a procedure, view, type or trigger",
        "statements about rows",
        "dynamic SQL",
        "an ELSE branch",
        "a condition that is taken as true",
        "rights taken away",
    ];
    let expected = kinds.map(|kind| format!("info not read: {kind}"));
    assert_eq!(found("CDX718", &one(text)), expected);
    assert_eq!(found("CDX718", &one("SET ANSI_NULLS ON\nGO\nDECLARE @a int\nPRINT 'x'")), NONE);
    let broken = vec![("Seed.xml".to_owned(), "<RetailCdxSeedData><Jobs>".to_owned())];
    assert_eq!(found("CDX718", &broken), ["error Seed.xml cannot be read"]);
    let nameless = vec![seed("Seed", "<Subjobs><Subjob/></Subjobs>")];
    assert_eq!(found("CDX718", &nameless), ["error Seed.xml cannot be read"]);
}

#[test]
fn an_encoding_that_is_assumed_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("1.sql", &b"-- caf\xe9\nCREATE TABLE ext.T (A int NOT NULL)"[..]),
        ("2.sql", "-- café".as_bytes()),
        ("3.sql", b"\xff\xfe-\0-\0"),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let facts = Facts::of(Repository::read(&[folder.path()]), &[]).unwrap();
    let findings = only("CDX718", &facts).findings;
    let titles: Vec<&str> = findings.iter().map(|finding| finding.title.as_str()).collect();
    assert_eq!(titles, ["a file was taken to be in Windows-1252"]);
    assert!(line(&findings[0]).contains("1.sql:1:1"));
}

#[test]
fn foreign_objects_are_told_whatever_is_done_to_them() {
    for (text, count) in [
        ("CREATE TABLE T (A int)", 1),
        ("CREATE TABLE crt.T (A int)", 1),
        ("ALTER TABLE [AX].[CUSTTABLE] ADD A int", 1),
        ("CREATE INDEX IX ON ax.CUSTTABLE (VATNUM)", 1),
        ("DROP VIEW IF EXISTS dbo.V", 1),
        ("CREATE OR ALTER PROCEDURE P AS SELECT 1", 1),
        ("USE [Channel]", 1),
        ("GRANT SELECT ON ax.CUSTTABLE TO UsersRole", 0),
        ("CREATE TABLE contoso.T (A int)", 0),
        ("CREATE TABLE #T (A int)", 0),
    ] {
        assert_eq!(found("CDX710", &one(text)).len(), count, "{text}");
    }
}
