//! What is known of the files of an environment, without what else is known of headquarters: where
//! there is a second thread, it is read there meanwhile.

use std::thread;

use super::headquarters::known;
use super::reading::Reading;
use crate::diagnosis::Known;
use crate::exchange::initialize;
use crate::model::job::Definitions;
use crate::store::own_schema::OwnSchema;
use crate::store::own_tables::ScriptState;
use crate::store::{Reader, StoreError, integrity};
use crate::world::Machine;
use crate::world::machine::joined;

/// What the files of an environment say.
#[derive(Debug)]
pub(crate) struct FileFacts {
    /// The definitions on disk, as initializing would write them.
    pub(crate) on_disk: Known<Definitions>,
    /// The scripts on disk.
    pub(crate) own: Known<OwnSchema>,
    /// Scripts that headquarters has had and that differ now.
    pub(crate) scripts: Known<Vec<(String, ScriptState)>>,
    /// What the integrity check says of headquarters' file; none when rows were not read.
    pub(crate) integrity: Option<Known<Vec<String>>>,
}

impl FileFacts {
    fn read(reader: &Reader, reading: Reading) -> Self {
        let own = known(reader.env.own_schema_with(&[]).map(|(own, _)| own));
        let scripts = match &own {
            Ok(own) => known(own.hq.differing(&reader.hq)),
            Err(unknown) => Err(unknown.clone()),
        };
        let integrity = reading.pages.then(|| known(integrity::complaints(&reader.hq)));
        Self { on_disk: on_disk(reader), own, scripts, integrity }
    }

    /// Reads them while something else is done; the second reader of headquarters, where that took
    /// one, is handed on.
    ///
    /// # Errors
    /// Those of what else is done.
    pub(in crate::doctor) fn meanwhile<T>(
        reader: &Reader,
        reading: Reading,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<(T, Self, Option<Reader>), StoreError> {
        if Machine::current().threads() < 2 {
            return Ok((work()?, Self::read(reader, reading), None));
        }
        let env = &reader.env;
        thread::scope(|scope| {
            let beside = scope.spawn(|| {
                let second = env.examiner().ok()?;
                Some((Self::read(&second, reading), second))
            });
            let done = work();
            let beside = joined(beside.join());
            let done = done?;
            // There may be no room for a second copy of a file with a log.
            let (files, second) =
                beside.map_or_else(|| (Self::read(reader, reading), None), |(f, s)| (f, Some(s)));
            Ok((done, files, second))
        })
    }
}

fn on_disk(reader: &Reader) -> Known<Definitions> {
    let definitions = initialize::definitions_on_disk(&reader.env)?;
    Ok(initialize::with_features(&reader.env, &reader.hq, definitions)?)
}
