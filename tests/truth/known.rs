//! Cases that were met in use, each a state of its own.

use super::agree::{Met, disagreements};
use super::ask::doctor;
use super::program::{Beginning, Env};

fn agrees(env: &Env) {
    let wrong = disagreements(env, &mut Met::new());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn codes(env: &Env, channel: &str) -> Vec<String> {
    let own = doctor(env).unwrap().into_iter().filter(|f| f.channel.as_deref() == Some(channel));
    own.map(|finding| finding.code).collect()
}

/// Case 15: the channels are empty, or only 1110 has come; nothing works there, and it is said.
#[test]
fn empty_channels_are_told() {
    let env = Env::new(Beginning::Empty);
    agrees(&env);
    env.run("run 1110");
    agrees(&env);
    let found = codes(&env, "houston");
    for code in ["CDX214", "CDX306"] {
        assert!(found.iter().any(|known| known == code), "{code}: {found:?}");
    }
    env.run("run 1070 1010 1170");
    agrees(&env);
    assert_eq!(codes(&env, "houston"), ["CDX304"; 4]);
}

/// Case 16: the features are on and one channel's profile is off.
#[test]
fn a_profile_that_is_off_is_told_and_planned() {
    let env = Env::new(Beginning::Synchronized);
    env.run("features enable async-customer-editing --with-prerequisites");
    env.run("profiles set Stores --async-customers yes");
    env.run("run 1110 1010 1070");
    env.run("csu restart");
    agrees(&env);
    let online = codes(&env, "online");
    assert!(online.iter().all(|code| code == "CDX304") && !online.is_empty(), "{online:?}");
    let shown = env.json("features show async-customer-editing");
    let create = |channel: usize| shown["channels"][channel]["operations"][0].clone();
    assert_eq!((&create(0)["path"], &create(0)["reason"]), (&"async".into(), &().into()));
    assert_eq!(create(2)["operation"], "create-customer");
    assert_eq!(
        (&create(2)["path"], &create(2)["reason"]),
        (&"real-time".into(), &"profile-off".into())
    );
    let plan = env.json("features plan async-customer-editing");
    assert_eq!(plan["effective"], true);
    assert_eq!(plan["choices"][0]["channels"], serde_json::json!(["online"]));
    assert_eq!(plan["choices"][0]["command"], "cdx profiles set Online --async-customers yes");
}

/// Case 17: only 1110 has run since; the channel acts, and the other jobs are still to run.
#[test]
fn g15_a_channel_acts_before_the_other_documented_jobs_have_come() {
    let env = Env::new(Beginning::Synchronized);
    env.run("features enable async-customer-editing --with-prerequisites");
    env.run("run 1110");
    agrees(&env);
    let edit =
        env.json("pos edit-customer --channel houston --account 00000010 --set phone=1 --dry-run");
    assert_eq!(edit["path"], "async");
    let found = codes(&env, "houston");
    assert!(found.contains(&"CDX215".to_owned()) && !found.contains(&"CDX201".to_owned()));
    let shown = env.json("features show async-customer-editing");
    let houston = &shown["channels"][0];
    assert_eq!((&houston["state"], &houston["in_effect"]), (&"effective".into(), &true.into()));
    assert_eq!(houston["missing_jobs"], serde_json::json!(["1010", "1070"]));
}

#[test]
fn r15_turned_off_and_still_in_effect_is_not_distributed() {
    let env = Env::new(Beginning::Synchronized);
    env.run("features enable async-address-creation");
    env.run("run 1110");
    env.run("features disable async-address-creation");
    agrees(&env);
    let shown = env.json("features show async-address-creation");
    let houston = &shown["channels"][0];
    assert_eq!(
        (&houston["state"], &houston["in_effect"]),
        (&"not-distributed".into(), &true.into())
    );
    assert_eq!(houston["missing_jobs"], serde_json::json!(["1110"]));
}

/// A new environment has no error and no warning.
#[test]
fn a_new_environment_has_infos_alone() {
    let env = Env::new(Beginning::Synchronized);
    let report = env.json("doctor");
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!((&finding["code"], &finding["severity"]), (&"CDX304".into(), &"info".into()));
    }
    assert_eq!(env.run("doctor --fail-on warning").code, 0);
    agrees(&env);
}
