//! Shows events while the engine works: a bar on a terminal, and the lines people must not miss.

use std::time::Duration;

use colored::Color;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::output::Output;
use super::page::grouped;
use super::safe;
use crate::model::event::{Event, Listener};

const BAR: &str = "{msg:22} {wide_bar} {human_pos}/{human_len} rows {rate} {elapsed}";
const SPINNER: &str = "{spinner} {msg:22} {human_pos} rows {rate} {elapsed}";

/// A bar that several threads move.
#[derive(Debug)]
pub(crate) struct SharedBar(Option<ProgressBar>);

impl SharedBar {
    /// Moves the bar.
    pub(crate) fn at(&self, total: u64, done: u64) {
        if let Some(bar) = &self.0 {
            bar.set_length(total);
            // Threads come in any order; the bar only goes forward.
            bar.set_position(done.max(bar.position()));
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A listener that draws on standard error; without a terminal it draws nothing.
#[derive(Debug)]
pub struct Progress {
    output: Output,
    bar: Option<ProgressBar>,
    base: u64,
}

impl Progress {
    /// Progress beside an output.
    pub(crate) fn new(output: &Output) -> Self {
        Self { output: output.clone(), bar: None, base: 0 }
    }

    /// A bar that several threads move; without a terminal it draws nothing.
    pub(crate) fn shared(&self, step: &str, noun: &str) -> SharedBar {
        let target = ProgressDrawTarget::stderr();
        if !self.output.draws() || target.is_hidden() {
            return SharedBar(None);
        }
        let bar = ProgressBar::new(0);
        let template =
            format!("{{msg:22}} {{wide_bar}} {{human_pos}}/{{human_len}} {noun} {{elapsed}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_draw_target(target);
        bar.set_message(safe::line(step));
        SharedBar(Some(bar))
    }

    fn start(&mut self, step: String, total: Option<u64>) {
        let target = ProgressDrawTarget::stderr();
        if !self.output.draws() || target.is_hidden() {
            return;
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::new_spinner(),
        };
        let template = if total.is_some() { BAR } else { SPINNER };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_draw_target(target);
        bar.set_message(safe::line(&step));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.bar = Some(bar);
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            self.base += bar.position();
            bar.finish_and_clear();
        }
    }

    fn line(&self, word: &str, color: Color, text: &str) {
        let palette = self.output.stderr_palette();
        let line = format!("{} {}\n", palette.paint(word, color), safe::message(text));
        let print = || self.output.stderr(&line);
        // A standard error that is gone leaves nobody to tell; the result still goes out.
        let _gone = match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        };
    }
}

/// Whole rows per second.
fn rate(state: &ProgressState, text: &mut dyn std::fmt::Write) {
    let whole = grouped(state.per_sec() as u64);
    // A line that cannot be written is not drawn, and that is all.
    let _undrawn = write!(text, "{whole}/s");
}

impl Listener for Progress {
    fn event(&mut self, event: Event) {
        match event {
            Event::StepStarted { step, total } => self.start(step, total),
            Event::StepProgress { done } => {
                if let Some(bar) = &self.bar {
                    bar.set_position(done);
                }
            }
            Event::StepFinished => self.finish(),
            Event::Repaired { what } => self.line("repaired:", Color::Yellow, &what),
            Event::Note { text } => self.line("note:", Color::Cyan, &text),
            Event::Warning { text, hint } => {
                self.line("warning:", Color::Yellow, &text);
                if let Some(hint) = hint {
                    self.line("hint:", Color::Cyan, &hint.typed(self.output.env()));
                }
            }
            Event::Fault { fault } => self.line("fault:", Color::Magenta, &fault),
            Event::JobStarted { .. } | Event::Download { .. } | Event::Upload { .. } => {}
        }
    }
}
