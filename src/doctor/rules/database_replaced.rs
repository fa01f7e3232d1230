//! CDX410: a database file is not the one that was last seen under its name.

use crate::diagnosis::sources::{CDX_COMMUNICATIONS, FIDELITY};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::jobs::refill;
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::doctor::rule::{Depth, Rule};
use crate::exchange::chain;
use crate::model::replaced::Cause;
use crate::model::suggestion::{OfChannels, Run, Suggestion};
use crate::model::topology::OFFLINE_SUFFIX;
use crate::model::wording::count;
use crate::store::lineage::Fit;
use crate::store::unknown_files::Content;

const HEADER: Header = Header {
    code: "CDX410",
    name: "database-replaced",
    severity: Severity::Error,
    checks: "that the file of each channel and offline database is the one last seen under its \
             name, that neither it nor headquarters was put back from an older copy since, and \
             that headquarters knows every channel database file that is there",
    why: "A copy does not have what was done since it was made, and it counts again from where it \
          stood. Each side is then wrong about what the other has: rows that were sent are not \
          there, and rows that were brought are missing.",
    how_to_fix: "A command that opens the file takes it in: its counters and temporary ids go on \
           above all that was given out, and each job's next run brings it everything. Reseeding \
           then finds the rows that headquarters does not have and lets the next upload bring \
           them, each once. Customers that only headquarters had made, and has lost, are named: \
           they are gone. A file that headquarters does not know, since it was put back from \
           before the channel was added, is taken in with what it has when the channel is added \
           again; which group it joins is a decision where there are several.",
    since: "0.3.0",
    behaviours: &["U07", "U10"],
    sources: &[Source::inferred(CDX_COMMUNICATIONS), Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let noticed = x.hq.replaced.as_ref()?;
    for (channel, facts) in x.readable() {
        let known = noticed.iter().find(|(store, _)| *store == channel.store.id);
        if let Some((_, cause)) = known {
            tell(x, channel, facts, *cause, findings)?;
            continue;
        }
        match &facts.fit {
            Ok(Fit::Replaced(cause)) => tell(x, channel, facts, *cause, findings)?,
            Ok(Fit::First | Fit::Same) => {}
            Err(why) => findings.unjudged(&channel.store.name, why),
        }
    }
    x.tell_unreadable(findings);
    if x.examines_all() {
        for file in x.hq.unknown_files.as_ref()? {
            match &file.content {
                Ok(content) => tell_unknown(x, &file.name, content, findings)?,
                Err(why) => findings.unjudged(&file.name, &Unknown(chain(why))),
            }
        }
    }
    Ok(())
}

fn tell_unknown(
    x: &Examination,
    name: &str,
    content: &Content,
    findings: &mut Findings,
) -> Result<(), Unknown> {
    let mut evidence = vec![format!("headquarters does not know channels/{name}.db")];
    if !content.is_ours {
        evidence.push("it was last used with another headquarters database".to_owned());
    }
    evidence.extend(content.waiting.iter().map(|(table, rows)| {
        let rows = count(*rows, "row");
        format!("{}: {rows} that headquarters does not have", table.replacen('_', ".", 1))
    }));
    findings.report(Found {
        subject: Subject::channel(name),
        title: "headquarters does not know the database's file".to_owned(),
        evidence,
        effect: "nothing goes to it, and what it has does not come up".to_owned(),
        fix: adoption(x, name, content)?,
    });
    Ok(())
}

/// The commands that take a file in; safe where nobody has to choose.
fn adoption(x: &Examination, name: &str, content: &Content) -> Result<Option<Fix>, Unknown> {
    let channel = name.strip_suffix(OFFLINE_SUFFIX).unwrap_or(name);
    let known = x.hq.stores.iter().find(|store| store.name.eq_ignore_ascii_case(channel));
    let real = x.hq.groups.iter().filter(|group| !group.dummy);
    let groups: Vec<&str> = known.map_or_else(
        || real.map(|group| group.name.as_str()).collect(),
        |store| vec![store.group.as_str()],
    );
    let offline = format!("{channel}{OFFLINE_SUFFIX}");
    let mut files = x.hq.unknown_files.iter().flatten();
    let with_offline = files.any(|file| file.name.eq_ignore_ascii_case(&offline));
    let usual = groups.iter().any(|group| group.eq_ignore_ascii_case("Default"));
    let Some(group) = (if usual { Some("Default") } else { groups.first().copied() }) else {
        return Ok(None);
    };
    let filled = refill(x, name, group)?;
    let group = (!usual).then(|| group.to_owned());
    let add = OfChannels::Add { name: channel.to_owned(), group, offline_database: with_offline };
    let steps = std::iter::once(Step::new(Stage::Clear, add)).chain(bring(x, name)).chain(filled);
    let is_clear = content.is_ours && groups.len() == 1;
    Ok(if is_clear { Fix::safe(steps) } else { Fix::manual(steps) })
}

/// The commands that bring what a file has to headquarters.
fn bring(x: &Examination, name: &str) -> Vec<Step> {
    if let Some(channel) = name.strip_suffix(OFFLINE_SUFFIX) {
        return vec![Step::new(Stage::Clear, Suggestion::Reconnect(channel.to_owned()))];
    }
    let uploads = x.hq.uploads.iter().flatten();
    let runs =
        uploads.map(|one| Step::in_channel(Stage::Upload, Run::job(&one.job.id).in_channel(name)));
    let reseed = Step::new(Stage::Clear, OfChannels::Reseed(name.to_owned()));
    std::iter::once(reseed).chain(runs).collect()
}

fn tell(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    cause: Cause,
    findings: &mut Findings,
) -> Result<(), Unknown> {
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
    findings.report(Found {
        subject: Subject::channel(name),
        title: "the database's file is not the one last seen".to_owned(),
        evidence,
        effect: "headquarters and the database are wrong about what the other has".to_owned(),
        fix: Fix::safe(bring(x, name).into_iter().chain(refill(x, name, &channel.store.group)?)),
    });
    Ok(())
}
