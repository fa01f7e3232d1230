//! Columns of channel tables: what fills them, what the database makes, and replication counters.

use super::harness::{Texts, found, script, seed, subjob, table, unjudged};

const NONE: [&str; 0] = [];

fn download(fields: &[&str], columns: &str) -> Texts {
    vec![
        seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\"", fields)),
        table("T", &["Code:10", "Area:10", "Note:10"], &["Code"], true),
        script(
            "1",
            &format!("CREATE TABLE ext.T (CODE nvarchar(10) NOT NULL PRIMARY KEY, {columns})"),
        ),
    ]
}

#[test]
fn a_column_without_a_default_is_filled() {
    let missing =
        |name: &str| vec![format!("error ext.T.{name} needs a value, and no field fills it")];
    for (column, fields, expected) in [
        ("AREA nvarchar(10) NOT NULL", &["Area"][..], vec![]),
        ("AREA nvarchar(10) NOT NULL", &["area"], vec![]),
        ("PLACE nvarchar(10) NOT NULL", &["Area>Place"], vec![]),
        ("AREA nvarchar(10) NOT NULL", &["Area>Place"], missing("AREA")),
        ("AREA nvarchar(10) NOT NULL", &[], missing("AREA")),
        ("AREA nvarchar(10) NOT NULL DEFAULT ('')", &[], vec![]),
        ("AREA nvarchar(10) NOT NULL DEFAULT NULL", &[], missing("AREA")),
        ("AREA nvarchar(10) NULL", &[], vec![]),
        ("AREA nvarchar(10)", &[], vec![]),
        ("DATAAREAID nvarchar(4) NOT NULL", &[], vec![]),
        ("ID int IDENTITY(1,1) NOT NULL", &[], vec![]),
        ("V timestamp NOT NULL", &[], vec![]),
        ("V rowversion", &[], vec![]),
        ("TWICE AS (1 + 1)", &[], vec![]),
        ("RECID bigint NOT NULL", &[], missing("RECID")),
    ] {
        let texts = download(fields, column);
        assert_eq!(found("CDX706", &texts), expected, "{column} {fields:?}");
        assert_eq!(unjudged("CDX706", &texts), NONE, "{column} {fields:?}");
    }
    // What a later script says counts.
    let mut texts = download(&[], "AREA nvarchar(10) NOT NULL");
    texts.push(script("2", "ALTER TABLE ext.T ADD CONSTRAINT DF DEFAULT ('') FOR AREA"));
    assert_eq!(found("CDX706", &texts), NONE);
    texts.push(script("3", "ALTER TABLE ext.T ADD NOTE nvarchar(10) NOT NULL"));
    assert_eq!(found("CDX706", &texts), missing("NOTE"));
}

/// Two subjobs can fill one table; of a part of a subjob of which nothing is known no direction is.
#[test]
fn every_subjob_of_a_table_counts() {
    let mut texts = download(&[], "AREA nvarchar(10) NOT NULL");
    texts
        .push(seed("More", &subjob("Id=\"U\" AxTableName=\"U\" TargetTableName=\"t\"", &["Area"])));
    assert_eq!(found("CDX706", &texts), NONE);
    let mut texts = download(&["Code"], "AREA nvarchar(10) NOT NULL");
    texts[0] = seed("Seed", &subjob("Id=\"Unlisted\" TargetTableName=\"T\"", &["Code"]));
    assert_eq!(found("CDX706", &texts), NONE);
    let why = "merged into a subjob of which it is not known which way its rows go";
    assert_eq!(unjudged("CDX706", &texts), [format!("subjob Unlisted: {why}")]);
    // An upload reads, and fills nothing.
    let upload = subjob("Id=\"T\" AxTableName=\"T\" IsUpload=\"true\"", &[]);
    texts[0] = seed("Seed", &upload);
    assert_eq!(found("CDX706", &texts), NONE);
}

