//! Shows events while the engine works: a bar on a terminal that says where a command is in all,
//! and the lines people must not miss; with `--verbose` also what is done, step by step.

use std::time::Duration;

use colored::Color;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::output::{Output, Verbosity};
use super::page::grouped;
use crate::model::event::{Event, Listener};
use crate::model::safe;
use crate::world::interrupt;

/// How often a bar is drawn again while nothing is told.
const TICK: Duration = Duration::from_millis(120);

/// A bar that several threads move.
#[derive(Debug)]
pub(crate) struct SharedBar(Option<(ProgressBar, &'static str)>);

impl SharedBar {
    /// Moves the bar.
    pub(crate) fn at(&self, total: u64, done: u64) {
        let Some((bar, noun)) = &self.0 else { return };
        if bar.length() != Some(total) && total > 0 {
            bar.set_length(total);
            dress(bar, Some(total), noun);
        }
        // Threads come in any order; the bar only goes forward.
        bar.set_position(done.max(bar.position()));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some((bar, _)) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A step that is being done.
#[derive(Debug)]
struct Step {
    name: String,
    noun: &'static str,
    done: u64,
    bar: Option<ProgressBar>,
}

/// A listener that draws on standard error; without a terminal it draws nothing.
#[derive(Debug)]
pub struct Progress {
    output: Output,
    /// Where the command is in all: `step 2 of 4`, `job 1 of 3`.
    stage: Option<String>,
    job: Option<String>,
    step: Option<Step>,
    /// Whether it was told that a stop was asked for.
    stopping: bool,
}

impl Progress {
    /// Progress beside an output.
    pub(crate) fn new(output: &Output) -> Self {
        let (stage, job, step) = (None, None, None);
        Self { output: output.clone(), stage, job, step, stopping: false }
    }

    /// A bar that several threads move; without a terminal it draws nothing.
    pub(crate) fn shared(&self, step: &str, noun: &'static str) -> SharedBar {
        SharedBar(self.draw(step, None, noun).map(|bar| (bar, noun)))
    }

    fn draw(&self, step: &str, total: Option<u64>, noun: &str) -> Option<ProgressBar> {
        let target = ProgressDrawTarget::stderr();
        if !self.output.draws() || target.is_hidden() {
            return None;
        }
        // Nothing of nothing is no full bar.
        let total = total.filter(|total| *total > 0);
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        dress(&bar, total, noun);
        bar.set_draw_target(target);
        bar.set_message(self.placed(step));
        bar.enable_steady_tick(TICK);
        Some(bar)
    }

    /// A step with where it is in all: `job 2 of 3: packing 1010`.
    fn placed(&self, step: &str) -> String {
        let places = [&self.stage, &self.job].into_iter().flatten();
        let places: Vec<&str> = places.map(String::as_str).collect();
        let text = if places.is_empty() {
            step.to_owned()
        } else {
            format!("{}: {step}", places.join(", "))
        };
        safe::line(&text)
    }

    fn start(&mut self, name: String, total: Option<u64>, noun: &'static str) {
        let about = total.map_or(String::new(), |total| format!(", {} {noun}", grouped(total)));
        self.said(&format!("{name}{about}"));
        let bar = self.draw(&name, total, noun);
        self.step = Some(Step { name, noun, done: 0, bar });
    }

    fn finish(&mut self) {
        let Some(step) = self.step.take() else { return };
        if let Some(bar) = step.bar {
            bar.finish_and_clear();
        }
        if step.done > 0 {
            self.said(&format!("{}: {} {} done", step.name, grouped(step.done), step.noun));
        }
    }

    fn bar(&self) -> Option<&ProgressBar> {
        self.step.as_ref().and_then(|step| step.bar.as_ref())
    }

    /// What is done, for those who want to know.
    fn said(&self, text: &str) {
        if self.output.verbosity() == Verbosity::Verbose {
            self.line("step:", Color::BrightBlack, text);
        }
    }

    fn line(&self, word: &str, color: Color, text: &str) {
        if self.output.verbosity() == Verbosity::Quiet {
            return;
        }
        let palette = self.output.stderr_palette();
        let line = format!("{} {}\n", palette.paint(word, color), safe::message(text));
        let print = || self.output.stderr(&line);
        // A standard error that is gone leaves nobody to tell; the result still goes out.
        let _gone = match self.bar() {
            Some(bar) => bar.suspend(print),
            None => print(),
        };
    }

    /// Says once that a stop was asked for and what a second one does.
    fn note_stop(&mut self) {
        if !self.stopping && interrupt::is_asked() {
            self.stopping = true;
            let text = "stopping where everything is whole; Ctrl-C again ends at once";
            self.line("note:", Color::Cyan, text);
        }
    }
}

/// Gives a bar its looks: how far it is, how fast, and how long it still takes; where the end is
/// not known, how long it has taken.
fn dress(bar: &ProgressBar, total: Option<u64>, noun: &str) {
    let template = match total {
        Some(_) => {
            format!("{{msg}} {{wide_bar}} {{human_pos}}/{{human_len}} {noun} {{rate}} {{left}}")
        }
        None => "{spinner} {msg} {done} {elapsed}".to_owned(),
    };
    let noun = noun.to_owned();
    let done = move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        if state.pos() > 0 {
            // A line that cannot be written is not drawn, and that is all.
            let _undrawn = write!(text, "{} {noun}, {}/s", grouped(state.pos()), per_second(state));
        }
    };
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style.with_key("rate", rate).with_key("left", left).with_key("done", done));
    }
}

/// Whole ones per second.
fn per_second(state: &ProgressState) -> String {
    grouped(state.per_sec() as u64)
}

fn rate(state: &ProgressState, text: &mut dyn std::fmt::Write) {
    let _undrawn = write!(text, "{}/s", per_second(state));
}

/// How long it still takes, once something is done.
fn left(state: &ProgressState, text: &mut dyn std::fmt::Write) {
    let seconds = state.eta().as_secs();
    let _undrawn = match state.pos() {
        0 => Ok(()),
        _ => write!(text, "{}:{:02} left", seconds / 60, seconds % 60),
    };
}

impl Listener for Progress {
    fn event(&mut self, event: Event) {
        self.note_stop();
        match event {
            Event::Stage { number, of, what } => {
                self.said(&format!("{number} of {of}: {what}"));
                (self.stage, self.job) = (Some(format!("step {number} of {of}")), None);
            }
            Event::JobStarted { job, number, of } => {
                self.said(&format!("job {number} of {of}: {job}"));
                self.job = (of > 1).then(|| format!("job {number} of {of}"));
            }
            Event::StepStarted { step, total, noun } => self.start(step, total, noun),
            Event::StepProgress { done } => {
                if let Some(step) = &mut self.step {
                    step.done = done;
                }
                if let Some(bar) = self.bar() {
                    bar.set_position(done);
                }
            }
            Event::StepPart { what } => {
                if let (Some(step), Some(bar)) = (&self.step, self.bar()) {
                    bar.set_message(self.placed(&format!("{}, {what}", step.name)));
                }
            }
            Event::StepFinished => self.finish(),
            Event::Did { what } => self.said(&what),
            Event::Repaired { what } => self.line("repaired:", Color::Yellow, &what),
            Event::Note { text } => self.line("note:", Color::Cyan, &text),
            Event::Warning { text, hint } => {
                self.line("warning:", Color::Yellow, &text);
                if let Some(hint) = hint {
                    self.line("hint:", Color::Cyan, &hint.typed(self.output.env()));
                }
            }
            Event::Fault { fault } => self.line("fault:", Color::Magenta, &fault),
            Event::Download { session, channel, status } => {
                self.said(&format!("download session {session}: {channel} {status}"));
            }
            Event::Upload { session, channel, status } => {
                self.said(&format!("upload session {session}: {channel} {status}"));
            }
        }
    }

    fn is_stopped(&mut self) -> bool {
        self.note_stop();
        self.stopping
    }
}
