//! Arms the faults that are asked for, those alone that can happen in what is asked.

use super::error::ExchangeError;
use super::initialize::of_feature;
use super::request::{Known, RunRequest};
use crate::model::event::{Event, Listener};
use crate::model::job::{Direction, Job};
use crate::model::nearest::nearest;
use crate::model::run::Phase;
use crate::model::topology::{DataStore, OFFLINE_SUFFIX};
use crate::store::{Environment, Headquarters, Reader, StoreError, Writer, topology, world};
use crate::world::random::Random;
use crate::world::{FaultError, FaultKind, Faults, Spot, Work};

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
pub(crate) fn rehearsed(
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
pub(crate) fn tell_unmet(writer: &Writer, listener: &mut dyn Listener) {
    for fault in writer.world.faults.unmet() {
        let text = format!("fault {fault} has not happened; it waits for the next command");
        listener.event(Event::Warning { text, hint: None });
    }
    if let Some((point, _)) = &writer.world.faults.crash {
        let text = format!("fault crash={point} has not happened");
        listener.event(Event::Warning { text, hint: None });
    }
}

/// Where which faults can happen.
#[derive(Debug)]
struct Reach {
    /// Every channel and offline database there is.
    known: Vec<String>,
    /// What is done.
    works: Vec<Work>,
    /// The download jobs that are run.
    downloads: Vec<Job>,
    /// Databases that downloads go to, channel databases that uploads come from.
    databases: Vec<String>,
    channels: Vec<String>,
    /// The database that an operation or a new file is of.
    own: Option<String>,
}

impl Reach {
    fn of(env: &Environment, hq: &Headquarters, asked: Asked<'_>) -> Result<Self, ExchangeError> {
        let stores = topology::data_stores(hq)?;
        let mut reach = Self {
            known: stores.iter().map(|store| store.name.clone()).collect(),
            works: vec![Work::Anything],
            downloads: Vec::new(),
            databases: Vec::new(),
            channels: Vec::new(),
            own: None,
        };
        match asked {
            Asked::Nothing => {}
            Asked::Jobs(request) => reach.jobs(env, hq, request, &stores)?,
            Asked::Operation(channel) => {
                reach.works.push(Work::Operation);
                reach.own = Some(topology::find_store(hq, channel)?.name);
            }
            Asked::File(name) => {
                reach.works.push(Work::File);
                reach.own = Some(name.to_lowercase());
            }
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
            match (job.direction, request.phase) {
                (Direction::Download, _) => {
                    self.works.push(Work::Download);
                    self.downloads.push(job);
                }
                (Direction::Upload, None) => self.works.extend([Work::Collect, Work::Receive]),
                (Direction::Upload, Some(Phase::Collect)) => self.works.push(Work::Collect),
                (Direction::Upload, Some(Phase::Apply)) => self.works.push(Work::Receive),
                (Direction::Batch, _) => self.works.push(Work::Batch),
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
            let (told, met) = (fault.to_string(), (fault.kind.work(), "meets"));
            self.place(told, met, fault.kind.spot(), &mut fault.place)?;
        }
        if let Some((point, place)) = &mut armed.crash {
            let at = place.as_ref().map_or_else(String::new, |place| format!(":{place}"));
            let (told, met) = (format!("crash={point}{at}"), (point.work(), "comes by"));
            self.place(told, met, point.spot(), place)?;
        }
        Ok((armed, drawn))
    }

    /// Draws a fault and its place; each draw is the next of the environment's own, and what was
    /// drawn is told, so that it can be asked for by name again.
    fn draw(&self, seed: u64, count: i64) -> Result<String, FaultError> {
        let drawable =
            |kind: &FaultKind| kind.spot() != Spot::Job && self.works.contains(&kind.work());
        let kinds: Vec<FaultKind> = FaultKind::ALL.iter().copied().filter(drawable).collect();
        let mut random = Random::new(seed, &format!("fault {count}"));
        let Some(kind) = random.pick(&kinds) else {
            let why = "nothing of what can be drawn does".to_owned();
            return Err(FaultError::Impossible { fault: RANDOM.to_owned(), why });
        };
        let places = self.places(kind.spot());
        let place = random.pick(&places).cloned().unwrap_or_default();
        Ok(format!("{}={place}", kind.as_str()))
    }

    /// The places of a kind that are met.
    fn places(&self, spot: Spot) -> Vec<String> {
        let own = || self.own.iter().cloned();
        match spot {
            Spot::Job => self.downloads.iter().map(|job| job.id.to_string()).collect(),
            Spot::Database => self.databases.clone(),
            Spot::Channel => self.channels.clone(),
            Spot::Own => own().collect(),
            Spot::OwnDatabase => {
                own().flat_map(|own| [own.clone(), format!("{own}{OFFLINE_SUFFIX}")]).collect()
            }
            Spot::Known => self.known.clone(),
            Spot::Nowhere => Vec::new(),
        }
    }

    /// Refuses a fault or a crash that cannot happen, and gives its place the name it has.
    fn place(
        &self,
        fault: String,
        (work, verb): (Work, &str),
        spot: Spot,
        place: &mut Option<String>,
    ) -> Result<(), FaultError> {
        if !self.works.contains(&work) {
            return Err(FaultError::Impossible { fault, why: work.alone(verb) });
        }
        if let Some(given) = place {
            *place = Some(self.known_place(fault, given, spot)?);
        }
        Ok(())
    }

    fn known_place(&self, fault: String, place: &str, spot: Spot) -> Result<String, FaultError> {
        let (places, of_job) = (self.places(spot), spot == Spot::Job);
        let job = self.downloads.iter().find(|job| of_job && job.is_called(place));
        let own = places.iter().find(|known| known.eq_ignore_ascii_case(place));
        if let Some(found) = job.map(|job| job.id.as_str()).or(own.map(String::as_str)) {
            return Ok(found.to_owned());
        }
        let exists = self.known.iter().any(|known| known.eq_ignore_ascii_case(place));
        if exists || places.is_empty() {
            let why = match &places[..] {
                [] => "it takes no place".to_owned(),
                places => format!("only at {}", places.join(", ")),
            };
            return Err(FaultError::Impossible { fault, why });
        }
        let near = nearest(place, places.iter().map(String::as_str));
        Err(FaultError::UnknownPlace {
            fault,
            what: if of_job { "job" } else { "channel" },
            place: place.to_owned(),
            nearest: near.map(str::to_owned),
        })
    }
}
