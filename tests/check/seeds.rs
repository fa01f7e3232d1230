//! What is said of seed data: resources, targets, fields, jobs, and documents that add to another.

use super::harness::{Texts, extension, facts, found, only, script, seed, subjob, table, unjudged};

const NONE: [&str; 0] = [];

fn resource(name: &str, file: &str) -> (String, String) {
    let text = format!("<AxResource><Name>{name}</Name><FileName>{file}</FileName></AxResource>");
    (format!("AxResource/{name}.xml"), text)
}

fn handler(body: &str) -> (String, String) {
    let source = format!(
        "[SubscribesTo(classStr(RetailCDXSeedDataBase), delegateStr(RetailCDXSeedDataBase, \
         registerCDXSeedDataExtension))] public static void add(str r, List l) {{ {body} }}"
    );
    let methods = format!("<Method><Name>add</Name><Source><![CDATA[{source}]]></Source></Method>");
    ("H.xml".to_owned(), format!("<AxClass><Name>H</Name><Methods>{methods}</Methods></AxClass>"))
}

#[test]
fn a_resource_is_added_on_the_current_seed_data() {
    let seen = |names: (&str, &str), body: &str| -> Vec<String> {
        let texts = vec![seed("Doc", ""), resource(names.0, names.1), handler(body)];
        found("CDX701", &texts)
    };
    let add = |condition: &str| format!("{condition} {{ l.addEnd(resourceStr(Mine)); }}");
    let on = |name: &str| add(&format!("if (r == resourceStr({name}))"));
    let mine = ("Mine", "Doc.xml");
    assert_eq!(seen(mine, &on("RetailCDXSeedDataAX7")), NONE);
    assert_eq!(seen(mine, &on("retailcdxseeddataax7")), NONE);
    assert_eq!(seen(mine, &add("if (r == classStr(RetailCDXSeedDataAX7))")), NONE);
    assert_eq!(seen(("MINE", "doc.XML"), &on("RetailCDXSeedDataAX7")), NONE);
    let other = seen(mine, &on("RetailCDXSeedDataAX6"));
    assert_eq!(other, ["warning the resource Mine is added on RetailCDXSeedDataAX6"]);
    assert_eq!(seen(mine, &add("")), ["warning the resource Mine is added without a condition"]);
    let missing = ["error no event handler adds the resource Mine"];
    assert_eq!(seen(mine, ""), missing);
    assert_eq!(seen(mine, "// l.addEnd(resourceStr(Mine));"), missing);
    let loose = seen(("Mine", "Other.xml"), &on("RetailCDXSeedDataAX7"));
    assert_eq!(loose, ["error seed data is in no resource"]);
}

#[test]
fn without_resources_nobody_is_asked_for_a_handler() {
    assert_eq!(found("CDX701", &vec![seed("Doc", "")]), NONE);
    let handled = vec![seed("Doc", ""), handler("l.addEnd(resourceStr(Doc));")];
    assert_eq!(found("CDX701", &handled), NONE);
    assert_eq!(unjudged("CDX701", &handled), ["Doc.xml: no resource that was read holds it"]);
    // Two versions of a document of one name are both the resource's.
    let add = "if (r == resourceStr(RetailCDXSeedDataAX7)) { l.addEnd(resourceStr(Mine)); }";
    let versions = [seed("a/Doc", ""), seed("b/Doc", &subjob("Id=\"CustTable\"", &[]))];
    let mut texts = Texts::from(versions);
    texts.extend([resource("Mine", "Doc.xml"), handler(add)]);
    assert_eq!(found("CDX701", &texts), NONE);
    // The same document under two names is one, whichever the resource names.
    for file in ["Doc.xml", "Copy.xml"] {
        let texts = vec![seed("Doc", ""), seed("Copy", ""), resource("Mine", file), handler(add)];
        assert_eq!(found("CDX701", &texts), NONE, "{file}");
    }
}