/// The product fills its own tables, and of those only the columns that a repository adds count.
#[test]
fn a_table_of_the_product_is_filled_by_the_product() {
    let texts = vec![seed("Seed", &subjob("Id=\"RetailStoreTable\"", &["StoreNumber"]))];
    assert_eq!(found("CDX706", &texts), NONE);
    assert_eq!(found("CDX709", &texts), NONE);
    let foreign = "CREATE TABLE crt.T (A int NULL)\nGO\nCREATE TABLE U (A int)";
    assert_eq!(found("CDX712", &vec![script("1", foreign)]), NONE);
}

#[test]
fn what_the_database_makes_is_not_written_by_a_download() {
    for (column, upload, expected) in [
        ("AREA int IDENTITY(1,1) NOT NULL", false, Some("an IDENTITY")),
        ("AREA int NOT NULL IDENTITY", false, Some("an IDENTITY")),
        ("AREA timestamp NOT NULL", false, Some("a ROWVERSION")),
        ("AREA rowversion", false, Some("a ROWVERSION")),
        ("AREA AS (CODE + 'x')", false, Some("a computed")),
        ("AREA int NOT NULL", false, None),
        ("AREA int IDENTITY(1,1) NOT NULL", true, None),
    ] {
        let mut texts = download(&["Area"], column);
        let attributes = format!("Id=\"T\" AxTableName=\"T\" IsUpload=\"{upload}\"");
        texts[0] = seed("Seed", &subjob(&attributes, &["Area"]));
        let worded = |what| format!("error ext.T.AREA is {what} column, and cannot be written");
        let expected: Vec<String> = expected.map(worded).into_iter().collect();
        assert_eq!(found("CDX717", &texts), expected, "{column} {upload}");
    }
}

#[test]
fn columns_that_allow_null_are_named() {
    for (columns, expected) in [
        ("A int NOT NULL", &[][..]),
        ("A int NULL", &["A"]),
        ("A int", &["A"]),
        ("A int PRIMARY KEY", &[]),
        ("A int, B int NULL, PRIMARY KEY (A)", &["B"]),
        ("A timestamp", &[]),
        ("A int NOT NULL, B AS (A * 2)", &[]),
        ("A nvarchar(10) DEFAULT ('')", &["A"]),
    ] {
        let texts = vec![script("1", &format!("CREATE TABLE ext.T ({columns})"))];
        let worded = |name: &&str| format!("warning ext.T.{name} allows NULL");
        let expected: Vec<String> = expected.iter().map(worded).collect();
        assert_eq!(found("CDX712", &texts), expected, "{columns}");
    }
    let altered =
        "CREATE TABLE ext.T (A int NULL)\nGO\nALTER TABLE ext.T ALTER COLUMN A int NOT NULL";
    assert_eq!(found("CDX712", &vec![script("1", altered)]), NONE);
    let texts = vec![script("1", "CREATE TABLE ext.T (A [dbo].[AMOUNT])")];
    assert_eq!(found("CDX712", &texts), NONE);
    assert_eq!(unjudged("CDX712", &texts).len(), 1);
}

const COUNTER: &str = "REPLICATIONCOUNTERFROMORIGIN";

/// An upload with this declaration of its counter, the rest of its table, and its fields.
fn upload(attributes: &str, fields: &[&str], columns: &str, more: &str) -> Texts {
    let columns = columns.replace("COUNTER", COUNTER);
    let attributes = format!("Id=\"T\" AxTableName=\"T\" {attributes}");
    let text = format!("CREATE TABLE ext.T (CODE nvarchar(10) NOT NULL, {columns})\nGO\n{more}");
    vec![
        seed("Seed", &subjob(&attributes, fields)),
        script("1", &text.replace("COUNTER)", &format!("{COUNTER})"))),
    ]
}

