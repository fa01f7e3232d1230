//! What each subjob of the seed data is mapped to: what it says itself, and what it takes from the
//! subjob that it is merged into (S03).

use crate::extension::repository::{Repository, SeedData, SeedSubjob};
use crate::model::job::{Definitions, Direction};
use crate::model::source::{Located, Span};

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
    /// Whether it is a new subjob: it names its table. Others are merged into one that exists.
    pub is_new: bool,
    /// The table of the channel that it writes or reads.
    pub target: TargetName,
    /// Of a subjob that is merged into one that exists the table that this one has, where its
    /// target is another one: the target extends that table (S06).
    pub extends: Option<TargetName>,
    /// Which way rows go.
    pub direction: Direction,
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

impl TargetName {
    /// The table as people write it, `ext.T`.
    pub fn dotted(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    fn is(&self, other: &Self) -> bool {
        self.schema.eq_ignore_ascii_case(&other.schema)
            && self.name.eq_ignore_ascii_case(&other.name)
    }
}

/// Every subjob of every document, in order.
pub(super) fn of(repository: &Repository, shipped: &Definitions) -> Vec<MappedSubjob> {
    let seeds = repository.seeds.iter();
    seeds.flat_map(|seed| seed.subjobs.iter().map(move |one| map(seed, one, shipped))).collect()
}

fn map(seed: &SeedData, subjob: &SeedSubjob, shipped: &Definitions) -> MappedSubjob {
    let id = &subjob.id;
    let known = shipped.subjobs.iter().find(|known| known.id.eq_ignore_ascii_case(&id.value));
    let is_new = known.is_none() && subjob.table.is_some();
    let table = subjob.table.clone().unwrap_or_else(|| {
        let table = known.map_or(&id.value, |known| &known.table);
        Located::new(table.clone(), id.span)
    });
    let usual = seed.schema.as_ref().map_or("ext", |schema| schema.value.as_str());
    // What the product itself reads or writes: of a subjob that is not known its table's namesake.
    let primary = (!is_new).then(|| {
        let target = known.and_then(|known| known.targets.first());
        TargetName {
            schema: target.map_or_else(|| "ax".to_owned(), |target| target.schema.clone()),
            name: target.map_or_else(|| table.value.clone(), |target| target.table.clone()),
            span: id.span,
        }
    });
    let named = subjob.target.is_some() || subjob.target_schema.is_some();
    let target = match &primary {
        Some(primary) if !named => primary.clone(),
        _ => TargetName {
            schema: subjob
                .target_schema
                .as_ref()
                .map_or_else(|| usual.to_owned(), |schema| schema.value.clone()),
            name: subjob.target.as_ref().map_or_else(|| table.value.clone(), |t| t.value.clone()),
            span: subjob.target.as_ref().map_or(table.span, |target| target.span),
        },
    };
    let uploads = match (&subjob.upload, known) {
        (Some(said), _) => said.value,
        (None, Some(known)) => known.direction == Direction::Upload,
        (None, None) => subjob.counter.is_some(),
    };
    MappedSubjob {
        id: id.clone(),
        span: subjob.span,
        is_new,
        extends: primary.filter(|primary| !primary.is(&target)),
        target,
        direction: if uploads { Direction::Upload } else { Direction::Download },
        fields: subjob
            .fields
            .iter()
            .map(|field| MappedField {
                from: field.name.clone(),
                to: field.to.clone().unwrap_or_else(|| field.name.clone()),
            })
            .collect(),
        counter: subjob.counter.clone(),
        override_target: subjob.override_target.clone(),
        jobs: subjob.jobs.clone(),
        table,
    }
}