#[test]
fn a_target_is_made_by_a_script_or_by_the_product() {
    let texts = |attributes: &str| -> Texts {
        vec![
            seed("Seed", &subjob(attributes, &["Code"])),
            script("1", "CREATE TABLE [ext].[Seat] (CODE int PRIMARY KEY)"),
            script("2", "EXEC('CREATE TABLE ext.HIDDEN (CODE int)')"),
        ]
    };
    for (attributes, finding, why) in [
        ("Id=\"Seat\" AxTableName=\"SEAT\"", None, None),
        (
            "Id=\"A\" AxTableName=\"A\" TargetTableName=\"seat\" TargetTableSchema=\"EXT\"",
            None,
            None,
        ),
        ("Id=\"CustTable\"", None, None),
        (
            "Id=\"CustTable\" TargetTableName=\"Seats\"",
            Some("error no script makes ext.Seats"),
            None,
        ),
        ("Id=\"Zoo\" AxTableName=\"Zoo\"", Some("error no script makes ext.Zoo"), None),
        (
            "Id=\"Zoo\" AxTableName=\"Zoo\" TargetTableSchema=\"contoso\"",
            Some("error no script makes contoso.Zoo"),
            None,
        ),
        ("Id=\"Unlisted\"", None, Some("ax.Unlisted: no list of base tables has it")),
        (
            "Id=\"Z\" AxTableName=\"Z\" TargetTableSchema=\"crt\"",
            None,
            Some("crt.Z: no list of base tables has it"),
        ),
        (
            "Id=\"Hidden\" AxTableName=\"Hidden\"",
            None,
            Some("ext.Hidden: a part of a script that was not read may make it"),
        ),
    ] {
        let texts = texts(attributes);
        assert_eq!(
            found("CDX702", &texts),
            finding.into_iter().collect::<Vec<_>>(),
            "{attributes}"
        );
        assert_eq!(unjudged("CDX702", &texts), why.into_iter().collect::<Vec<_>>(), "{attributes}");
    }
    let alone = vec![seed("Seed", &subjob("Id=\"Zoo\" AxTableName=\"Zoo\"", &["Code"]))];
    assert_eq!(found("CDX702", &alone), NONE);
    assert_eq!(unjudged("CDX702", &alone), ["ext.Zoo: no channel scripts were read"]);
}

#[test]
fn a_view_is_no_target() {
    let texts = vec![
        seed("Seed", &subjob("Id=\"V\" AxTableName=\"V\"", &["A"])),
        script("1", "CREATE OR ALTER VIEW [ext].[v] AS SELECT 1 AS A"),
    ];
    assert_eq!(found("CDX702", &texts), ["error ext.V is not a table"]);
}

/// Names of one team begin alike, and what they share is not what was meant.
#[test]
fn the_nearest_name_is_named() {
    for (target, near) in [
        ("ContosoRetailSeat", "the scripts make ext.ContosoRetailSeats"),
        ("ContosoRetailStoreHours", "the scripts make other tables (1)"),
    ] {
        let attributes = format!("Id=\"A\" AxTableName=\"A\" TargetTableName=\"{target}\"");
        let texts = vec![
            seed("Seed", &subjob(&attributes, &["Code"])),
            script("1", "CREATE TABLE ext.ContosoRetailSeats (CODE int)"),
        ];
        let findings = only("CDX702", &facts(&texts)).findings;
        assert_eq!(findings[0].evidence, [near]);
    }
}

#[test]
fn a_column_and_a_field_exist() {
    let texts = |fields: &[&str]| -> Texts {
        vec![
            seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\"", fields)),
            table("T", &["Code:10", "Colour:10"], &["Code"], true),
            extension("T", &["Added"]),
            script(
                "1",
                "CREATE TABLE ext.T (CODE nvarchar(10) PRIMARY KEY, COLOR nvarchar(10), RECID bigint)",
            ),
            script("2", "IF COL_LENGTH('ext.T', 'ADDED') IS NULL ALTER TABLE ext.T ADD ADDED int"),
        ]
    };
    for (fields, expected) in [
        (&["Code", "RecId", "ADDED"][..], &[][..]),
        (&["code>Code", "COLOUR>color"], &[]),
        (&["DataAreaId"], &[]),
        (&["Colour"], &["error ext.T has no column Colour"]),
        (&["Color"], &["error T has no field Color"]),
        (&["Cod"], &["error ext.T has no column Cod", "error T has no field Cod"]),
    ] {
        assert_eq!(found("CDX703", &texts(fields)), expected, "{fields:?}");
        assert_eq!(unjudged("CDX703", &texts(fields)), NONE, "{fields:?}");
    }
}