#[test]
fn an_upload_is_read_by_its_counter() {
    let said = "IsUpload=\"true\" ReplicationCounterFieldName=\"ReplicationCounterFromOrigin\"";
    let fields = &["Code", "ReplicationCounterFromOrigin"][..];
    let index = "CREATE INDEX IX ON ext.T (COUNTER)";
    let good = "COUNTER int IDENTITY(1,1) NOT NULL, PRIMARY KEY (CODE)";
    let not_mapped =
        "error the replication counter REPLICATIONCOUNTERFROMORIGIN of ext.T is not mapped";
    let not_identity =
        "error the replication counter ext.T.REPLICATIONCOUNTERFROMORIGIN is not IDENTITY";
    let whole = "error the replication counter is the whole key of ext.T";
    let no_index = "warning no index of ext.T begins with the replication counter";
    for (what, texts, expected) in [
        ("good", upload(said, fields, good, index), vec![]),
        (
            "not said to be an upload",
            upload(&said.replace("IsUpload=\"true\"", ""), fields, good, index),
            vec![],
        ),
        ("the usual name", upload("IsUpload=\"true\"", fields, good, index), vec![]),
        ("not mapped", upload(said, &["Code"], good, index), vec![not_mapped]),
        ("no index", upload(said, fields, good, ""), vec![no_index]),
        (
            "another column first",
            upload(said, fields, good, "CREATE INDEX IX ON ext.T (CODE, COUNTER)"),
            vec![no_index],
        ),
        (
            "some rows only",
            upload(said, fields, good, "CREATE INDEX IX ON ext.T (COUNTER) WHERE CODE = 'x'"),
            vec![no_index],
        ),
        (
            "unique",
            upload(said, fields, "COUNTER int IDENTITY NOT NULL UNIQUE, PRIMARY KEY (CODE)", ""),
            vec![],
        ),
        (
            "first of the key",
            upload(said, fields, "COUNTER int IDENTITY NOT NULL, PRIMARY KEY (COUNTER, CODE)", ""),
            vec![],
        ),
        (
            "not counted",
            upload(said, fields, "COUNTER int NOT NULL, PRIMARY KEY (CODE)", index),
            vec![not_identity],
        ),
        (
            "the key",
            upload(said, fields, "COUNTER int IDENTITY NOT NULL PRIMARY KEY", ""),
            vec![whole],
        ),
        (
            "the key and a company",
            upload(
                said,
                fields,
                "COUNTER int IDENTITY NOT NULL, DATAAREAID nvarchar(4), PRIMARY KEY (DATAAREAID, COUNTER)",
                "",
            ),
            vec![whole],
        ),
        (
            "everything",
            upload(said, &["Code"], "COUNTER bigint NOT NULL", ""),
            vec![not_mapped, not_identity, no_index],
        ),
        ("a download", upload("IsUpload=\"false\"", &["Code"], "A int", ""), vec![]),
    ] {
        assert_eq!(found("CDX707", &texts), expected, "{what}");
    }
    // A subjob in two documents is one, and told once.
    let mut parts = upload(said, fields, good, "");
    parts.push(seed("More", &subjob("Id=\"t\"", &["Area"])));
    assert_eq!(found("CDX707", &parts), [no_index]);
    // Under another name on either side.
    let named = "IsUpload=\"true\" ReplicationCounterFieldName=\"Counted\"";
    let columns = "SEQ int IDENTITY NOT NULL, PRIMARY KEY (CODE)";
    let texts = upload(named, &["counted>Seq"], columns, "CREATE INDEX IX ON ext.T (SEQ)");
    assert_eq!(found("CDX707", &texts), NONE);
}

#[test]
fn an_extension_of_an_upload_may_be_without_a_counter() {
    let texts = |attributes: &str, columns: &str| -> Texts {
        let attributes =
            format!("Id=\"RetailTransactionTable\" TargetTableName=\"T\" {attributes}");
        let text = format!("CREATE TABLE ext.T ({})", columns.replace("COUNTER", COUNTER));
        vec![seed("Seed", &subjob(&attributes, &["Mine"])), script("1", &text)]
    };
    let without = "info ext.T has no replication counter";
    assert_eq!(found("CDX707", &texts("", "MINE int")), [without]);
    assert_eq!(found("CDX707", &texts("OverrideTarget=\"false\"", "MINE int")), [without]);
    // One that takes the place of the table is an upload of its own.
    let missing =
        "error the replication counter REPLICATIONCOUNTERFROMORIGIN of ext.T is not mapped";
    assert_eq!(found("CDX707", &texts("OverrideTarget=\"true\"", "MINE int")), [missing]);
}
