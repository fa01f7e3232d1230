//! CDX704: how long texts are, through types, extensions and the product's own columns.

use super::harness::{Texts, data_type, extension, found, script, seed, subjob, table, unjudged};

const NONE: [&str; 0] = [];

fn one(field: &str, types: &[&str], column: &str) -> Texts {
    let mut texts = vec![
        seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\"", &["Code"])),
        table("T", &[field], &["Code"], true),
        script("1", &format!("CREATE TABLE ext.T (CODE {column} NOT NULL PRIMARY KEY)")),
    ];
    texts.extend(types.iter().map(|one| data_type(one)));
    texts
}

#[test]
fn a_field_is_as_long_as_its_type_says() {
    let long = |most: u32, room: u32| {
        vec![format!("error T.Code can have {most} characters, and ext.T.CODE has room for {room}")]
    };
    let any =
        || vec!["error T.Code can have any length, and ext.T.CODE has room for 20".to_owned()];
    let cases: &[(&str, &[&str], &str, Vec<String>)] = &[
        ("Code:20", &[], "nvarchar(20)", vec![]),
        ("Code:19", &[], "nvarchar(20)", vec![]),
        ("Code:21", &[], "nvarchar(20)", long(21, 20)),
        ("Code:21", &[], "[nvarchar] (20)", long(21, 20)),
        ("Code:21", &[], "nvarchar(max)", vec![]),
        ("Code:-1", &[], "nvarchar(max)", vec![]),
        ("Code:-1", &[], "nvarchar(20)", any()),
        ("Code:A", &["A:20"], "nvarchar(20)", vec![]),
        ("Code:A", &["A:30"], "nvarchar(20)", long(30, 20)),
        ("Code:a", &["A<B", "b<C", "C:30"], "nvarchar(20)", long(30, 20)),
        ("Code:A", &["A<B", "B<C", "C:20"], "nvarchar(20)", vec![]),
        ("Code:A", &["A:10", "B:30"], "nvarchar(20)", vec![]),
        // Not a text on one side: nothing is cut.
        ("Code:Int64", &[], "nvarchar(2)", vec![]),
        ("Code:50", &[], "bigint", vec![]),
    ];
    for (field, types, column, expected) in cases {
        let texts = one(field, types, column);
        assert_eq!(found("CDX704", &texts), *expected, "{field} {types:?} {column}");
        assert_eq!(unjudged("CDX704", &texts), NONE, "{field} {types:?} {column}");
    }
}

#[test]
fn a_length_that_is_not_known_is_not_judged() {
    let cases: &[(&str, &[&str], &str)] = &[
        (
            "Code:RetailStoreId",
            &[],
            "T.Code: the length of the type RetailStoreId is not in the repository",
        ),
        ("Code:A", &["A<Name"], "T.Code: the length of the type Name is not in the repository"),
        ("Code:A", &["A<B", "B<A"], "T.Code: the length of the type A is not in the repository"),
        ("Code:A", &["A"], "T.Code: nothing says how long it is"),
        ("Code:", &[], "T.Code: nothing says how long it is"),
    ];
    for (field, types, why) in cases {
        let texts = one(field, types, "nvarchar(20)");
        assert_eq!(found("CDX704", &texts), NONE, "{field} {types:?}");
        assert_eq!(unjudged("CDX704", &texts), [*why], "{field} {types:?}");
        // A column of any length has room for whatever it is.
        assert_eq!(unjudged("CDX704", &one(field, types, "nvarchar(max)")), NONE);
    }
}

#[test]
fn the_products_own_column_says_how_long_a_field_of_its_type_is() {
    let texts = |length: u32| -> Texts {
        vec![
            seed(
                "Seed",
                &subjob("Id=\"CustTable\" TargetTableName=\"MYCUST\"", &["VatNum", "Club"]),
            ),
            extension("CustTable", &["Club:ClubId"]),
            data_type("ClubId:10"),
            script(
                "1",
                &format!("CREATE TABLE ext.MYCUST (VATNUM nvarchar({length}), CLUB nvarchar(9))"),
            ),
        ]
    };
    let club = "error CustTable.Club can have 10 characters, and ext.MYCUST.CLUB has room for 9";
    let vat =
        "error CustTable.VatNum can have 20 characters, and ext.MYCUST.VATNUM has room for 19";
    assert_eq!(found("CDX704", &texts(20)), [club]);
    assert_eq!(found("CDX704", &texts(19)), [vat, club]);
}

#[test]
fn an_upload_is_measured_the_other_way_round() {
    let attributes = "Id=\"T\" AxTableName=\"T\" IsUpload=\"true\"";
    let texts = |field: &str, column: &str| -> Texts {
        vec![
            seed("Seed", &subjob(attributes, &["Code"])),
            table("T", &[field], &["Code"], true),
            script("1", &format!("CREATE TABLE ext.T (CODE {column} NOT NULL PRIMARY KEY)")),
        ]
    };
    for (field, column, expected) in [
        ("Code:20", "nvarchar(20)", None),
        ("Code:20", "nvarchar(10)", None),
        ("Code:-1", "nvarchar(max)", None),
        ("Code:20", "nvarchar(30)", Some("30 characters")),
        ("Code:20", "nvarchar(max)", Some("any length")),
    ] {
        let worded =
            |long: &str| format!("error ext.T.CODE can have {long}, and T.Code has room for 20");
        let expected: Vec<String> = expected.map(worded).into_iter().collect();
        assert_eq!(found("CDX704", &texts(field, column)), expected, "{field} {column}");
    }
}

/// The key goes along by itself, listed or not, and so does that of a table that is extended.
#[test]
fn a_key_is_as_long_as_headquarters() {
    let mut texts = one("Code:30", &[], "nvarchar(20)");
    texts[0] = seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\"", &[]));
    let long = "error T.CODE can have 30 characters, and ext.T.CODE has room for 20";
    assert_eq!(found("CDX704", &texts), [long]);
    // It is told once, whichever parts the subjob has.
    texts.push(seed("More", &subjob("Id=\"T\"", &["Code"])));
    assert_eq!(found("CDX704", &texts), [long.replace("T.CODE can", "T.Code can")]);
    let texts = |length: u32| -> Texts {
        let columns = format!("ACCOUNTNUM nvarchar({length}), DATAAREAID nvarchar(4)");
        let key = "PRIMARY KEY (ACCOUNTNUM, DATAAREAID)";
        vec![
            seed("Seed", &subjob("Id=\"CustTable\" TargetTableName=\"MYCUST\"", &["Mine"])),
            extension("CustTable", &["Mine"]),
            script("1", &format!("CREATE TABLE ext.MYCUST ({columns}, {key})")),
        ]
    };
    assert_eq!(found("CDX704", &texts(20)), NONE);
    let long = "error CustTable.ACCOUNTNUM can have 20 characters, and ext.MYCUST.ACCOUNTNUM has \
                room for 10";
    assert_eq!(found("CDX704", &texts(10)), [long]);
}

/// What a later script makes of a column counts, and a name is the same in any case.
#[test]
fn the_column_counts_as_the_scripts_leave_it() {
    let mut texts = one("Code:30", &[], "nvarchar(20)");
    texts[0] = seed("Seed", &subjob("Id=\"t\" AxTableName=\"t\"", &["CODE>code"]));
    assert_eq!(found("CDX704", &texts).len(), 1);
    texts.push(script("2", "ALTER TABLE [EXT].[t] ALTER COLUMN [Code] nvarchar(30) NOT NULL"));
    assert_eq!(found("CDX704", &texts), NONE);
}
