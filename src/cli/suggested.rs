//! Every command that the tool suggests is one that it understands.

use std::collections::BTreeSet;

use clap::Parser as _;

use super::app::Cli;
use crate::model::ids::{DownloadId, UploadId};
use crate::model::interval::Interval;
use crate::model::run::Phase;
use crate::model::session::{SessionId, SessionKind};
use crate::model::suggestion::{
    Check, Consent, Doctor, OfChannels, OfCustomers, OfExtensions, OfFeatures, OfJobs, OfSessions,
    ProfileSwitch, Run, SetSchedule, Shell, Suggestion, TestRun,
};
use crate::model::version::Version;

/// Values that are not plain words.
const NAMES: &[&str] = &["houston", "a b", "it's", "-x", "ñandú", "a\"b$c"];

/// Every variant, and every option of it, for a name.
fn of_name(name: &str) -> Vec<Suggestion> {
    let own = || name.to_owned();
    let agreed = Consent { confirm: true, irreversible: true };
    let (version, group) = (Version::of([10, 0, 48]), Some(own()));
    let run = Run { allow: vec![own(), own()], ..Run::jobs([name, "1010"]).full() };
    let doctor =
        Doctor { only: Some("CDX210".to_owned()), format: Some("sarif"), ..Doctor::default() };
    let schedule = SetSchedule {
        active: Some(false),
        recurring: true,
        waiting: true,
        every: Interval::minutes(90),
        add_jobs: vec![own(), "P".to_owned()],
        add_groups: vec![own(), "Default".to_owned()],
        ..SetSchedule::of(name)
    };
    let mut all = vec![
        Suggestion::NewEnvironment(own()),
        Suggestion::InitElsewhere(own()),
        Suggestion::InitOver(own()),
        Suggestion::DemoElsewhere(own()),
        run.clone().in_channel(name).into(),
        Run { group, phase: Some(Phase::Collect), ..Run::job(name) }.into(),
        Run { phase: Some(Phase::Apply), ..Run::job(name) }.into(),
        Suggestion::Faults,
        Suggestion::WhichJob(own()),
        Suggestion::Reconnect(own()),
        Suggestion::RestartRegisters(Some(own())),
        Suggestion::FindCustomer { channel: own(), word: own() },
        Suggestion::Compare { table: Some(own()), channel: Some(own()) },
        Suggestion::MakeData { table: own(), rows: 3, channel: Some(own()) },
        Suggestion::ShowData { table: own(), channel: Some(own()) },
        Suggestion::ScaleUnits,
        Suggestion::RestartScaleUnits(Some(own())),
        Suggestion::RestartStorefronts(Some(own())),
        Suggestion::Schedules,
        schedule.into(),
        SetSchedule { jobs: vec![own()], active: Some(true), ..SetSchedule::of(name) }.into(),
        Suggestion::Parameters,
        Suggestion::SetParameter(own(), "yes".to_owned()),
        Suggestion::Profiles,
        Suggestion::SetProfile(own(), ProfileSwitch::AsyncCustomers),
        Suggestion::SetProfile(own(), ProfileSwitch::AsyncOrders),
        Suggestion::Upgrade(version.clone()),
        Suggestion::UpgradeScaleUnits(version, Some(own())),
        Suggestion::Initialize { delete_existing: true, despite_errors: true },
        Suggestion::Clock,
        Suggestion::SetClock("2026-01-15 09:00:00".to_owned()),
        Suggestion::Status,
        Suggestion::Report { customer: Some(own()), file: Some(own()) },
        Suggestion::RealTimeCalls { format: Some("csv") },
        Suggestion::DemoChapter(own(), 2),
        doctor.into(),
        Doctor { baseline: Some(own()), write_baseline: true, ..Doctor::default() }.into(),
        Doctor { fix: true, ..Doctor::default() }.into(),
        Check { path: Some(own()), only: Some("CDX704".to_owned()), ..Check::default() }.into(),
        Check { baseline: Some(own()), write_baseline: true, ..Check::default() }.into(),
        TestRun { file: own(), only: Some(own()), keep: Some(own()), list: false }.into(),
        TestRun { file: own(), list: true, ..TestRun::default() }.into(),
        Suggestion::Explain(own()),
        Suggestion::Schema(Some(own())),
        Suggestion::Schema(None),
        Suggestion::Help(Some("run".to_owned())),
        Suggestion::Version,
    ];
    all.extend(of_families(name, agreed));
    all
}

