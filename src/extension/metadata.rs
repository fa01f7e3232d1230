//! Reads the metadata of an X++ model: tables, what extends them, types, resources and handlers.

use super::repository::{
    FieldKind, FieldMetadata, Handler, IndexMetadata, Resource, TableMetadata, TypeMetadata,
};
use super::xml::{Element, is_yes};
use crate::model::source::{Located, Span};

/// Reads an `AxTable`, or an `AxTableExtension`, whose name is the table's up to the first dot.
pub(super) fn table(root: Element<'_>) -> Option<TableMetadata> {
    let extends = root.is("AxTableExtension");
    let mut name = root.text_of("Name")?;
    if extends && let Some((table, _)) = name.value.split_once('.') {
        let end = name.span.start + table.len();
        name = Located::new(table.to_owned(), Span { end, ..name.span });
    }
    let yes = |name: &'static str| {
        let found = root.text_of(name)?;
        Some(Located::new(is_yes(&found.value), found.span))
    };
    let recorded = ["CreatedBy", "CreatedDateTime", "ModifiedBy", "ModifiedDateTime"];
    let recorded = recorded.into_iter().filter_map(|name| {
        let said = yes(name).filter(|said| said.value)?;
        Some(Located::new(name.to_owned(), said.span))
    });
    Some(TableMetadata {
        extends,
        per_company: yes("SaveDataPerCompany"),
        fields: fields(root).collect(),
        recorded: recorded.collect(),
        indexes: root.all("Indexes").flat_map(|list| list.elements().filter_map(index)).collect(),
        primary_index: root.text_of("PrimaryIndex"),
        clustered_index: root.text_of("ClusteredIndex"),
        name,
    })
}

fn fields(root: Element<'_>) -> impl Iterator<Item = FieldMetadata> {
    root.all("Fields").flat_map(|list| list.elements().filter_map(field))
}

fn field(element: Element<'_>) -> Option<FieldMetadata> {
    let kind = element.attribute("type").map(|found| found.value);
    let kind = kind.unwrap_or_else(|| element.node.tag_name().name().to_owned());
    Some(FieldMetadata {
        name: element.text_of("Name")?,
        kind: field_kind(&kind),
        length: length(element),
        data_type: element.text_of("ExtendedDataType"),
    })
}

fn field_kind(name: &str) -> FieldKind {
    let kinds = [
        ("String", FieldKind::Text),
        ("Int64", FieldKind::Int64),
        ("Int", FieldKind::Int),
        ("Real", FieldKind::Real),
        ("UtcDateTime", FieldKind::DateTime),
        ("DateTime", FieldKind::DateTime),
        ("Date", FieldKind::Date),
        ("Time", FieldKind::Int),
        ("Enum", FieldKind::Enum),
        ("Guid", FieldKind::Guid),
    ];
    let lower = name.to_ascii_lowercase();
    let ends = |(word, _): &&(&str, FieldKind)| lower.ends_with(&word.to_ascii_lowercase());
    kinds.iter().find(ends).map_or(FieldKind::Other, |(_, kind)| *kind)
}

fn length(element: Element<'_>) -> Option<Located<u32>> {
    let found = element.text_of("StringSize")?;
    // A memo has no length; it is written as -1.
    let length = found.value.parse::<i64>().ok()?;
    Some(Located::new(u32::try_from(length).unwrap_or(u32::MAX), found.span))
}

fn index(element: Element<'_>) -> Option<IndexMetadata> {
    let fields = element
        .all("Fields")
        .flat_map(|list| list.elements().filter_map(|field| field.text_of("DataField")));
    Some(IndexMetadata {
        name: element.text_of("Name")?,
        allows_duplicates: element.text_of("AllowDuplicates").is_some_and(|t| is_yes(&t.value)),
        fields: fields.collect(),
    })
}

/// Reads an `AxEdt`.
pub(super) fn data_type(root: Element<'_>) -> Option<TypeMetadata> {
    let length = length(root);
    Some(TypeMetadata { name: root.text_of("Name")?, length, extends: root.text_of("Extends") })
}

