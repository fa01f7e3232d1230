//! CDX412: an operation over two files could not be finished.

use crate::diagnosis::sources::FIDELITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Safety, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::jobs::refill_known;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::exchange::intents::Unfinished;
use crate::model::suggestion::{OfChannels, Suggestion};

const HEADER: Header = Header {
    code: "CDX412",
    name: "operation-unfinished",
    severity: Severity::Error,
    checks: "for operations over two files (a reconnect, a channel that is added, a database that \
             is made again, an upload that is collected) that a command began and no later command \
             could finish",
    why: "Two files are never written in one step. The next command finishes what was left between \
          them; where it cannot, because a file is damaged, gone, or refuses rows, the operation \
          stays half done: rows may be in one file alone. Every other command goes on, on that \
          channel too.",
    how_to_fix: "Remove what is in the way: each command that writes tries again, and says when it is \
           done. Where the file is beyond repair, make it again; the old one is kept beside it.",
    since: "0.3.0",
    behaviours: &["D11"],
    sources: &[Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for unfinished in x.hq.unfinished.as_ref()? {
        findings.report(found(x, unfinished)?);
    }
    Ok(())
}

fn found(x: &Examination, unfinished: &Unfinished) -> Result<Found, Unknown> {
    let Unfinished { id, database, operation, done, missing, problem, ends } = unfinished;
    let key = format!("operation {id}");
    let subject = match database {
        Some(database) => Subject::channel(database).with_key(&key),
        None => Subject::key(&key),
    };
    let evidence = vec![
        format!("done: {done}"),
        format!("not done: {missing}"),
        format!("why: {}", problem.text),
        format!("since {}", x.hq.clock.show(&problem.since)),
    ];
    let mut steps: Vec<Step> =
        ends.iter().map(|command| Step::new(Stage::Clear, command.clone())).collect();
    // A database that is made again is empty until its jobs have come.
    if let Some(Suggestion::Channels(OfChannels::Rebuild { database, .. })) = ends {
        steps.extend(refill_known(x, database)?);
    }
    Ok(Found {
        subject,
        title: format!("{operation} could not be finished"),
        evidence,
        effect: "it stays half done until it is finished or ended".to_owned(),
        fix: Fix::new(Safety::Destructive, steps),
    })
}
