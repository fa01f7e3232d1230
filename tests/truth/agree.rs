//! What the register and the doctor say agrees, in both directions ("The truth of the whole
//! catalogue").

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::ask::{
    Asked, CRASHED, Finding, HeadquartersGround, OPERATIONS, Who, doctor, listed, registers, shown,
};
use super::program::Env;

const ADDRESSES: &str = "async-address-creation";
const EDITING: &str = "async-customer-editing";

/// What was met, so that a sweep that meets nothing says so.
pub type Met = BTreeMap<String, usize>;

/// Everything on which they disagree; what was met goes into `met`.
pub fn disagreements(env: &Env, met: &mut Met) -> Vec<String> {
    let Some(findings) = doctor(env) else {
        *met.entry("no doctor".to_owned()).or_default() += 1;
        return Vec::new();
    };
    let asked = registers(env, 10);
    let mut wrong = Vec::new();
    for one in &asked {
        let word = match &one.said {
            HeadquartersGround::Goes { path, .. } => match one.said.cause() {
                Some((code, _)) => format!("{path} {code}"),
                None => path.clone(),
            },
            HeadquartersGround::Fails { code, .. } => format!("fails {code}"),
        };
        *met.entry(word).or_default() += 1;
        if let Some(missing) = told(one, &findings) {
            wrong.push(format!("{} -> {:?}: {missing}", one.words, one.said));
        }
    }
    for finding in &findings {
        *met.entry(finding.code.clone()).or_default() += 1;
        if let Some(untrue) = untrue(env, finding, &asked) {
            wrong.push(format!("{finding:?}: {untrue}"));
        }
    }
    wrong.extend(features(env, &asked));
    wrong
}

/// What the doctor leaves out about an answer.
fn told(one: &Asked, findings: &[Finding]) -> Option<String> {
    let store = if one.offline { format!("{}.offline", one.channel) } else { one.channel.clone() };
    let own = |finding: &&Finding| finding.channel.as_deref() == Some(store.as_str());
    let mut own = findings.iter().filter(own);
    if let HeadquartersGround::Fails { code, .. } = &one.said {
        let named = own.any(|finding| finding.code == "CDX306");
        return (!named).then(|| format!("it fails ({code}), and CDX306 is silent"));
    }
    let (code, text) = one.said.cause()?;
    match code {
        "feature-off" | "profile-off" | "no-profile" => {
            let names = |finding: &Finding| {
                let starts = format!("{}:", one.operation);
                finding.code == "CDX304"
                    && finding.title == text
                    && finding.evidence.iter().any(|line| line.starts_with(&starts))
            };
            (!own.any(names)).then(|| "a setting says so, and CDX304 is silent".to_owned())
        }
        "not-distributed" | "half-synchronized" | "scale-unit-too-old" | "cached" => {
            let names = |finding: &Finding| {
                finding.code == "CDX303"
                    && finding.key.as_deref() == Some(one.operation)
                    && finding.title.ends_with(text)
            };
            (!own.any(names)).then(|| "something is in the way, and CDX303 is silent".to_owned())
        }
        "e-commerce-cached" => {
            let starts = format!("{}:", one.operation);
            let names = |finding: &Finding| {
                finding.code == "CDX305"
                    && finding.evidence.iter().any(|line| line.starts_with(&starts))
            };
            (!own.any(names)).then(|| "the shop is in the way, and CDX305 is silent".to_owned())
        }
        other => Some(format!("a cause that nobody foresaw: {other}")),
    }
}

