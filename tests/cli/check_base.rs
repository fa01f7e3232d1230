//! The base tables of `cdx check`: of a dacpac that is named, or of the newest in the NuGet folder.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::check::repository;
use super::harness::{Env, Run, program};

/// A column of a model: its name, its type, and what else is said of it.
fn column(name: &str, kind: &str, about: &str, of_type: &str) -> String {
    format!(
        "<Entry><Element Type=\"SqlSimpleColumn\" Name=\"[ax].[CONTOSOBASE].[{name}]\">{about}\
         <Relationship Name=\"TypeSpecifier\"><Entry><Element Type=\"SqlTypeSpecifier\">{of_type}\
         <Relationship Name=\"Type\"><Entry><References ExternalSource=\"BuiltIns\" Name=\"[{kind}]\" \
         /></Entry></Relationship></Element></Entry></Relationship></Element></Entry>\n"
    )
}

fn property(name: &str, value: &str) -> String {
    format!("<Property Name=\"{name}\" Value=\"{value}\" />")
}

fn key(kind: &str, name: &str, column: &str) -> String {
    format!(
        "<Element Type=\"{kind}\" Name=\"[ax].[{name}]\"><Relationship Name=\"ColumnSpecifications\">\
         <Entry><Element Type=\"SqlIndexedColumnSpecification\"><Relationship Name=\"Column\"><Entry>\
         <References Name=\"[ax].[CONTOSOBASE].[{column}]\" /></Entry></Relationship></Element></Entry>\
         </Relationship><Relationship Name=\"DefiningTable\"><Entry><References \
         Name=\"[ax].[CONTOSOBASE]\" /></Entry></Relationship></Element>\n"
    )
}

/// A model with one base table, whose key comes before it, a default, and a view beside it.
fn model() -> String {
    let not_null = property("IsNullable", "False");
    let columns = [
        column("RECID", "bigint", &not_null, ""),
        column("DATAAREAID", "nvarchar", &not_null, &property("Length", "4")),
        column("CODE", "nvarchar", &not_null, &property("Length", "10")),
        column("NOTE", "nvarchar", "", &property("IsMax", "True")),
        column(
            "AMOUNT",
            "numeric",
            &not_null,
            &(property("Precision", "32") + &property("Scale", "6")),
        ),
        column("COUNTER", "bigint", &(not_null.clone() + &property("IsIdentity", "True")), ""),
        column("ROWVER", "timestamp", &not_null, ""),
    ];
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<DataSchemaModel FileFormatVersion=\"1.2\" \
         xmlns=\"http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02\">\n<Header />\n\
         <Model>\n<Element Type=\"SqlDefaultConstraint\" Name=\"[ax].[DF_AMOUNT]\"><Property \
         Name=\"DefaultExpressionScript\"><Value><![CDATA[((0))]]></Value></Property><Relationship \
         Name=\"ForColumn\"><Entry><References Name=\"[ax].[CONTOSOBASE].[AMOUNT]\" /></Entry>\
         </Relationship></Element>\n{}<Element Type=\"SqlProcedure\" Name=\"[ax].[P]\"><Element \
         Type=\"SqlTable\" Name=\"[ax].[NOT]\" /></Element>\n<Element Type=\"SqlTable\" \
         Name=\"[ax].[CONTOSOBASE]\"><Relationship Name=\"Columns\">\n{}</Relationship></Element>\n\
         {}<Element Type=\"SqlView\" Name=\"[crt].[V]\"><Relationship Name=\"Columns\"><Entry><Element \
         Type=\"SqlComputedColumn\" Name=\"[crt].[V].[A]\" /></Entry></Relationship></Element>\n\
         </Model></DataSchemaModel>",
        key("SqlPrimaryKeyConstraint", "I_CONTOSOBASE", "RECID"),
        columns.concat(),
        key("SqlUniqueConstraint", "UQ", "CODE"),
    )
}