/// A column may be added where nothing was read; what has its name in passing is none of that.
#[test]
fn a_column_that_may_be_added_unread_is_not_judged() {
    let texts = |text: &str| -> Texts {
        vec![
            seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\"", &["Id"])),
            table("T", &["Id"], &["Id"], true),
            script("1", &format!("CREATE TABLE ext.T (CODE int)\nGO\n{text}")),
        ]
    };
    for (text, judged) in [
        ("EXEC('ALTER TABLE ext.T ADD ID int')", false),
        (
            "IF COL_LENGTH('ext.T', 'X') IS NULL PRINT 'x' ELSE ALTER TABLE [ext].[T] ADD [Id] int",
            false,
        ),
        ("EXEC('ALTER TABLE ext.WIDGET ADD ID int')", true),
        ("EXEC('ALTER TABLE ext.T ADD WIDTH int')", true),
        ("UPDATE ext.T SET ID = 1", true),
    ] {
        let missing = if judged { vec!["error ext.T has no column Id"] } else { vec![] };
        assert_eq!(found("CDX703", &texts(text)), missing, "{text}");
        assert_eq!(unjudged("CDX703", &texts(text)).is_empty(), judged, "{text}");
    }
}

/// Tables of the product that are not published are known by name, and not by their columns.
#[test]
fn what_is_assumed_of_the_product_is_not_held_against_a_repository() {
    let target = "Id=\"RetailAsyncCustomerV2\" TargetTableName=\"MORE\"";
    let texts = vec![
        seed("A", &subjob("Id=\"RetailAsyncCustomerV2\"", &["Mine"])),
        seed("B", &subjob(target, &["Mine"])),
        extension("RetailAsyncCustomerV2", &["Mine"]),
        script("1", "CREATE TABLE ext.MORE (MINE int NOT NULL PRIMARY KEY)"),
    ];
    for (code, why) in [
        ("CDX703", "ax.RETAILASYNCCUSTOMERV2.Mine: its columns are not published"),
        ("CDX708", "ext.MORE: the key of ax.RETAILASYNCCUSTOMERV2, which it extends, is not known"),
    ] {
        assert_eq!(found(code, &texts), NONE, "{code}");
        assert_eq!(unjudged(code, &texts), [why], "{code}");
    }
}

/// A name with a dot inside its brackets is one name.
#[test]
fn a_name_can_have_a_dot() {
    let texts = vec![
        seed("Seed", &subjob("Id=\"T\" AxTableName=\"T\" TargetTableName=\"CONTOSO.T_1\"", &["A"])),
        table("T", &["A"], &["A"], false),
        script(
            "1",
            "CREATE TABLE [ext].[Contoso.T_1] ([A] int NOT NULL PRIMARY KEY)\nGO 5\nGRANT ALL ON OBJECT::[ext].[CONTOSO.T_1] TO [DataSyncUsersRole], [UsersRole], [DeployExtensibilityRole]",
        ),
    ];
    for code in ["CDX702", "CDX703", "CDX704", "CDX706", "CDX708", "CDX709", "CDX712"] {
        assert_eq!(found(code, &texts), NONE, "{code}");
    }
}

#[test]
fn a_field_of_a_table_that_is_not_there_is_not_judged() {
    let texts = vec![
        seed("Seed", &subjob("Id=\"CustTable\"", &["AccountNum", "CustGroup", "Mine", "Other"])),
        extension("CustTable", &["Mine"]),
    ];
    // The column is missing; of the fields the product's own and the extension's are known.
    let missing =
        ["error ax.CUSTTABLE has no column Mine", "error ax.CUSTTABLE has no column Other"];
    assert_eq!(found("CDX703", &texts), missing);
    let why = "CustTable.Other: headquarters' table is not in the repository";
    assert_eq!(unjudged("CDX703", &texts), [why]);
}