/// What a finding says that is not so.
fn untrue(env: &Env, finding: &Finding, asked: &[Asked]) -> Option<String> {
    if finding.code == CRASHED {
        return Some("no rule crashes".to_owned());
    }
    let store = finding.channel.as_deref()?;
    let (channel, offline) =
        store.strip_suffix(".offline").map_or((store, false), |channel| (channel, true));
    let of = |operation: &str| -> Vec<&Asked> {
        let same = |one: &&Asked| {
            one.channel == channel && one.offline == offline && one.operation == operation
        };
        asked.iter().filter(same).collect()
    };
    let all = || asked.iter().filter(|one| one.channel == channel && one.offline == offline);
    let fails = |one: &Asked| matches!(one.said, HeadquartersGround::Fails { .. });
    match finding.code.as_str() {
        "CDX303" => {
            let operation = finding.key.as_deref()?;
            let slow = of(operation);
            // One that was not asked (no address is known) says nothing.
            let waits = slow.iter().any(|one| one.said.cause().is_some());
            (!slow.is_empty() && !waits).then(|| format!("{operation} is no real-time call"))
        }
        "CDX305" => {
            let status = env.json(&format!("csu status --channel {channel}"));
            let old = |one: &serde_json::Value| one["differs"] != serde_json::json!([]);
            let some = status["e_commerce"].as_array()?.iter().any(old);
            // Instances may differ, and it is held against the first.
            let several = status["instances"].as_array()?.len() > 1;
            let named = finding.evidence.iter().filter_map(|line| line.split(':').next());
            for operation in named.filter(|named| OPERATIONS.contains(named)) {
                let found = of(operation);
                if !found.is_empty() && found.iter().all(|one| one.said.is_local()) {
                    return Some(format!("{operation} is local"));
                }
            }
            (!some && !several).then(|| "the application answers as its scale unit".to_owned())
        }
        "CDX304" => {
            let named = finding.evidence.iter().filter_map(|line| line.split(':').next());
            for operation in named.filter(|named| *named != "create-order") {
                let found = of(operation);
                let so = |one: &&Asked| {
                    one.said.cause().is_some_and(|(_, text)| text == finding.title) || fails(one)
                };
                if !found.is_empty() && !found.iter().any(so) {
                    return Some(format!("{operation} is not kept from being local by that"));
                }
            }
            None
        }
        "CDX306" => match finding.key.as_deref() {
            None => all().any(|one| !fails(one)).then(|| "an operation can be done".to_owned()),
            Some("not-configured" | "no-default-customer" | "no-customers") => {
                let named = finding.evidence.first()?.split(": ").nth(1)?.to_owned();
                for operation in named.split(", ").filter(|named| *named != "create-order") {
                    let found = of(operation);
                    if !found.is_empty() && !found.iter().any(|one| fails(one)) {
                        return Some(format!("{operation} does not fail"));
                    }
                }
                None
            }
            Some(_) => {
                let some = all().any(|one| one.who == Who::Account && fails(one));
                (!some).then(|| "no operation on a customer fails".to_owned())
            }
        },
        "CDX201" | "CDX215" => {
            let here = shown(env, finding.feature.as_deref()?).remove(channel)?;
            let (state, instances) = (&here["state"], here["instances"].as_array()?);
            let acts = instances.iter().any(|one| one["on"] == true);
            let missing =
                here["missing_jobs"].as_array()?.len() + here["missing_steps"].as_array()?.len();
            let holds = match finding.code.as_str() {
                // Its effect is that the channel goes on as if the feature were off.
                "CDX201" => state == "not-distributed" && !acts,
                _ => state != "not-distributed" && acts && missing > 0,
            };
            (!holds).then(|| format!("features show says {here}"))
        }
        "CDX214" => {
            let applied = number(
                &env.hq(),
                &format!(
                    "SELECT count(*) FROM RETAILCDXDOWNLOADSESSIONDATASTORE d
                     JOIN RETAILCDXDOWNLOADSESSION s ON s.SESSION_ = d.SESSION_
                     JOIN RETAILCONNDATABASEPROFILE p ON p.RECID = d.DATASTORE
                     LEFT JOIN cdx_REBUILT r ON r.DATASTORE = d.DATASTORE
                     WHERE d.STATUS = 4 AND s.SESSIONTYPE = 1
                     AND p.NAME = '{store}' AND s.JOBID = '{}'
                     AND d.SESSION_ > coalesce(r.SESSION, 0)",
                    finding.job.as_deref()?
                ),
            );
            (applied > 0).then(|| format!("{applied} full sessions of it were applied"))
        }
        "CDX505" => {
            let sql = format!(
                "SELECT c.DEFAULTCUSTACCOUNT FROM RETAILCONNDATABASEPROFILE p
                 JOIN RETAILCDXDATASTORECHANNEL d ON d.DATASTORE = p.RECID
                 JOIN RETAILCHANNELTABLE c ON c.RECID = d.CHANNEL WHERE p.NAME = '{store}'"
            );
            let account: String = env.hq().query_row(&sql, [], |row| row.get(0)).unwrap();
            let there = |db: &Connection, table: &str| {
                let sql = format!("SELECT count(*) FROM {table} WHERE ACCOUNTNUM = '{account}'");
                number(db, &sql) > 0
            };
            let both = there(&env.hq(), "CUSTTABLE")
                && there(&Connection::open(env.file(store)).unwrap(), "ax_CUSTTABLE");
            both.then(|| format!("both sides have {account}"))
        }
        "CDX301" => {
            let status = env.json(&format!("csu status --channel {channel}"));
            let differs = |one: &serde_json::Value| {
                one["differs"].as_array().is_some_and(|found| !found.is_empty())
            };
            let some = status["instances"].as_array()?.iter().any(differs)
                || finding.key.as_deref() == Some("registers");
            (!some).then(|| "no instance holds anything else than its database".to_owned())
        }
        _ => None,
    }
}

