//! Ctrl-C. Where the engine looks for it, the first one asks it to stop at the next place where
//! everything is whole; anywhere else, and the second time, the process ends at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The code of a process that Ctrl-C has ended.
pub(crate) const INTERRUPTED: u8 = 130;

/// What a command was doing when Ctrl-C ended it at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It only read, or waited.
    Reading,
    /// It wrote.
    Writing,
}

/// Says what came of it, before the process ends.
type LastWords = Box<dyn Fn(Doing) + Send>;

/// Whether the signal was taken.
static TAKEN: OnceLock<bool> = OnceLock::new();
/// How many places look whether somebody wants a stop.
static LOOKING: AtomicUsize = AtomicUsize::new(0);
/// How many places write.
static WRITING: AtomicUsize = AtomicUsize::new(0);
/// How many times the terminal was handed to another program, which answers by itself.
static HANDED: AtomicUsize = AtomicUsize::new(0);
/// Whether somebody has pressed it.
static PRESSED: AtomicBool = AtomicBool::new(false);
static LAST_WORDS: Mutex<Option<LastWords>> = Mutex::new(None);

/// Until it is dropped, one more is counted.
#[derive(Debug)]
pub(crate) struct Held(&'static AtomicUsize);

impl Held {
    fn of(count: &'static AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Lets this process answer Ctrl-C, and say something before it ends.
pub(crate) fn answer(last_words: LastWords) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = Some(last_words);
    // Where the signal cannot be taken it ends the process, which the files stand.
    TAKEN.get_or_init(|| ctrlc::set_handler(pressed).is_ok());
}

/// Until it is dropped, the first Ctrl-C only asks.
pub(crate) fn looking() -> Held {
    Held::of(&LOOKING)
}

/// Until it is dropped, something may be half done.
pub(crate) fn writing() -> Held {
    Held::of(&WRITING)
}

/// Until it is dropped, Ctrl-C is another program's.
pub(crate) fn handed_over() -> Held {
    Held::of(&HANDED)
}

/// Whether somebody has asked to stop.
pub(crate) fn is_asked() -> bool {
    PRESSED.load(Ordering::SeqCst)
}

fn pressed() {
    if HANDED.load(Ordering::SeqCst) > 0 {
        return;
    }
    let again = PRESSED.swap(true, Ordering::SeqCst);
    if !again && LOOKING.load(Ordering::SeqCst) > 0 {
        return;
    }
    let writes = WRITING.load(Ordering::SeqCst) > 0;
    let doing = if writes { Doing::Writing } else { Doing::Reading };
    if let Some(say) = &*LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) {
        say(doing);
    }
    #[allow(clippy::exit, reason = "somebody has asked for it; 130 is documented")]
    std::process::exit(INTERRUPTED.into());
}
