//! Headquarters' tables from the metadata of an extension's model, and base tables of the product
//! that the tool does not have and seed data extends.

use super::own_note::SourceNote;
use crate::extension::base;
use crate::extension::hq::{HqField, HqTable, HqTables, Length, is_recid};
use crate::extension::repository::{FieldKind, Repository, SeedData, SeedField, SeedSubjob};
use crate::extension::schema::{Schema, SchemaTable};
use crate::extension::script::{
    ColumnType, Default, Generated, KeyKind, Literal, NewColumn, NewKey,
};
use crate::model::job::DATAAREAID;
use crate::model::source::{Located, Span};

/// The schema of headquarters' tables, which have none.
const DBO: &str = "dbo";
/// What stands in two columns of every row of headquarters.
const ALWAYS: &[(&str, &str)] = &[("PARTITION", "5637144576"), ("RECVERSION", "1")];
/// The job that brings channels' transactions up.
const UPLOAD_JOB: &str = "P-0001";
/// Where the product keeps its own tables in a channel.
const AX: &str = "ax";

/// Adds both to what the scripts make; the subjobs of those base tables, where there are any.
pub(super) fn add(
    repository: &mut Repository,
    (hq, channel): &mut (&mut Schema, &mut Schema),
    notes: &mut Vec<SourceNote>,
) -> Option<SeedData> {
    if repository.seeds.is_empty() && repository.tables.is_empty() {
        return None;
    }
    let list = base::shipped(&mut repository.sources);
    let mut listed = Schema::default();
    listed.run([&list], true);
    let mut subjobs = Vec::new();
    for base in extended(repository, &listed) {
        if channel.table(AX, &base.name).is_some_and(|known| known.base) {
            continue;
        }
        subjobs.push(subjob_of(base));
        if channel.table(AX, &base.name).is_none() {
            channel.add(SchemaTable { base: false, ..base.clone() });
        }
        if hq.table(DBO, &base.name).is_none() {
            hq.add(of_base(base));
        }
    }
    let declared_tables = HqTables::of(repository);
    for table in declared_tables.iter() {
        let like = listed.table(AX, &table.name.value);
        let declared = declared(table, like);
        match hq.table_mut(DBO, &table.name.value) {
            Some(found) => found.take_in(declared.columns),
            None => hq.add(declared),
        }
    }
    let whole = |name: &str| declared_tables.get(name).is_some_and(|table| table.whole);
    for subjob in repository.seeds.iter().flat_map(|seed| &seed.subjobs) {
        if !whole(&subjob.table.as_ref().unwrap_or(&subjob.id).value) {
            notes.extend(take_on_trust(repository, subjob, hq, channel));
        }
    }
    let span = Span::new(list.source, 0..0);
    let seed = SeedData { span, schema: None, jobs: Vec::new(), subjobs };
    Some(seed).filter(|seed| !seed.subjobs.is_empty())
}

/// The subjob that the product has for a base table: every column; what counts its rows goes up.
fn subjob_of(base: &SchemaTable) -> SeedSubjob {
    let at = |text: &str| Located::new(text.to_owned(), base.span);
    let counter = base.columns.iter().find(|column| column.is_identity());
    let kept = base.columns.iter().filter(|column| {
        !is_row_version(column) && !column.name.value.eq_ignore_ascii_case(DATAAREAID)
    });
    SeedSubjob {
        span: base.span,
        id: at(&base.name),
        table: Some(at(&base.name)),
        target: Some(at(&base.name)),
        target_schema: Some(at(AX)),
        upload: Some(Located::new(counter.is_some(), base.span)),
        counter: counter.map(|column| at(&column.name.value)),
        override_target: None,
        jobs: counter.map(|_| at(UPLOAD_JOB)).into_iter().collect(),
        fields: kept.map(|column| SeedField { name: at(&column.name.value), to: None }).collect(),
    }
}

/// Adds the fields of a subjob that a table of the product does not have here: the product has more
/// than the tool knows. Each is like the column that it is mapped to (assumed).
fn take_on_trust(
    repository: &Repository,
    subjob: &SeedSubjob,
    hq: &mut Schema,
    channel: &Schema,
) -> Vec<SourceNote> {
    let named = subjob.table.as_ref().unwrap_or(&subjob.id);
    let schemas = [subjob.target_schema.as_ref().map(|schema| schema.value.as_str()), Some("ext")];
    let target = subjob.target.as_ref().unwrap_or(named);
    let target = schemas.into_iter().flatten().find_map(|s| channel.table(s, &target.value));
    let (Some(table), Some(target)) = (hq.table_mut(DBO, &named.value), target) else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    for field in &subjob.fields {
        let to = field.to.as_ref().unwrap_or(&field.name);
        let Some(column) = target.column(&to.value) else { continue };
        if table.column(&field.name.value).is_some() {
            continue;
        }
        let span = field.name.span;
        let column_type = column.column_type.value.clone();
        let what = format!(
            "{} of {} is not known to cdx and not declared; it is taken to be {column_type}, like \
             {}.{} (assumed)",
            field.name.value,
            table.name,
            target.dotted(),
            to.value
        );
        notes.push(SourceNote::of(&repository.sources, span, what));
        table.columns.push(NewColumn {
            name: Located::new(field.name.value.to_uppercase(), span),
            default: Some(empty(&column_type, span)),
            column_type: Located::new(column_type, span),
            nullable: Some(Located::new(false, span)),
            generated: None,
            collation: None,
        });
    }
    notes
}

