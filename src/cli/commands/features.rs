//! `cdx features`: feature gates in headquarters, and what is in effect in the channels.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::gates::in_effect::InEffect;
use crate::gates::resolve::{Decision, FeatureRow, Features, Refusal, Status};
use crate::gates::{Catalogue, Gate};
use crate::model::version::Version;
use crate::report::page::{Page, Report, yes};
use crate::runtime::features::in_channels;
use crate::store::{Headquarters, features, world};

/// Show feature gates, and turn them on and off.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the features of this environment.
    List,
    /// Show a feature, and whether it is in effect in each channel.
    Show {
        /// The feature, by slug, display name (English or Spanish) or class.
        feature: String,
    },
    /// Turn a feature on in headquarters.
    Enable {
        /// The feature.
        feature: String,
        /// Turn its prerequisites on first.
        #[arg(long)]
        with_prerequisites: bool,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Turn a feature off in headquarters.
    Disable {
        /// The feature.
        feature: String,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

pub(in crate::cli) fn run(context: &mut Context, args: Args) -> Result<Exit, CommandError> {
    let catalogue = super::init::catalogue()?;
    match args.command {
        Command::List => list(context, &catalogue),
        Command::Show { feature } => show(context, &catalogue, &feature),
        Command::Enable { feature, with_prerequisites, dry_run } => {
            change(context, &catalogue, &feature, true, with_prerequisites, dry_run)
        }
        Command::Disable { feature, dry_run } => {
            change(context, &catalogue, &feature, false, false, dry_run)
        }
    }
}

/// Headquarters' rows and version.
struct Standing {
    rows: Vec<FeatureRow>,
    version: Version,
}

impl Standing {
    fn read(hq: &Headquarters, catalogue: &Catalogue) -> Result<Self, CommandError> {
        let text = world::value(hq, "app-version")?;
        let version = Version::parse(&text).ok_or_else(|| {
            CommandError::usage(
                "version",
                format!("headquarters has version {text:?}, expected for example 10.0.48"),
                "make a new environment: cdx init another-folder",
            )
        })?;
        Ok(Self { rows: features::rows(hq, catalogue)?, version })
    }

    fn features<'a>(&'a self, catalogue: &'a Catalogue) -> Features<'a> {
        Features { catalogue, rows: &self.rows, version: &self.version }
    }

    fn line(&self, catalogue: &Catalogue, gate: &Gate) -> FeatureLine {
        let features = self.features(catalogue);
        let row = self.rows.iter().find(|row| row.slug == gate.slug);
        let lifecycle = if gate.is_mandatory(&self.version) { "mandatory" } else { "released" };
        FeatureLine {
            slug: gate.slug.clone(),
            name: gate.name.clone(),
            class: gate.class.clone(),
            on: features.is_on(&gate.slug),
            status: features.status(gate),
            lifecycle,
            since: gate.since.clone(),
            mandatory_since: gate.mandatory_since.clone(),
            enable_date: row.and_then(|row| row.enable_date.clone()),
            requires: gate.requires.clone(),
            unmet: features.unmet(gate).iter().map(|gate| gate.slug.clone()).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct FeatureLine {
    slug: String,
    name: String,
    class: String,
    on: bool,
    status: Status,
    lifecycle: &'static str,
    since: Version,
    mandatory_since: Option<Version>,
    enable_date: Option<String>,
    requires: Vec<String>,
    unmet: Vec<String>,
}

fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[derive(Debug, Serialize)]
struct FeatureList {
    features: Vec<FeatureLine>,
}

impl Report for FeatureList {
    fn text(&self, page: &mut Page) {
        let row = |line: &FeatureLine| {
            [line.slug.clone(), word(&line.status), line.since.to_string(), line.name.clone()]
        };
        page.table(["feature", "status", "since", "name"], self.features.iter().map(row).collect());
    }
}

fn list(context: &mut Context, catalogue: &Catalogue) -> Result<Exit, CommandError> {
    let reader = context.reader()?;
    let standing = Standing::read(&reader.hq, catalogue)?;
    let listed = |gate: &&Gate| gate.since <= standing.version;
    let lines = catalogue.gates.iter().filter(listed);
    let features = lines.map(|gate| standing.line(catalogue, gate)).collect();
    context.print(&FeatureList { features })?;
    Ok(Exit::Done)
}

#[derive(Debug, Serialize)]
struct FeatureDetail {
    #[serde(flatten)]
    feature: FeatureLine,
    name_es: String,
    grade: &'static str,
    source: String,
    class_grade: &'static str,
    channels: Vec<InEffect>,
}

impl Report for FeatureDetail {
    fn text(&self, page: &mut Page) {
        let line = &self.feature;
        page.line(format!("{} ({})", line.name, line.slug));
        page.item(&self.name_es);
        page.item(format!("class {} ({})", line.class, self.class_grade));
        page.item(format!("{}, on in headquarters: {}", word(&line.status), yes(line.on)));
        if !line.requires.is_empty() {
            page.item(format!("requires {}", line.requires.join(", ")));
        }
        for unmet in &line.unmet {
            page.item(format!("off: {unmet}"));
        }
        page.item(format!("{}: {}", self.grade, self.source));
        let row = |channel: &InEffect| {
            [
                channel.channel.clone(),
                word(&channel.state),
                yes(channel.in_effect),
                channel.missing_jobs.join(" "),
                channel.effective_at.clone().unwrap_or_default(),
            ]
        };
        page.gap();
        page.table(
            ["channel", "state", "in effect", "jobs to run", "effective at"],
            self.channels.iter().map(row).collect(),
        );
    }
}

fn find<'a>(catalogue: &'a Catalogue, word: &str) -> Result<&'a Gate, CommandError> {
    catalogue.find(word).map_err(|unknown| {
        let hint = match &unknown.nearest {
            Some(nearest) => {
                format!("did you mean {nearest:?}? see what there is: cdx features list")
            }
            None => "see what there is: cdx features list".to_owned(),
        };
        CommandError::usage("unknown-feature", unknown.to_string(), hint)
    })
}

fn show(context: &mut Context, catalogue: &Catalogue, word: &str) -> Result<Exit, CommandError> {
    let gate = find(catalogue, word)?;
    let detail = context.steady(|reader| {
        let standing = Standing::read(&reader.hq, catalogue)?;
        Ok(FeatureDetail {
            feature: standing.line(catalogue, gate),
            name_es: gate.name_es.clone(),
            grade: gate.evidence.grade.as_str(),
            source: gate.evidence.source.clone(),
            class_grade: gate.class_evidence.grade.as_str(),
            channels: in_channels(reader, catalogue, gate)?,
        })
    })?;
    context.print(&detail)?;
    Ok(Exit::Done)
}

#[derive(Debug, Serialize)]
struct ChangeReport {
    feature: String,
    enabled: bool,
    changed: Vec<String>,
    refused: Vec<Refusal>,
    next_jobs: Vec<String>,
    dry_run: bool,
}

impl Report for ChangeReport {
    fn text(&self, page: &mut Page) {
        if !self.refused.is_empty() {
            let what = if self.enabled { "disabled" } else { "enabled" };
            page.line(format!("{} cannot be {what}:", self.feature));
            for refusal in &self.refused {
                page.item(format!("{}: {}", refusal.feature, refusal.message));
            }
            let unmet = self.refused.iter().any(|refusal| word(&refusal.kind) == "prerequisite");
            if unmet {
                page.item(format!("cdx features enable {} --with-prerequisites", self.feature));
            }
            return;
        }
        let state = if self.enabled { "on" } else { "off" };
        let would = if self.dry_run { "would be " } else { "" };
        if self.changed.is_empty() {
            page.line(format!("{} is {state} already", self.feature));
            return;
        }
        for slug in &self.changed {
            page.line(format!("{slug}: {would}{state} in headquarters"));
        }
        let jobs = self.next_jobs.join(" ");
        page.item(format!("channels follow once these jobs are applied: cdx run {jobs}"));
    }
}

fn change(
    context: &mut Context,
    catalogue: &Catalogue,
    word: &str,
    on: bool,
    with_prerequisites: bool,
    dry_run: bool,
) -> Result<Exit, CommandError> {
    let gate = find(catalogue, word)?;
    let decide = |standing: &Standing| {
        let features = standing.features(catalogue);
        if on { features.enable(gate, with_prerequisites) } else { features.disable(gate) }
    };
    let (standing, decision) = if dry_run {
        let standing = Standing::read(&context.reader()?.hq, catalogue)?;
        let decision = decide(&standing);
        (standing, decision)
    } else {
        let writer = context.writer(&[])?;
        let standing = Standing::read(&writer.hq, catalogue)?;
        let decision = decide(&standing);
        let (today, now) = (writer.world.clock.today().to_string(), writer.world.clock.utc());
        writer.hq.write(|hq| {
            let gates = decision.changed.iter().filter_map(|slug| catalogue.get(slug));
            for gate in gates {
                features::set(hq, &gate.table_name(), on, &today, &now)?;
            }
            Ok::<_, CommandError>(())
        })?;
        writer.finish()?;
        (standing, decision)
    };
    let was_on = standing.features(catalogue).is_on(&gate.slug);
    let Decision { changed, refused, next_jobs } = decision;
    let exit = if refused.is_empty() { Exit::Done } else { Exit::No };
    let enabled = if refused.is_empty() && !dry_run { on } else { was_on };
    let feature = gate.slug.clone();
    context.print(&ChangeReport { feature, enabled, changed, refused, next_jobs, dry_run })?;
    Ok(exit)
}