fn packed(path: &Path, files: &[(&str, &str)]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// A subjob into the base table of the model, whose field is longer than its column.
fn extending() -> Env {
    let seed = "<RetailCdxSeedData Name=\"AX7\" ChannelDBSchema=\"ext\">\n <Subjobs>\n  \
        <Subjob Id=\"ContosoBase\" AxTableName=\"ContosoBase\" TargetTableName=\"CONTOSOBASE\" \
        TargetTableSchema=\"ax\">\n   <ScheduledByJobs><ScheduledByJob>1010</ScheduledByJob>\
        </ScheduledByJobs>\n   <AxFields>\n    <Field Name=\"Code\"/>\n   </AxFields>\n  </Subjob>\n \
        </Subjobs>\n</RetailCdxSeedData>\n";
    let table = "<AxTable>\n <Name>ContosoBase</Name>\n <Fields>\n  <AxTableField \
        xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:type=\"AxTableFieldString\">\n   \
        <Name>Code</Name>\n   <StringSize>20</StringSize>\n  </AxTableField>\n </Fields>\n</AxTable>\n";
    repository(&[("CDX/Seed.xml", seed), ("Model/AxTable/ContosoBase.xml", table)])
}

#[test]
fn a_dacpac_has_the_base_tables() {
    let env = extending();
    packed(&env.path().join("base/b.dacpac"), &[("Origin.xml", "<a/>"), ("model.xml", &model())]);
    let words = "check --only CDX702,CDX704,CDX706";
    // Without it the table is on no list.
    let report = env.run(&format!("{words} --format json")).json();
    let codes: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert!(!codes.contains(&"CDX704"), "{report:#}");
    let run = env.run(&format!("{words} --base base/b.dacpac")).expect(1);
    insta::assert_snapshot!(run.text(), @r#"
    exit 1
    --- stdout
    error[CDX704]: ContosoBase.Code can have 20 characters, and ax.CONTOSOBASE.CODE has room for 10
     --> Model/AxTable/ContosoBase.xml:6:16
      |
    6 |    <StringSize>20</StringSize>
      |                ^^ 20 characters here
      |
     ::: base/b.dacpac:4:12
      |
    4 |     [CODE] nvarchar(10) NOT NULL,
      |            ------------ nvarchar(10) here
      |
     ::: CDX/Seed.xml:6:18
      |
    6 |     <Field Name="Code"/>
      |                  ---- mapped here
      |
      = seen: the field says 20 characters
      = effect: a longer value fails the whole session
      = help: Make the column longer by a new script, or give the field the type or the length of the column.
      = more: cdx explain CDX704

    judged: 1 subjob, 1 table, 0 scripts; base tables: base/b.dacpac
    3 checks: 2 passed, 1 failed, 0 crashed; 0 skipped
    1 error, 0 warnings, 0 infos
    --- stderr
    "#);
}

#[test]
fn what_is_no_dacpac_is_refused() {
    let env = extending();
    env.write("text.dacpac", "hello");
    fs::create_dir(env.path().join("folder.dacpac")).unwrap();
    packed(&env.path().join("other.dacpac"), &[("a.txt", "a")]);
    packed(&env.path().join("cut.dacpac"), &[("model.xml", &model()[..900])]);
    packed(
        &env.path().join("empty.dacpac"),
        &[("Model.XML", "<DataSchemaModel></DataSchemaModel>")],
    );
    for (name, why) in [
        ("text.dacpac", "not a zip"),
        ("folder.dacpac", "is a folder"),
        ("nowhere.dacpac", "nowhere.dacpac"),
        ("other.dacpac", "it has no model.xml"),
        ("cut.dacpac", "model.xml: "),
        ("empty.dacpac", "model.xml has no tables"),
    ] {
        let run = env.run(&format!("check --base {name} --format json")).expect(2);
        let error = &run.json()["error"];
        assert_eq!(error["code"], "base", "{error:#}");
        assert!(error["message"].as_str().unwrap().contains(why), "{error:#}");
    }
}

#[test]
fn the_newest_package_of_the_nuget_folder_is_taken_and_named() {
    let env = extending();
    let package = "microsoft.dynamics.commerce.database.channel";
    let file = "contentFiles/any/any/CommerceRuntimeScripts.dacpac";
    for version in ["9.52.1", "9.52.10", "9.60.1-preview"] {
        let path = env.path().join(format!(".nuget/packages/{package}/{version}/{file}"));
        packed(&path, &[("model.xml", &model())]);
    }
    let base = |run: &Run| run.json()["base"].as_str().unwrap().to_owned();
    let named = base(&env.run("check --format json"));
    assert!(named.ends_with(&format!("{package}/9.60.1-preview/{file}")), "{named}");
    // Another folder, with a damaged file in it, which is said.
    let other = env.path().join(format!("packages/{package}/1.0.0/{file}"));
    fs::create_dir_all(other.parent().unwrap()).unwrap();
    fs::write(&other, "hello").unwrap();
    let mut command = program(env.path());
    command.env("NUGET_PACKAGES", env.path().join("packages"));
    let run = Run::of(command.args(["check", "--format", "json"]).output().unwrap());
    let named = base(&run);
    assert!(named.starts_with("the shipped list of base tables ("), "{named}");
    assert!(named.contains("not a zip"), "{named}");
}