/// The variants that are families of their own.
fn of_families(name: &str, agreed: Consent) -> Vec<Suggestion> {
    let own = || name.to_owned();
    let mut all = Vec::new();
    all.extend([OfJobs::List, OfJobs::Show(own()), OfJobs::Check].map(Suggestion::from));
    let extensions =
        [OfExtensions::List, OfExtensions::Add(own()), OfExtensions::AddDespite(own())];
    all.extend(extensions.map(Suggestion::from));
    for kind in [SessionKind::Download, SessionKind::Upload] {
        all.push(OfSessions::List(kind).into());
    }
    let (down, up) = (DownloadId(7), UploadId(7));
    let channel = || Some(own());
    let sessions = [
        OfSessions::Draw("svg"),
        OfSessions::Show(SessionId::Download(down)),
        OfSessions::Show(SessionId::Upload(up)),
        OfSessions::Retry { id: down, channel: channel() },
        OfSessions::RetryUpload(up),
        OfSessions::Cancel { id: down, channel: channel() },
    ];
    all.extend(sessions.map(Suggestion::from));
    all.extend(of_features(name, agreed).map(Suggestion::from));
    let customers = [
        OfCustomers::List,
        OfCustomers::Show(own()),
        OfCustomers::Operations,
        OfCustomers::FailedOperations,
        OfCustomers::CorrectOperation(own()),
        OfCustomers::Operation(own()),
        OfCustomers::Synchronize(own()),
        OfCustomers::Trace(own()),
    ];
    all.extend(customers.map(Suggestion::from));
    let channels = [
        OfChannels::List,
        OfChannels::Add { name: own(), group: Some(own()), offline_database: true },
        OfChannels::AddOffline(own()),
        OfChannels::Resume(own()),
        OfChannels::Reseed(own()),
        OfChannels::SetDefaultCustomer { channel: own(), account: own() },
        OfChannels::Rebuild { database: own(), discard: true },
    ];
    all.extend(channels.map(Suggestion::from));
    all
}

fn of_features(name: &str, consent: Consent) -> [OfFeatures; 14] {
    let own = || name.to_owned();
    [
        OfFeatures::List,
        OfFeatures::ListAll,
        OfFeatures::Show(own()),
        OfFeatures::Plan(own()),
        OfFeatures::Enable { feature: own(), with_prerequisites: true, consent },
        OfFeatures::Disable { feature: own(), cascade: true },
        OfFeatures::Schedule { feature: own(), date: "2026-03-01".to_owned(), consent },
        OfFeatures::Unschedule(own()),
        OfFeatures::Graph("mermaid"),
        OfFeatures::EnableAll(consent),
        OfFeatures::Refresh,
        OfFeatures::Check(Some(own())),
        OfFeatures::Export { file: own(), force: true },
        OfFeatures::Import { file: own(), consent },
    ]
}

/// The variant that a suggestion is: without its values.
fn variant(suggestion: &Suggestion) -> String {
    let text = format!("{suggestion:?}");
    let word =
        |text: &str| text.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let (outer, rest) = (word(&text), text.split_once('(').map_or("", |(_, rest)| rest));
    let family = ["Jobs", "Sessions", "Features", "Customers", "Channels"];
    if family.contains(&outer.as_str()) { format!("{outer}.{}", word(rest)) } else { outer }
}

/// The variants that the source declares.
fn declared() -> BTreeSet<String> {
    let source = include_str!("../model/suggestion/mod.rs");
    let of = |name: &str| -> Vec<String> {
        let body = source.split(&format!("pub enum {name} {{")).nth(1).unwrap();
        let body = body.split("\n}").next().unwrap();
        let own = body.lines().filter_map(|line| line.strip_prefix("    "));
        let named = own.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
        let word = |line: &str| line.chars().take_while(char::is_ascii_alphanumeric).collect();
        named.map(word).collect()
    };
    let families = ["Jobs", "Sessions", "Features", "Customers", "Channels"];
    let plain = of("Suggestion").into_iter().filter(|name| !families.contains(&name.as_str()));
    let nested = families.iter().flat_map(|family| {
        of(&format!("Of{family}")).into_iter().map(move |name| format!("{family}.{name}"))
    });
    plain.chain(nested).collect()
}

#[test]
fn every_suggestion_is_understood_as_it_is_typed() {
    let mut seen = BTreeSet::new();
    for (name, env) in
        NAMES.iter().flat_map(|name| [None, Some("my store"), Some("-e")].map(|e| (name, e)))
    {
        for suggestion in of_name(name) {
            seen.insert(variant(&suggestion));
            let typed = suggestion.written(Shell::Sh, env);
            let words = shlex::split(&typed).unwrap();
            assert_eq!(words[1..], suggestion.arguments(env), "{typed}");
            // Help and the version are answered by clap itself, as an error of a kind.
            let understood = match Cli::try_parse_from(&words) {
                Ok(cli) => {
                    let named = cli.env.map(|path| path.display().to_string());
                    let elsewhere = matches!(
                        suggestion,
                        Suggestion::InitElsewhere(_)
                            | Suggestion::InitOver(_)
                            | Suggestion::DemoElsewhere(_)
                            | Suggestion::DemoChapter(..)
                            | Suggestion::Check(_)
                            | Suggestion::Test(_)
                    );
                    assert_eq!(named.as_deref(), env.filter(|_| !elsewhere), "{typed}");
                    true
                }
                Err(error) => !error.use_stderr(),
            };
            assert!(understood, "{typed}: {:?}", Cli::try_parse_from(&words).err());
        }
    }
    assert_eq!(seen, declared());
}

#[test]
fn a_shell_takes_each_word_as_it_is() {
    let find = Suggestion::FindCustomer { channel: "a b".to_owned(), word: "it's".to_owned() };
    let env = Some("../my store");
    let sh = "cdx --env '../my store' pos find-customer --channel 'a b' 'it'\\''s'";
    assert_eq!(find.written(Shell::Sh, env), sh);
    let power_shell = "cdx --env '../my store' pos find-customer --channel 'a b' 'it''s'";
    assert_eq!(find.written(Shell::PowerShellScript, env), power_shell);
}
