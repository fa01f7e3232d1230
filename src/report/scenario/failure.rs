//! A run that failed: where, what was expected, what there was, and how to do it again.

use crate::model::suggestion::{Prose, Suggestion, TestRun};
use crate::report::page::{Page, count};
use crate::scenario::outcome::{ScenarioOutcome, StepOutcome};

/// So many lines of an output are shown.
const LINES: usize = 24;

/// Tells of a run that failed; of one that is kept, where to go on.
pub(super) fn tell(one: &ScenarioOutcome, free: &str, page: &mut Page) {
    let Some(step) = one.failed() else {
        if let Some(folder) = &one.environment {
            page.gap();
            page.line(format!("{}: its environment is in {folder}", one.label));
            page.item(go_on(folder));
        }
        return;
    };
    page.title(&format!("failed: {}", one.label));
    page.item(format!("{}:{}: {}", one.file, step.line, step.run));
    for wrong in &step.got.wrong {
        page.item(wrong.as_str());
    }
    outputs(step, page);
    if one.not_run() > 0 {
        page.item(format!("{} after it not run", count(one.not_run() as u64, "step")));
    }
    match &one.environment {
        Some(folder) => {
            page.item(format!("its environment is in {folder}"));
            page.item(go_on(folder));
        }
        None => {
            page.item(Prose::hint("do it again and keep its environment", again(one, free)));
        }
    }
}

/// The command that plays a run again, and keeps its environment.
pub(super) fn again(one: &ScenarioOutcome, free: &str) -> Suggestion {
    let only = Some(one.label.clone());
    TestRun { file: one.file.clone(), only, keep: Some(free.to_owned()), list: false }.into()
}

fn go_on(folder: &str) -> Prose {
    Prose::from(format!("go on in it: {}", Suggestion::Status.typed(Some(folder))))
}

/// The beginning of what a command printed; the doctor's findings are told already.
fn outputs(step: &StepOutcome, page: &mut Page) {
    for (name, text) in printed(step) {
        page.item(format!("standard {name}:"));
        page.indented(&beginning(text));
    }
}

fn printed(step: &StepOutcome) -> impl Iterator<Item = (&'static str, &String)> {
    let told = !step.got.findings.is_empty();
    let all = [("output", &step.got.stdout), ("error", &step.got.stderr)];
    all.into_iter().filter_map(move |(name, text)| Some((name, text.as_ref().filter(|_| !told)?)))
}

/// The first lines of a text, set in, and how many more there are.
fn beginning(text: &str) -> String {
    let all = text.lines().count();
    let mut lines: Vec<String> = text.lines().take(LINES).map(|line| format!("  {line}")).collect();
    if all > LINES {
        lines.push(format!("  ... and {} more", count((all - LINES) as u64, "line")));
    }
    lines.join("\n")
}

/// What was expected and what there was, in plain lines, for a build server.
pub(super) fn in_lines(one: &ScenarioOutcome, step: &StepOutcome) -> String {
    let mut lines = vec![format!("{}:{}: {}", one.file, step.line, step.run)];
    lines.extend(step.got.wrong.iter().cloned());
    lines
        .extend(printed(step).map(|(name, text)| format!("standard {name}:\n{}", beginning(text))));
    lines.join("\n")
}