/// A document can add to a subjob that another one declares, in whichever order they are read.
#[test]
fn two_documents_add_up() {
    for (first, second) in [("A", "B"), ("B", "A")] {
        let texts = vec![
            seed(first, &subjob("Id=\"T\" AxTableName=\"Hq\" TargetTableName=\"CH\"", &["Code>C"])),
            seed(second, &subjob("Id=\"t\"", &["Area"])),
            table("Hq", &["Code:10", "Area:10"], &["Code"], true),
            script(
                "1",
                "CREATE TABLE ext.CH (C nvarchar(10) NOT NULL PRIMARY KEY, AREA nvarchar(10) NOT NULL)",
            ),
        ];
        for code in ["CDX702", "CDX703", "CDX704", "CDX706", "CDX708", "CDX716"] {
            assert_eq!(found(code, &texts), NONE, "{code}");
            assert_eq!(unjudged(code, &texts), NONE, "{code}");
        }
    }
}

#[test]
fn a_subjob_without_fields_adds_jobs_alone() {
    let jobs = "<Subjobs><Subjob Id=\"DirPartyTable\"><ScheduledByJobs><ScheduledByJob>1010\
                </ScheduledByJob></ScheduledByJobs></Subjob></Subjobs>";
    let texts = vec![seed("Seed", jobs)];
    for number in 701..=718 {
        assert_eq!(found(&format!("CDX{number}"), &texts), NONE, "{number}");
    }
}

#[test]
fn dataareaid_is_found_in_any_case_and_under_another_name() {
    for (fields, count) in [
        (&["Code"][..], 0),
        (&["DATAAREAID"], 1),
        (&["dataAreaId>COMPANY"], 1),
        (&["Company>DataAreaId"], 1),
        (&["DataAreaId2"], 0),
        (&["DataAreaId", "DATAAREAID"], 2),
    ] {
        let texts = vec![seed("Seed", &subjob("Id=\"CustTable\"", fields))];
        assert_eq!(found("CDX705", &texts).len(), count, "{fields:?}");
    }
}

#[test]
fn jobs_are_known_by_their_ids() {
    let known =
        ["1010", "1040", "1060", "1000", "1110", "P-0001", "p-1000", "9999", "MINE", "mine"];
    let unknown = ["1041", "10", "P-1", "Products", "P-0001a"];
    for (job, is_known) in
        known.iter().map(|job| (job, true)).chain(unknown.iter().map(|job| (job, false)))
    {
        let texts = vec![
            seed(
                "Seed",
                &format!(
                    "<Subjobs><Subjob Id=\"CustTable\"><ScheduledByJobs><ScheduledByJob>{job}</ScheduledByJob></ScheduledByJobs></Subjob></Subjobs>"
                ),
            ),
            seed("Jobs", "<Jobs><Job Id=\"Mine\"/></Jobs>"),
        ];
        let expected = format!("warning subjob CustTable is scheduled by an unknown job {job}");
        let expected = if is_known { vec![] } else { vec![expected] };
        assert_eq!(found("CDX715", &texts), expected, "{job}");
    }
}

#[test]
fn override_target_matters_on_a_subjob_that_exists() {
    for (attributes, count) in [
        ("Id=\"CustTable\" TargetTableName=\"T\" OverrideTarget=\"true\"", 1),
        ("Id=\"CustTable\" TargetTableName=\"T\" OverrideTarget=\"TRUE\"", 1),
        ("Id=\"CustTable\" TargetTableName=\"T\" OverrideTarget=\"false\"", 0),
        ("Id=\"CustTable\" TargetTableName=\"T\"", 0),
        ("Id=\"RetailTransactionTable\" TargetTableName=\"T\" OverrideTarget=\"true\"", 1),
        ("Id=\"New\" AxTableName=\"New\" OverrideTarget=\"true\"", 0),
        (
            "Id=\"CustTable\" AxTableName=\"CustTable\" TargetTableName=\"T\" OverrideTarget=\"true\"",
            1,
        ),
    ] {
        let texts = vec![seed("Seed", &subjob(attributes, &["Code"]))];
        assert_eq!(found("CDX716", &texts).len(), count, "{attributes}");
    }
}
