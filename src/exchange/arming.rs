//! Arms the faults that are asked for, those alone that can happen in what is asked.

use super::error::ExchangeError;
use super::run::{Known, Phase, RunRequest, of_feature};
use crate::model::event::{Event, Listener};
use crate::model::job::{Direction, Job};
use crate::model::nearest::nearest;
use crate::model::topology::{DataStore, OFFLINE_SUFFIX};
use crate::store::{Environment, Headquarters, Reader, StoreError, Writer, topology, world};
use crate::world::random::Random;
use crate::world::{CrashPoint, Fault, FaultError, FaultKind, Faults};

/// What a command does, as far as something can be made to go wrong in it.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// Nothing that takes a fault.
    Nothing,
    /// It runs jobs.
    Jobs(&'a RunRequest),
    /// A register's or e-commerce site's operation in a channel.
    Operation(&'a str),
    /// It makes the file of a channel database.
    File(&'a str),
}

/// The fault that is drawn from the environment's seed.
const RANDOM: &str = "random";

/// Arms faults, each as it was typed.
///
/// # Errors
/// A fault that is not understood, or that cannot happen in what is asked; an unknown job or
/// channel.
pub(super) fn arm(
    writer: &mut Writer,
    texts: &[String],
    asked: Asked<'_>,
    listener: &mut dyn Listener,
) -> Result<(), ExchangeError> {
    if texts.is_empty() {
        return Ok(());
    }
    let reach = Reach::of(&writer.env, &writer.hq, asked)?;
    let count = || writer.hq.write(|hq| world::next(hq, "random-fault"));
    let (armed, drawn) = reach.armed(texts, writer.world.seed, count)?;
    for fault in drawn {
        listener.event(Event::Fault { fault });
    }
    writer.world.faults.arm(armed);
    Ok(())
}

/// What would be armed, where nothing is written.
///
/// # Errors
/// As where it is armed.
pub fn rehearsed(
    reader: &Reader,
    texts: &[String],
    asked: Asked<'_>,
) -> Result<Faults, ExchangeError> {
    if texts.is_empty() {
        return Ok(Faults::default());
    }
    let mut given = world::given(&reader.hq, "random-fault")?;
    let count = || {
        given += 1;
        Ok(given)
    };
    let reach = Reach::of(&reader.env, &reader.hq, asked)?;
    Ok(reach.armed(texts, reader.world.seed, count)?.0)
}

/// Says which of the faults that this command armed have not happened.
pub fn tell_unmet(writer: &Writer, listener: &mut dyn Listener) {
    for fault in writer.world.faults.unmet() {
        let text = format!("fault {fault} has not happened; it waits for the next command");
        listener.event(Event::Warning { text, hint: None });
    }
    if let Some((point, _)) = &writer.world.faults.crash {
        let text = format!("fault crash={} has not happened", point.0);
        listener.event(Event::Warning { text, hint: None });
    }
}

/// Where which faults can happen.
#[derive(Debug, Default)]
struct Reach {
    /// Every channel and offline database there is.
    known: Vec<String>,
    /// Jobs that are run, by direction, with every spelling of each.
    downloads: Vec<Job>,
    uploads: Vec<Job>,
    batches: Vec<Job>,
    /// Databases that downloads go to, channel databases that uploads come from.
    databases: Vec<String>,
    channels: Vec<String>,
    collects: bool,
    applies: bool,
    /// The channel of an operation.
    operation: Option<String>,
    /// The database whose file is made.
    file: Option<String>,
}

impl Reach {
    fn of(env: &Environment, hq: &Headquarters, asked: Asked<'_>) -> Result<Self, ExchangeError> {
        let stores = topology::data_stores(hq)?;
        let known = stores.iter().map(|store| store.name.clone()).collect();
        let mut reach = Self { known, ..Self::default() };
        match asked {
            Asked::Nothing => {}
            Asked::Jobs(request) => reach.jobs(env, hq, request, &stores)?,
            Asked::Operation(channel) => {
                reach.operation = Some(topology::find_store(hq, channel)?.name);
            }
            Asked::File(name) => reach.file = Some(name.to_lowercase()),
        }
        Ok(reach)
    }

    fn jobs(
        &mut self,
        env: &Environment,
        hq: &Headquarters,
        request: &RunRequest,
        stores: &[DataStore],
    ) -> Result<(), ExchangeError> {
        let known = Known::read(hq)?;
        let jobs = known.jobs(&request.jobs).map_err(|error| of_feature(env, error))?;
        for job in jobs {
            match job.direction {
                Direction::Download => self.downloads.push(job),
                Direction::Upload => self.uploads.push(job),
                Direction::Batch => self.batches.push(job),
            }
        }
        let is_asked = |asked: &Option<String>, name: &str| {
            asked.as_ref().is_none_or(|asked| asked.eq_ignore_ascii_case(name))
        };
        let within = stores.iter().filter(|store| {
            is_asked(&request.channel, &store.name) && is_asked(&request.group, &store.group)
        });
        for store in within {
            self.databases.push(store.name.clone());
            if !store.offline {
                self.channels.push(store.name.clone());
            }
        }
        self.collects = request.phase != Some(Phase::Apply);
        self.applies = request.phase != Some(Phase::Collect);
        Ok(())
    }

    /// Faults from their texts, and which of them were drawn.
    fn armed(
        &self,
        texts: &[String],
        seed: u64,
        mut count: impl FnMut() -> Result<i64, StoreError>,
    ) -> Result<(Faults, Vec<String>), ExchangeError> {
        let (mut armed, mut drawn) = (Faults::default(), Vec::new());
        for text in texts {
            if text == RANDOM {
                let fault = self.draw(seed, count()?)?;
                armed.add(&fault)?;
                drawn.push(fault);
            } else {
                armed.add(text)?;
            }
        }
        for fault in &mut armed.pending {
            self.place(fault)?;
        }
        if let Some((point, place)) = &mut armed.crash {
            self.place_crash(*point, place)?;
        }
        Ok((armed, drawn))
    }

    /// Draws a fault and its place; each draw is the next of the environment's own, and what was
    /// drawn is told, so that it can be asked for by name again.
    fn draw(&self, seed: u64, count: i64) -> Result<String, FaultError> {
        let drawable = |kind: &FaultKind| *kind != FaultKind::CreateFails && self.meets(*kind);
        let kinds: Vec<FaultKind> = FaultKind::ALL.iter().copied().filter(drawable).collect();
        let mut random = Random::new(seed, &format!("fault {count}"));
        let Some(kind) = random.pick(&kinds) else {
            let why = "nothing of what can be drawn does".to_owned();
            return Err(FaultError::Impossible { fault: RANDOM.to_owned(), why });
        };
        let places = self.places(*kind);
        let place = random.pick(&places).cloned().unwrap_or_default();
        Ok(format!("{}={place}", kind.as_str()))
    }

    /// Whether a kind of fault can happen at all.
    fn meets(&self, kind: FaultKind) -> bool {
        match kind {
            FaultKind::CreateFails
            | FaultKind::DownloadFails
            | FaultKind::PackageCorrupt
            | FaultKind::ApplyFails => !self.downloads.is_empty(),
            FaultKind::ReadFails | FaultKind::UploadFails => {
                !self.uploads.is_empty() && self.collects
            }
            FaultKind::UploadApplyFails => !self.uploads.is_empty() && self.applies,
            FaultKind::BatchFails => !self.batches.is_empty(),
            FaultKind::RtsDown => self.operation.is_some(),
        }
    }

    /// The places where a kind of fault can happen.
    fn places(&self, kind: FaultKind) -> Vec<String> {
        match kind {
            FaultKind::CreateFails => self.downloads.iter().map(|job| job.id.clone()).collect(),
            FaultKind::DownloadFails | FaultKind::PackageCorrupt | FaultKind::ApplyFails => {
                self.databases.clone()
            }
            FaultKind::ReadFails | FaultKind::UploadFails | FaultKind::UploadApplyFails => {
                self.channels.clone()
            }
            FaultKind::BatchFails => self.channels.clone(),
            FaultKind::RtsDown => self.operation.iter().cloned().collect(),
        }
    }

    /// Refuses a fault that cannot happen, and gives its place the name it has.
    fn place(&self, fault: &mut Fault) -> Result<(), FaultError> {
        let told = fault.to_string();
        if !self.meets(fault.kind) {
            return Err(FaultError::Impossible { fault: told, why: met_by(fault.kind).to_owned() });
        }
        let Some(place) = &fault.place else { return Ok(()) };
        let of_job = fault.kind == FaultKind::CreateFails;
        fault.place = Some(self.known_place(&told, place, of_job, &self.places(fault.kind))?);
        Ok(())
    }

    /// Refuses a crash point that this command does not come by.
    fn place_crash(&self, point: CrashPoint, place: &mut Option<String>) -> Result<(), FaultError> {
        let told = match place {
            Some(place) => format!("crash={}:{place}", point.0),
            None => format!("crash={}", point.0),
        };
        let jobs = |jobs: &[Job]| jobs.iter().map(|job| job.id.clone()).collect::<Vec<_>>();
        let both = |channel: &Option<String>| -> Vec<String> {
            let both = |name: &String| [name.clone(), format!("{name}{OFFLINE_SUFFIX}")];
            channel.iter().flat_map(both).collect()
        };
        let (step, _) = point.0.split_once('.').unwrap_or((point.0, ""));
        let of_job =
            step == "pack" || ["apply.after-requested", "apply.after-outcome"].contains(&point.0);
        let (met, places, why) = match step {
            "pack" | "apply" => {
                let places = if of_job { jobs(&self.downloads) } else { self.databases.clone() };
                (!self.downloads.is_empty(), places, "only a download job comes by it")
            }
            "collect" => {
                let met = !self.uploads.is_empty() && self.collects;
                (met, self.channels.clone(), "only an upload job comes by it, in its first phase")
            }
            "upload" => {
                let met = !self.uploads.is_empty() && self.applies;
                (met, self.channels.clone(), "only an upload job comes by it, in its second phase")
            }
            "batch" => (!self.batches.is_empty(), Vec::new(), "only a batch comes by it"),
            "rts" | "reconnect" => {
                let why = "only an operation of cdx pos comes by it";
                (self.operation.is_some(), both(&self.operation), why)
            }
            "channel" | "rebuild" => {
                let why = "only making a channel's file comes by it";
                (self.file.is_some(), both(&self.file), why)
            }
            // A replaced file is noticed by whatever opens it.
            _ => (true, self.known.clone(), ""),
        };
        if !met {
            return Err(FaultError::Impossible { fault: told, why: why.to_owned() });
        }
        if let Some(given) = place {
            *place = Some(self.known_place(&told, given, of_job, &places)?);
        }
        Ok(())
    }

    fn known_place(
        &self,
        fault: &str,
        place: &str,
        of_job: bool,
        places: &[String],
    ) -> Result<String, FaultError> {
        let job = self.downloads.iter().find(|job| of_job && job.is_called(place));
        let own = places.iter().find(|known| known.eq_ignore_ascii_case(place));
        if let Some(found) = job.map(|job| &job.id).or(own) {
            return Ok(found.clone());
        }
        let exists = self.known.iter().any(|known| known.eq_ignore_ascii_case(place));
        if exists || places.is_empty() {
            let why = match places {
                [] => "it takes no place".to_owned(),
                places => format!("only at {}", places.join(", ")),
            };
            return Err(FaultError::Impossible { fault: fault.to_owned(), why });
        }
        let near = nearest(place, places.iter().map(String::as_str));
        Err(FaultError::UnknownPlace {
            fault: fault.to_owned(),
            what: if of_job { "job" } else { "channel" },
            place: place.to_owned(),
            nearest: near.map(str::to_owned),
        })
    }
}

/// What meets a kind of fault.
fn met_by(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::CreateFails
        | FaultKind::DownloadFails
        | FaultKind::PackageCorrupt
        | FaultKind::ApplyFails => "only a download job meets it",
        FaultKind::ReadFails | FaultKind::UploadFails => {
            "only an upload job meets it, in its first phase"
        }
        FaultKind::UploadApplyFails => "only an upload job meets it, in its second phase",
        FaultKind::BatchFails => "only a batch meets it",
        FaultKind::RtsDown => "only an operation of cdx pos meets it",
    }
}