/// Reads an `AxResource`; which document it holds is found out once everything is read.
pub(super) fn resource(root: Element<'_>) -> Option<Resource> {
    let last = |path: Located<String>| {
        path.value.rsplit(['\\', '/']).next().map(str::to_owned).filter(|name| !name.is_empty())
    };
    let file = root.text_of("FileName").and_then(last);
    let file = file.or_else(|| root.text_of("RelativeUriInModelStore").and_then(last));
    Some(Resource { name: root.text_of("Name")?, file, contents: Vec::new() })
}

/// The delegate that seed-data resources are added by.
const DELEGATE: &str = "registerCDXSeedDataExtension";

/// Reads the handlers of an `AxClass`: in each method that subscribes to the delegate, the
/// resources that it adds, and the resource that it asks for first.
pub(super) fn handlers(root: Element<'_>) -> Vec<Handler> {
    let mut found = Vec::new();
    let sources = root
        .node
        .descendants()
        .filter(|node| node.is_element() && node.tag_name().name().eq_ignore_ascii_case("Source"));
    for node in sources {
        let range = node.range();
        let code = without_comments(&root.node.document().input_text()[range.clone()]);
        if find(&code, DELEGATE, 0).is_some() {
            found.extend(added(&code, root, range.start));
        }
    }
    found
}

/// The text with its comments blanked, byte for byte, so that places stay.
fn without_comments(code: &str) -> String {
    let mut blank = code.as_bytes().to_vec();
    let mut at = 0;
    while at < blank.len() {
        let end = match &code.as_bytes()[at..] {
            [b'/', b'/', ..] => code.as_bytes()[at..].iter().position(|byte| *byte == b'\n'),
            [b'/', b'*', ..] => {
                let rest = &code.as_bytes()[at + 2..];
                rest.windows(2).position(|two| two == b"*/").map(|end| end + 4)
            }
            [quote @ (b'"' | b'\''), rest @ ..] => {
                // A text can hold what looks like a comment.
                let end = rest.iter().position(|byte| byte == quote || *byte == b'\n');
                at += end.map_or(rest.len(), |end| end + 1) + 1;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        let end = at + end.unwrap_or(code.len() - at);
        blank[at..end].fill(b' ');
        at = end;
    }
    String::from_utf8_lossy(&blank).into_owned()
}

fn find(code: &str, word: &str, from: usize) -> Option<usize> {
    let wanted = word.as_bytes();
    let rest = code.as_bytes().get(from..)?;
    let at = rest.windows(wanted.len()).position(|part| part.eq_ignore_ascii_case(wanted))?;
    Some(from + at)
}

/// Every `resourceStr(NAME)` of a method; some public code writes `classStr` where it compares.
fn added(code: &str, root: Element<'_>, offset: usize) -> Vec<Handler> {
    let mut handlers = Vec::new();
    let mut condition: Option<Located<String>> = None;
    let mut at = 0;
    loop {
        let next = ["resourceStr", "classStr"]
            .iter()
            .filter_map(|word| find(code, word, at).map(|found| (found, word.len())));
        let Some((found, length)) = next.min() else { break };
        at = found + length;
        let Some(name) = argument(code, at) else { continue };
        let span = Span::new(root.source, offset + name.start..offset + name.end);
        let named = Located::new(code[name.clone()].to_owned(), span);
        let before = code[..found].trim_end();
        let after = code[name.end..].trim_start().trim_start_matches(')').trim_start();
        let compares = |text: &str| text.starts_with("==") || text.starts_with("!=");
        if before.ends_with("==") || before.ends_with("!=") || compares(after) {
            condition = Some(named);
        } else if is_added(before) {
            handlers.push(Handler { resource: named, condition: condition.clone() });
        }
        at = name.end;
    }
    handlers
}

/// Whether what stands before a resource adds it to a list.
fn is_added(before: &str) -> bool {
    let Some(call) = before.strip_suffix('(') else { return false };
    let lower = call.trim_end().to_ascii_lowercase();
    ["addend", "addstart", "add"].iter().any(|word| lower.ends_with(word))
}

/// The name in the parentheses that open here.
fn argument(code: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let rest = &code[at..];
    let open = rest.find('(').filter(|open| rest[..*open].trim().is_empty())?;
    let close = rest[open..].find(')')? + open;
    let inner = &rest[open + 1..close];
    let name = inner.trim();
    let start = at + open + 1 + (inner.len() - inner.trim_start().len());
    (!name.is_empty()).then_some(start..start + name.len())
}
