//! CDX708: every shape of key that public samples have, on both sides.

use super::harness::{Texts, extension, found, script, seed, subjob, table, unjudged};

const DIFFERS: &str = "error the key of ext.T is not that of headquarters' T";

/// A download of a table with these unique indexes and this declaration of its channel table.
fn one(unique: &[&str], company: bool, fields: &[&str], columns: &str) -> Texts {
    vec![
        seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\"", fields)),
        table("T", &["Code:10", "Area:10", "Note:10"], unique, company),
        script("1", &format!("CREATE TABLE ext.T ({columns})")),
    ]
}

/// What it is, the unique indexes, whether rows belong to a company, the fields, the columns of
/// the channel's table, and what is found.
type Case = (
    &'static str,
    &'static [&'static str],
    bool,
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

#[test]
fn the_shapes_of_keys() {
    let code = &["Code"][..];
    let cases: &[Case] = &[
        ("RECID alone, no index", &[], false, code, "RECID bigint PRIMARY KEY", &[]),
        ("RECID alone, by company", &[], true, code, "RECID bigint PRIMARY KEY", &[]),
        (
            "RECID, a company beside",
            &[],
            true,
            code,
            "RECID bigint PRIMARY KEY, DATAAREAID nvarchar(4)",
            &[],
        ),
        (
            "RECID and company",
            &[],
            true,
            code,
            "RECID bigint, DATAAREAID nvarchar(4), PRIMARY KEY (RECID, DATAAREAID)",
            &[],
        ),
        ("RECID beside another index", &["Code"], true, code, "RECID bigint PRIMARY KEY", &[]),
        (
            "code and company",
            &["Code"],
            true,
            code,
            "CODE nvarchar(10), DATAAREAID nvarchar(4), PRIMARY KEY (CODE, DATAAREAID)",
            &[],
        ),
        (
            "code and company listed",
            &["Code+DataAreaId"],
            true,
            code,
            "CODE nvarchar(10), DATAAREAID nvarchar(4), PRIMARY KEY (DATAAREAID, CODE)",
            &[],
        ),
        ("company left out", &["Code"], true, code, "CODE nvarchar(10) PRIMARY KEY", &[]),
        (
            "no company there",
            &["Code"],
            false,
            code,
            "CODE nvarchar(10), DATAAREAID nvarchar(4), PRIMARY KEY (CODE, DATAAREAID)",
            &[DIFFERS],
        ),
        ("company alone", &["DataAreaId"], true, code, "DATAAREAID nvarchar(4) PRIMARY KEY", &[]),
        (
            "company alone, code there",
            &["Code"],
            true,
            code,
            "DATAAREAID nvarchar(4) PRIMARY KEY",
            &[DIFFERS],
        ),
        (
            "an IDENTITY of its own",
            &["Code"],
            true,
            code,
            "ID int IDENTITY(1,1) PRIMARY KEY, CODE nvarchar(10)",
            &[DIFFERS],
        ),
        (
            "order does not matter",
            &["Area+Code"],
            false,
            code,
            "CODE nvarchar(10), AREA nvarchar(10), PRIMARY KEY (CODE, AREA)",
            &[],
        ),
        (
            "any case",
            &["cOdE"],
            false,
            code,
            "Code nvarchar(10), CONSTRAINT PK PRIMARY KEY NONCLUSTERED ([Code] DESC)",
            &[],
        ),
        (
            "a second unique index",
            &["Area", "Code"],
            false,
            code,
            "CODE nvarchar(10) PRIMARY KEY",
            &[],
        ),
        (
            "an index with duplicates",
            &["~Code"],
            false,
            code,
            "CODE nvarchar(10) PRIMARY KEY",
            &[DIFFERS],
        ),
        (
            "more columns here",
            &["Code"],
            false,
            code,
            "CODE nvarchar(10), AREA nvarchar(10), PRIMARY KEY (CODE, AREA)",
            &[DIFFERS],
        ),
        (
            "fewer columns here",
            &["Code+Area"],
            false,
            code,
            "CODE nvarchar(10) PRIMARY KEY",
            &[DIFFERS],
        ),
        (
            "no key",
            &["Code"],
            false,
            code,
            "CODE nvarchar(10)",
            &["error ext.T has no primary key"],
        ),
        (
            "a unique key is none",
            &["Code"],
            false,
            code,
            "CODE nvarchar(10) UNIQUE",
            &["error ext.T has no primary key"],
        ),
        (
            "another name",
            &["Code"],
            false,
            &["Code>CODENAME"],
            "CODENAME nvarchar(10) PRIMARY KEY",
            &[],
        ),
        (
            "another name, in any case",
            &["CODE"],
            false,
            &["code>CodeName"],
            "CODENAME nvarchar(10) PRIMARY KEY",
            &[],
        ),
        (
            "another name, not mapped",
            &["Code"],
            false,
            &["Area"],
            "CODENAME nvarchar(10) PRIMARY KEY",
            &[DIFFERS],
        ),
        (
            "a comma left out",
            &["Code"],
            false,
            code,
            "CODE nvarchar(10) NOT NULL CONSTRAINT PK PRIMARY KEY CLUSTERED (CODE ASC)",
            &[],
        ),
        (
            "a comma left out, two",
            &["Code+Area"],
            false,
            code,
            "CODE nvarchar(10), AREA nvarchar(10) NOT NULL CONSTRAINT PK PRIMARY KEY (CODE ASC, AREA)",
            &[],
        ),
        (
            "the key in another statement",
            &["Code"],
            false,
            code,
            "CODE nvarchar(10)) ALTER TABLE ext.T ADD CONSTRAINT PK PRIMARY KEY (CODE",
            &[],
        ),
    ];
    for (what, unique, company, fields, columns, expected) in cases {
        let texts = one(unique, *company, fields, columns);
        assert_eq!(found("CDX708", &texts), *expected, "{what}");
        assert_eq!(unjudged("CDX708", &texts), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn a_table_that_extends_another_has_its_key() {
    let known = [
        (
            "CustTable",
            "ACCOUNTNUM nvarchar(20), DATAAREAID nvarchar(4), PRIMARY KEY (ACCOUNTNUM, DATAAREAID)",
            true,
        ),
        (
            "custtable",
            "ACCOUNTNUM nvarchar(20), dataareaid nvarchar(4), PRIMARY KEY (dataareaid, accountnum)",
            true,
        ),
        ("CustTable", "ACCOUNTNUM nvarchar(20) PRIMARY KEY", false),
        ("CustTable", "RECID bigint PRIMARY KEY", false),
        ("RetailChannelTable", "RECID bigint PRIMARY KEY", true),
        (
            "RetailChannelTable",
            "RECID bigint, DATAAREAID nvarchar(4), PRIMARY KEY (RECID, DATAAREAID)",
            false,
        ),
    ];
    for (id, columns, same) in known {
        let attributes = format!("Id=\"{id}\" TargetTableName=\"T\" OverrideTarget=\"false\"");
        let texts = vec![
            seed("Seed", &subjob(&attributes, &["Extra"])),
            extension(id, &["Extra"]),
            script("1", &format!("CREATE TABLE ext.T ({columns})")),
        ];
        let found = found("CDX708", &texts);
        let upper = id.to_uppercase();
        let differs = format!("error the key of ext.T is not that of ax.{upper}, which it extends");
        assert_eq!(found, if same { vec![] } else { vec![differs] }, "{id} {columns}");
    }
}

/// A table of the team's own can be extended by another one of its own.
#[test]
fn an_extension_of_an_extension_has_the_same_key() {
    let texts = |key: &str| -> Texts {
        vec![
            seed("A", &subjob("Id=\"T\" AxTableName=\"T\"", &["Code"])),
            seed(
                "B",
                &subjob("Id=\"t\" TargetTableName=\"MORE\" OverrideTarget=\"false\"", &["Note"]),
            ),
            table("T", &["Code:10"], &["Code"], true),
            extension("T", &["Note:10"]),
            script(
                "1",
                "CREATE TABLE ext.T (CODE nvarchar(10), DATAAREAID nvarchar(4), PRIMARY KEY (CODE, DATAAREAID))",
            ),
            script(
                "2",
                &format!(
                    "CREATE TABLE ext.MORE (CODE nvarchar(10), NOTE nvarchar(10), DATAAREAID nvarchar(4), PRIMARY KEY ({key}))"
                ),
            ),
        ]
    };
    assert_eq!(found("CDX708", &texts("CODE, DATAAREAID")), Vec::<String>::new());
    let differs = "error the key of ext.MORE is not that of ext.T, which it extends";
    assert_eq!(found("CDX708", &texts("CODE")), [differs]);
}

#[test]
fn a_key_that_is_not_known_is_not_judged() {
    let script = || script("1", "CREATE TABLE ext.T (CODE nvarchar(10) PRIMARY KEY)");
    let of = |attributes: &str| vec![seed("Seed", &subjob(attributes, &["Code"])), script()];
    for (attributes, expected) in [
        ("Id=\"T\" AxTableName=\"T\"", "the key of T: the table's keys are not in the repository"),
        (
            "Id=\"RetailOther\" TargetTableName=\"T\"",
            "ext.T: the key of ax.RetailOther, which it extends, is not known",
        ),
        (
            "Id=\"U\" AxTableName=\"U\"",
            "ext.U: no script that was read makes it, and no list of base tables has it",
        ),
    ] {
        let texts = of(attributes);
        assert_eq!(found("CDX708", &texts), Vec::<String>::new());
        assert_eq!(unjudged("CDX708", &texts), [expected]);
    }
}
