//! Tells, one after the other, the steps of an operation that has so many.

use crate::model::event::{Event, Listener};

/// The steps of an operation.
pub(super) struct Steps<'a> {
    listener: &'a mut dyn Listener,
    number: usize,
    of: usize,
}

impl<'a> Steps<'a> {
    /// So many.
    pub(super) fn of(of: usize, listener: &'a mut dyn Listener) -> Self {
        Self { listener, number: 0, of }
    }

    /// Begins the next one, which ends the one before.
    pub(super) fn next(&mut self, what: &str) {
        self.end();
        self.number += 1;
        let (number, of, step) = (self.number, self.of, what.to_owned());
        self.listener.event(Event::Stage { number, of, what: step.clone() });
        self.listener.event(Event::StepStarted { step, total: None, noun: "rows" });
    }

    fn end(&mut self) {
        if self.number > 0 {
            self.listener.event(Event::StepFinished);
        }
    }
}

impl Drop for Steps<'_> {
    fn drop(&mut self) {
        self.end();
    }
}
