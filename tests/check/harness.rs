//! Repositories in memory, and what is said of them.

use std::fmt::Write as _;

use cdx::check::facts::Facts;
use cdx::check::rules::RULES;
use cdx::check::{Request, examine};
use cdx::diagnosis::{Diagnosis, Finding};
use cdx::extension::repository::Repository;
use serde_json::Value;

/// Texts by the names that their files are to have.
pub type Texts = Vec<(String, String)>;

/// What is known of texts.
pub fn facts(texts: &Texts) -> Facts {
    let texts = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Facts::of(Repository::of_texts(texts), &[]).unwrap()
}

/// What one rule says.
pub fn only(code: &str, facts: &Facts) -> Diagnosis {
    let code = RULES.iter().map(|rule| rule.header.code).find(|own| *own == code).unwrap();
    examine(facts, &Request { only: vec![code], ..Request::default() })
}

/// What one rule finds, each with its severity.
pub fn found(code: &str, texts: &Texts) -> Vec<String> {
    let findings = only(code, &facts(texts)).findings;
    findings.iter().map(|finding| format!("{} {}", finding.severity, finding.title)).collect()
}

/// What one rule could not judge.
pub fn unjudged(code: &str, texts: &Texts) -> Vec<String> {
    only(code, &facts(texts)).rules.remove(0).reasons
}

/// A finding in one line: code, severity, place and title.
pub fn line(finding: &Finding) -> String {
    let subject = serde_json::to_value(&finding.subject).unwrap();
    let text = |key: &str| subject[key].as_str().unwrap_or_default().to_owned();
    let place = match (&subject["line"], &subject["column"]) {
        (Value::Number(line), Value::Number(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    };
    let Finding { code, severity, title, .. } = finding;
    format!("{code} {severity} {}{place} {title}", text("file"))
}

/// A document of seed data with these elements in it.
pub fn seed(name: &str, inner: &str) -> (String, String) {
    let text = format!("<RetailCdxSeedData Name=\"AX7\" ChannelDBSchema=\"ext\">{inner}");
    (format!("{name}.xml"), format!("{text}</RetailCdxSeedData>"))
}

/// A subjob with its attributes and fields, `Area`, `Colour>COLOR`.
pub fn subjob(attributes: &str, fields: &[&str]) -> String {
    let mut text = format!("<Subjobs><Subjob {attributes}><AxFields>");
    for field in fields {
        let (from, to) = field.split_once('>').unwrap_or((field, ""));
        let to = if to.is_empty() { String::new() } else { format!(" ToName=\"{to}\"") };
        write!(text, "<Field Name=\"{from}\"{to}/>").unwrap();
    }
    text + "</AxFields></Subjob></Subjobs>"
}

/// A table of headquarters: its fields as `Code:10`, `Code:Type`, `Count`; its unique indexes as
/// `Code+Area`.
pub fn table(name: &str, fields: &[&str], unique: &[&str], company: bool) -> (String, String) {
    let mut text = format!("<AxTable><Name>{name}</Name>");
    if !company {
        text += "<SaveDataPerCompany>No</SaveDataPerCompany>";
    }
    text += "<Fields>";
    text += &fields.iter().map(|one| field(one)).collect::<String>();
    text += "</Fields><Indexes>";
    for (at, index) in unique.iter().enumerate() {
        let (index, duplicates) = match index.strip_prefix('~') {
            Some(index) => (index, "<AllowDuplicates>Yes</AllowDuplicates>"),
            None => (*index, ""),
        };
        let names = index.split('+').map(|name| {
            format!("<AxTableIndexField><DataField>{name}</DataField></AxTableIndexField>")
        });
        let names = names.collect::<String>();
        let head = format!("<AxTableIndex><Name>I{at}</Name>{duplicates}");
        write!(text, "{head}<Fields>{names}</Fields></AxTableIndex>").unwrap();
    }
    (format!("AxTable/{name}.xml"), text + "</Indexes></AxTable>")
}

/// What extends a table of headquarters.
pub fn extension(name: &str, fields: &[&str]) -> (String, String) {
    let fields = fields.iter().map(|one| field(one)).collect::<String>();
    let text = format!("<Name>{name}.Contoso</Name><Fields>{fields}</Fields>");
    let file = format!("AxTableExtension/{name}.Contoso.xml");
    (file, format!("<AxTableExtension>{text}</AxTableExtension>"))
}

fn field(one: &str) -> String {
    let (name, about) = one.split_once(':').unwrap_or((one, "Int"));
    let (kind, about) = match (about, about.parse::<i64>()) {
        ("Int" | "Int64" | "Real" | "Date", _) => (about, String::new()),
        ("", _) => ("String", String::new()),
        (size, Ok(_)) => ("String", format!("<StringSize>{size}</StringSize>")),
        (of, Err(_)) => ("String", format!("<ExtendedDataType>{of}</ExtendedDataType>")),
    };
    format!("<AxTableField type=\"AxTableField{kind}\"><Name>{name}</Name>{about}</AxTableField>")
}

/// An extended data type: `Code:20`, or `Code<Other`.
pub fn data_type(one: &str) -> (String, String) {
    let (name, about) = match (one.split_once(':'), one.split_once('<')) {
        (Some((name, size)), _) => (name, format!("<StringSize>{size}</StringSize>")),
        (_, Some((name, other))) => (name, format!("<Extends>{other}</Extends>")),
        _ => (one, String::new()),
    };
    let text = format!("<AxEdt><Name>{name}</Name>{about}</AxEdt>");
    (format!("AxEdt/{name}.xml"), text)
}

/// A script of the one project that there is.
pub fn script(name: &str, text: &str) -> (String, String) {
    (format!("ChannelDatabase/{name}.sql"), text.to_owned())
}
