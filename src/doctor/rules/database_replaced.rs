//! CDX410: a database file is not the one that was last seen under its name.

use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{CDX_COMMUNICATIONS, FIDELITY, Source};
use crate::model::replaced::Cause;
use crate::model::suggestion::{OfChannels, Run, Suggestion};
use crate::model::wording::count;
use crate::store::lineage::Fit;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX410",
    name: "database-replaced",
    severity: Severity::Error,
    checks: "that the file of each channel and offline database is the one last seen under its \
             name, and that neither it nor headquarters was put back from an older copy since",
    why: "A copy does not have what was done since it was made, and it counts again from where \
          it stood. What one side believes the other to have is then not so: rows that were \
          sent are not there, and rows that were brought are missing.",
    mend: "A command that opens the file takes it in: its counters and temporary ids go on \
           above all that was given out, and each job's next run brings it everything. \
           Reseeding then finds the rows that headquarters does not have and lets the next \
           upload bring them, each once. Customers that only headquarters had made, and has \
           lost, are named: they are gone.",
    since: "0.3.0",
    behaviours: &["U07", "U10"],
    sources: &[Source::inferred(CDX_COMMUNICATIONS), Source::assumed(FIDELITY)],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let noticed = x.hq.replaced.as_ref()?;
    for (channel, facts) in x.readable() {
        let known = noticed.iter().find(|(store, ..)| *store == channel.store.id);
        if let Some((_, cause, _)) = known {
            tell(x, channel, facts, *cause, findings);
            continue;
        }
        match &facts.fit {
            Ok(Fit::Replaced(cause)) => tell(x, channel, facts, *cause, findings),
            Ok(Fit::First | Fit::Same) => {}
            Err(why) => findings.unjudged(&channel.store.name, why),
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

fn tell(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    cause: Cause,
    findings: &mut Findings,
) {
    let name = &channel.store.name;
    let mut evidence = vec![cause.told(name)];
    for upload in &facts.uploads {
        if let Some(Ok(lost)) = &upload.lost
            && lost.rows > 0
        {
            let rows = count(lost.rows, "row");
            evidence.push(format!("{}: {rows} that headquarters does not have", upload.dotted()));
        }
    }
    evidence.extend(facts.gone.iter().map(|gone| {
        format!("gone: customer {} ({}), which headquarters does not have", gone.account, gone.name)
    }));
    let fix = if channel.store.offline {
        let back = Suggestion::Reconnect(channel.store.channel().to_owned());
        Fix::safe([Step::new(Stage::Clear, back)])
    } else {
        let uploads = x.hq.uploads.iter().flatten();
        let runs = uploads
            .map(|one| Step::in_channel(Stage::Upload, Run::job(&one.job.id).in_channel(name)));
        let reseed = Step::new(Stage::Clear, OfChannels::Reseed(name.clone()));
        Fix::safe(std::iter::once(reseed).chain(runs))
    };
    findings.report(Found {
        subject: Subject::channel(name),
        title: "the database's file is not the one last seen".to_owned(),
        evidence,
        effect: "what headquarters and the database believe of each other is not so".to_owned(),
        fix,
    });
}
