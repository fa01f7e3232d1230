//! What each subjob of the seed data is mapped to: what it says itself, and what it takes from the
//! subjob that it is merged into (S03).

use std::collections::BTreeMap;

use crate::diagnosis::{Findings, Unknown};
use crate::extension::repository::{Repository, SeedData, SeedSubjob};
use crate::extension::schema::Schema;
use crate::model::job::{Definitions, Direction};
use crate::model::source::{Located, Span};

/// The column that uploads are read by, under its usual name.
pub(super) const COUNTER: &str = "REPLICATIONCOUNTERFROMORIGIN";

/// A subjob of the seed data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedSubjob {
    /// Its id.
    pub id: Located<String>,
    /// Its start tag.
    pub span: Span,
    /// Headquarters' table: the one it names, or the one of the subjob that it is merged into, or
    /// else the one of its own name. The place is where that stands.
    pub table: Located<String>,
    /// Whether it is a new subjob: it names its table. Others are merged into one that exists, of
    /// the product or of other seed data.
    pub is_new: bool,
    /// The table of the channel that it writes or reads.
    pub target: TargetName,
    /// Of a subjob that is merged into one that exists the table that this one has, where its
    /// target is another one: the target extends that table (S06).
    pub extends: Option<TargetName>,
    /// Which way rows go; none where it is merged into a subjob that nothing is known of.
    pub direction: Option<Direction>,
    /// The fields that it maps itself.
    pub fields: Vec<MappedField>,
    /// The replication counter, in headquarters' name.
    pub counter: Option<Located<String>>,
    /// What it says of `OverrideTarget`.
    pub override_target: Option<Located<bool>>,
    /// The jobs that it says schedule it.
    pub jobs: Vec<Located<String>>,
}

/// A table of the channel by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetName {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Where it is named, or what names it.
    pub span: Span,
}

/// A field, and the column that it is mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedField {
    /// Headquarters' field.
    pub from: Located<String>,
    /// The channel's column; the place is the field's where no other name is given.
    pub to: Located<String>,
}

/// A subjob that another one is merged into.
#[derive(Debug, Clone)]
struct Existing {
    table: String,
    target: (String, String),
    direction: Option<Direction>,
    /// Where seed data declares it; none of one of the product.
    declared: Option<Span>,
}

