//! How large the page becomes where there is very much to tell.

use super::page;
use super::view::{
    CallsByReason, CustomerWay, EnvironmentView, Rollout, RolloutChannel, RolloutFeature,
    UnreadDatabase, WayStep,
};
use crate::diagnosis::{Checks, Diagnosis, Finding, Found, Looked, Subject};
use crate::doctor::rules::RULES;
use crate::gates::graph::{Graph, Node};
use crate::gates::in_effect::{ChannelState, InEffect, Sight, judge};
use crate::gates::resolve::Status;
use crate::model::ids::{DownloadId, JobId};
use crate::model::lane::{Lane, LaneSession, LaneStatus};
use crate::model::pos::ReasonCode;
use crate::model::status::DownloadStatus;
use crate::model::time::ShownTime;
use crate::model::trace::{StepState, TraceStage, TracedCustomer};

/// A name as long as people write them.
fn name(at: usize) -> String {
    format!("store-{at:03}-in-a-town-with-a-long-name")
}

fn rollout(channels: usize) -> Rollout {
    let feature = |at: usize| RolloutFeature {
        slug: format!("feature-{at}"),
        name: format!("A feature of the product with a name of some length, number {at}"),
        status: Status::Enabled,
        date: None,
    };
    // Each channel stands otherwise than its neighbours.
    let state = |channel: usize, feature: usize| InEffect {
        state: ChannelState::ALL[(channel + feature) % 4],
        missing_jobs: (0..channel % 5).map(|job| JobId::new(format!("10{job}0"))).collect(),
        ..judge("", &Sight::default())
    };
    let channel = |at: usize| RolloutChannel {
        name: name(at),
        group: format!("Group {}", at % 4),
        states: Some((0..20).map(|feature| state(at, feature)).collect()),
    };
    Rollout {
        features: (0..20).map(feature).collect(),
        channels: (0..channels).map(channel).collect(),
        others: 64,
        others_on: 35,
    }
}

fn lane(at: usize) -> Lane<ShownTime> {
    // No two lanes are alike, and each has a failure of its own.
    let session = |number: usize| {
        let failed = number % 50 == at % 50;
        let status = if failed { DownloadStatus::ApplyFailed } else { DownloadStatus::Applied };
        LaneSession {
            id: DownloadId(number as i64).into(),
            job: JobId::new("1010"),
            created: ShownTime::new("2026-01-15 08:00:00".to_owned(), String::new()),
            status: LaneStatus::Download(status),
            rows: 1000,
            tries: 3,
            message: failed.then(|| format!("{}: {}", name(at), "it went wrong; ".repeat(20))),
            replaced_by: None,
        }
    };
    Lane { channel: name(at), sessions: (0..200).map(session).collect() }
}

fn finding(at: usize) -> Finding {
    let rule = RULES[at % RULES.len()];
    let found = Found {
        subject: Subject::channel(&name(at)).with_job("1010"),
        title: "something is wrong with it, and this says what".to_owned(),
        evidence: vec![format!("row {at} is not what it was")],
        effect: "people do not see what they should see".to_owned(),
        fix: None,
    };
    Finding::of(&rule.header, found)
}

fn view(channels: usize) -> EnvironmentView {
    let calls = |reason: &ReasonCode| CallsByReason {
        reason: Some(*reason),
        operation: "create-customer".to_owned(),
        channels: (0..channels).map(name).collect(),
        calls: 12_345,
        failed: 1,
        last: ShownTime::default(),
    };
    let step = |at: usize| WayStep {
        stage: TraceStage::Channel,
        channel: Some(name(at)),
        state: StepState::Waiting,
        time: None,
        detail: format!("shows another phone, number {}", at % 3),
        next: None,
    };
    let node = |at: usize| Node {
        feature: format!("feature-{at}"),
        name: format!("A feature, number {at}"),
        status: Status::Enabled,
    };
    EnvironmentView {
        version: "10.0.48".to_owned(),
        now: ShownTime::default(),
        time_zone: "UTC".to_owned(),
        diagnosis: Diagnosis {
            checks: Checks::default(),
            rules: Vec::new(),
            findings: (0..channels * 2).map(finding).collect(),
            looked: Looked::Environment { channels: (0..channels).map(name).collect() },
            env: None,
        },
        rollout: rollout(channels),
        lanes: (0..channels).map(lane).collect(),
        customer: CustomerWay::Asked {
            customer: TracedCustomer::default(),
            steps: (0..channels).map(step).collect(),
        },
        calls: ReasonCode::ALL.iter().map(calls).collect(),
        graph: Graph { nodes: (0..20).map(node).collect(), edges: Vec::new() },
        unread: vec![UnreadDatabase { name: name(1), why: "it is no database".to_owned() }],
    }
}

#[test]
fn three_hundred_channels_stay_under_a_megabyte() {
    for channels in [40, 41, 300] {
        let text = page(&view(channels));
        assert!(text.len() < 1_000_000, "{channels} channels make {} bytes", text.len());
        assert!(text.contains(&name(channels - 1)), "the last is named");
        assert_eq!(text, page(&view(channels)), "the same facts make the same page");
    }
}