/// The base tables that subjobs are merged into: those that name no table of headquarters.
fn extended<'b>(repository: &Repository, listed: &'b Schema) -> Vec<&'b SchemaTable> {
    let subjobs = repository.seeds.iter().flat_map(|seed| &seed.subjobs);
    let merged = subjobs.filter(|subjob| subjob.table.is_none());
    merged.filter_map(|subjob| listed.table(AX, &subjob.id.value)).collect()
}

/// Headquarters' namesake of a base table: the same columns, with a number of its own for each row.
fn of_base(base: &SchemaTable) -> SchemaTable {
    let mut table = SchemaTable {
        schema: DBO.to_owned(),
        base: false,
        columns: base.columns.iter().filter(|column| !is_row_version(column)).cloned().collect(),
        ..base.clone()
    };
    for column in &mut table.columns {
        column.generated = None;
        column.default.get_or_insert_with(|| empty(&column.column_type.value, base.span));
    }
    for key in table.keys.iter_mut().filter(|key| key.kind == KeyKind::Primary) {
        key.kind = KeyKind::Unique;
    }
    table.number_rows(base.span);
    table
}

fn is_row_version(column: &NewColumn) -> bool {
    column.generated.as_ref().is_some_and(|made| made.value == Generated::RowVersion)
}

/// A table as its metadata declares it; `like` is the product's namesake in the channel, whose
/// lengths stand for those of types that are not in the repository.
fn declared(table: &HqTable, like: Option<&SchemaTable>) -> SchemaTable {
    let span = table.name.span;
    let mut made = SchemaTable {
        schema: DBO.to_owned(),
        name: table.name.value.to_uppercase(),
        span,
        base: false,
        columns: table.fields.iter().map(|field| column(field, like)).collect(),
        keys: Vec::new(),
        grants: Vec::new(),
    };
    if !table.whole {
        return made;
    }
    let company = table.per_company == Some(true);
    for key in table.keys.iter().filter(|key| !is_of_recid(&key.fields)) {
        let names = key.fields.iter().map(String::as_str).chain(company.then_some(DATAAREAID));
        let columns = names.map(|name| Located::new(name.to_uppercase(), key.span)).collect();
        let name = Some(Located::new(key.name.clone(), key.span));
        made.keys.push(NewKey {
            name,
            kind: KeyKind::Unique,
            columns,
            partial: false,
            span: key.span,
        });
    }
    made.number_rows(span);
    made
}

fn is_of_recid(fields: &[String]) -> bool {
    matches!(fields, [only] if is_recid(only))
}

fn column(field: &HqField, like: Option<&SchemaTable>) -> NewColumn {
    let span = field.name.span;
    let column_type = match (field.kind, &field.length) {
        (FieldKind::Text, Length::Characters { most, .. }) => ColumnType::Text(Some(*most)),
        (FieldKind::Text, Length::Any { .. }) => ColumnType::Text(None),
        (FieldKind::Text, _) => {
            let namesake = like.and_then(|table| table.column(&field.name.value));
            namesake.map_or(ColumnType::Text(None), |column| column.column_type.value.clone())
        }
        (FieldKind::Int | FieldKind::Enum, _) => ColumnType::Int,
        (FieldKind::Int64, _) => ColumnType::BigInt,
        (FieldKind::Real, _) => ColumnType::Numeric(32, 16),
        (FieldKind::Date, _) => ColumnType::Date,
        (FieldKind::DateTime, _) => ColumnType::DateTime,
        (FieldKind::Guid, _) => ColumnType::Guid,
        (FieldKind::Other, _) => ColumnType::Binary(None),
    };
    let always = ALWAYS.iter().find(|(name, _)| field.name.value.eq_ignore_ascii_case(name));
    let value = always.map(|(_, value)| Literal::Number((*value).to_owned()));
    NewColumn {
        default: Some(
            value.map_or_else(|| empty(&column_type, span), |value| Default { value, span }),
        ),
        name: Located::new(field.name.value.to_uppercase(), span),
        column_type: Located::new(column_type, span),
        nullable: Some(Located::new(false, span)),
        generated: None,
        collation: None,
    }
}

/// The empty value that headquarters keeps where nothing is said.
fn empty(column_type: &ColumnType, span: Span) -> Default {
    let value = match column_type {
        ColumnType::Text(_) => Literal::Text(String::new()),
        ColumnType::Int | ColumnType::BigInt | ColumnType::Numeric(..) | ColumnType::Float => {
            Literal::Number("0".to_owned())
        }
        _ => Literal::Expression(String::new()),
    };
    Default { value, span }
}

impl SchemaTable {
    /// Gives every row a number, RECID, as each table of headquarters has one.
    fn number_rows(&mut self, span: Span) {
        let recid = Located::new("RECID".to_owned(), span);
        let columns = vec![recid.clone()];
        let name = None;
        self.keys.push(NewKey { name, kind: KeyKind::Primary, columns, partial: false, span });
        if self.column("RECID").is_none() {
            self.columns.insert(
                0,
                NewColumn {
                    name: recid,
                    column_type: Located::new(ColumnType::BigInt, span),
                    nullable: Some(Located::new(false, span)),
                    default: None,
                    generated: None,
                    collation: None,
                },
            );
        }
    }

    /// Takes in columns that it does not have.
    fn take_in(&mut self, columns: Vec<NewColumn>) {
        for column in columns {
            if self.column(&column.name.value).is_none() {
                self.columns.push(column);
            }
        }
    }
}