impl TargetName {
    /// The table as people write it, `ext.T`.
    pub(super) fn dotted(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Whether it is the same table, in any case.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.schema.eq_ignore_ascii_case(&other.schema)
            && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl MappedSubjob {
    /// Whether it is known which way its rows go; that it is not is said.
    pub(super) fn has_direction(&self, findings: &mut Findings) -> bool {
        if self.direction.is_none() {
            let why = "merged into a subjob of which it is not known which way its rows go";
            findings.unjudged(&format!("subjob {}", self.id.value), &Unknown(why.to_owned()));
        }
        self.direction.is_some()
    }

    /// Whether headquarters' rows go to the channel by it, and not the other way.
    pub(super) fn is_download(&self) -> bool {
        self.direction == Some(Direction::Download)
    }

    /// Whether the channel's rows go to headquarters by it.
    pub(super) fn is_upload(&self) -> bool {
        self.direction == Some(Direction::Upload)
    }
}

/// Every subjob of every document, in order.
pub(super) fn of(
    repository: &Repository,
    shipped: &Definitions,
    base: &Schema,
) -> Vec<MappedSubjob> {
    let seeds = repository.seeds.iter();
    let all: Vec<(&SeedData, &SeedSubjob)> =
        seeds.flat_map(|seed| seed.subjobs.iter().map(move |one| (seed, one))).collect();
    let mut existing: BTreeMap<String, Existing> = BTreeMap::new();
    for (seed, subjob) in &all {
        let id = subjob.id.value.to_lowercase();
        if existing.contains_key(&id) {
            continue;
        }
        if let Some(known) = of_product(&subjob.id.value, shipped, base) {
            existing.insert(id, known);
        } else if let Some(table) = &subjob.table {
            existing.insert(id, declared(seed, subjob, table));
        }
    }
    all.into_iter()
        .map(|(seed, subjob)| match existing.get(&subjob.id.value.to_lowercase()) {
            Some(known) => map(seed, subjob, known),
            None => map(seed, subjob, &guessed(subjob)),
        })
        .collect()
}

/// A subjob of the product: of the shipped definitions, or one that is called as the base table
/// that it is of, which is an upload where that table has a replication counter.
fn of_product(id: &str, shipped: &Definitions, base: &Schema) -> Option<Existing> {
    if let Some(known) = shipped.subjobs.iter().find(|known| known.id.eq_ignore_ascii_case(id)) {
        let target = known.targets.first()?;
        return Some(Existing {
            table: known.table.clone(),
            target: (target.schema.clone(), target.table.clone()),
            direction: Some(known.direction),
            declared: None,
        });
    }
    let table = base.table("ax", id)?;
    let uploads = table.column(COUNTER).is_some();
    Some(Existing {
        table: id.to_owned(),
        target: (table.schema.clone(), table.name.clone()),
        direction: Some(direction(uploads)),
        declared: None,
    })
}

fn direction(uploads: bool) -> Direction {
    if uploads { Direction::Upload } else { Direction::Download }
}

/// A subjob that seed data declares.
fn declared(seed: &SeedData, subjob: &SeedSubjob, table: &Located<String>) -> Existing {
    let uploads = match &subjob.upload {
        Some(said) => said.value,
        None => subjob.counter.is_some(),
    };
    let target = target(seed, subjob, table);
    Existing {
        table: table.value.clone(),
        target: (target.schema, target.name),
        direction: Some(direction(uploads)),
        declared: Some(subjob.span),
    }
}

/// A subjob that is on no list: it is taken to be of the product, and of its table's name.
fn guessed(subjob: &SeedSubjob) -> Existing {
    let table = subjob.id.value.clone();
    let direction = match (&subjob.upload, &subjob.counter) {
        (Some(said), _) if !said.value => Some(Direction::Download),
        (None, None) => None,
        _ => Some(Direction::Upload),
    };
    Existing { target: ("ax".to_owned(), table.clone()), table, direction, declared: None }
}

/// The table that a subjob names, or the namesake of headquarters' table.
fn target(seed: &SeedData, subjob: &SeedSubjob, table: &Located<String>) -> TargetName {
    let schema = subjob.target_schema.as_ref().or(seed.schema.as_ref());
    let name = subjob.target.as_ref().unwrap_or(table);
    TargetName {
        schema: schema.map_or_else(|| "ext".to_owned(), |schema| schema.value.clone()),
        name: name.value.clone(),
        span: name.span,
    }
}

fn map(seed: &SeedData, subjob: &SeedSubjob, known: &Existing) -> MappedSubjob {
    let id = &subjob.id;
    let is_new = known.declared == Some(subjob.span);
    // The name as the user writes it, where it is the same.
    let same = known.table.eq_ignore_ascii_case(&id.value);
    let inherited = if same { &id.value } else { &known.table };
    let table = subjob.table.clone();
    let table = table.unwrap_or_else(|| Located::new(inherited.clone(), id.span));
    let (schema, name) = known.target.clone();
    let primary = TargetName { schema, name, span: id.span };
    let named = is_new || subjob.target.is_some() || subjob.target_schema.is_some();
    let target = if named { target(seed, subjob, &table) } else { primary.clone() };
    let said = subjob.upload.as_ref().map(|said| direction(said.value));
    let fields = subjob.fields.iter().map(|field| MappedField {
        from: field.name.clone(),
        to: field.to.clone().unwrap_or_else(|| field.name.clone()),
    });
    MappedSubjob {
        id: id.clone(),
        span: subjob.span,
        is_new,
        extends: (!is_new && !primary.is(&target)).then_some(primary),
        target,
        direction: said.or(known.direction),
        fields: fields.collect(),
        counter: subjob.counter.clone(),
        override_target: subjob.override_target.clone(),
        jobs: subjob.jobs.clone(),
        table,
    }
}