fn number(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).unwrap_or_default().unwrap_or(0)
}

/// Where `features show` and `features plan` say otherwise than the register.
fn features(env: &Env, asked: &[Asked]) -> Vec<String> {
    let mut wrong = Vec::new();
    for feature in [ADDRESSES, EDITING] {
        let report = env.json(&format!("features show {feature}"));
        // Below its floor it does not exist, and a file that cannot be read is no answer.
        let Some(channels) = report["channels"].as_array() else { continue };
        let plan = env.json(&format!("features plan {feature}"));
        for here in channels {
            let channel = here["channel"].as_str().unwrap();
            let operations = here["operations"].as_array().unwrap();
            if operations.is_empty() {
                wrong.push(format!("{feature} has no operations in {channel}"));
            }
            let planned = plan["channels"].as_array().into_iter().flatten();
            let planned = planned.into_iter().find(|one| one["channel"] == channel);
            if let Some(planned) = planned
                && planned["operations"] != here["operations"]
            {
                wrong.push(format!("plan and show of {feature} differ in {channel}"));
            }
            for one in asked
                .iter()
                .filter(|one| one.channel == channel && !one.offline && one.instance == 1)
            {
                let Some(found) = operations.iter().find(|o| o["operation"] == one.operation)
                else {
                    wrong.push(format!("{feature} leaves out {}", one.operation));
                    continue;
                };
                let found = match one.who {
                    Who::Async if !found["asynchronous"].is_null() => &found["asynchronous"],
                    _ => found,
                };
                // Who is not there, and what cannot be done at all, is told by the error.
                let fails = matches!(one.said, HeadquartersGround::Fails { .. });
                if !fails && found["path"] != one.said.path() {
                    let said = one.said.path();
                    wrong.push(format!("{feature} shows {found}, the register: {said}"));
                }
            }
            let own = if feature == ADDRESSES { "create-address" } else { "edit-customer" };
            let local = asked.iter().filter(|one| {
                one.channel == channel
                    && !one.offline
                    && one.operation == own
                    && !matches!(one.said, HeadquartersGround::Fails { .. })
            });
            let local: BTreeSet<bool> = local.map(|one| one.said.is_local()).collect();
            let in_effect = here["in_effect"] == true;
            if in_effect && local.contains(&false) || !in_effect && local == [true].into() {
                let texts = asked
                    .iter()
                    .filter(|one| one.channel == channel)
                    .map(|one| format!("{} {}", one.words, one.said.path()));
                let texts = listed(&texts.collect());
                wrong.push(format!("{feature} in effect: {in_effect}; {texts}"));
            }
        }
    }
    wrong
}
