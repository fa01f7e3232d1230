//! Tells, one after the other, the steps of an operation that has so many.

use crate::model::event::{Event, Listener};

/// The steps of an operation.
pub(crate) struct Steps<'a> {
    listener: &'a mut dyn Listener,
    noun: &'static str,
    number: usize,
    of: usize,
}

impl<'a> Steps<'a> {
    /// So many, each of which is about a number of such things.
    pub(crate) fn of(of: usize, noun: &'static str, listener: &'a mut dyn Listener) -> Self {
        Self { listener, noun, number: 0, of }
    }

    /// Begins the next one, which ends the one before.
    pub(crate) fn next(&mut self, what: &str) {
        self.end();
        self.number += 1;
        let (number, of, step) = (self.number, self.of, what.to_owned());
        self.listener.event(Event::Stage { number, of, what: step.clone() });
        self.listener.event(Event::StepStarted { step, total: None, noun: self.noun });
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
