//! The names that people know features and jobs by.

use super::harness::{Env, Run};

fn asked(env: &Env, words: &[&str]) -> Run {
    env.args(words)
}

#[test]
fn g01_every_spelling_of_the_pages_is_understood() {
    let env = Env::new();
    for (word, slug) in [
        ("Habilitar la edición de clientes en modo asíncrono", "async-customer-editing"),
        ("Habilitar edición de clientes en modo asíncrono", "async-customer-editing"),
        ("enable the asynchronous creation for customer addresses", "async-address-creation"),
        ("Cloud powered customer search (Preview)", "cloud-powered-customer-search"),
        ("cloud powered customer search", "cloud-powered-customer-search"),
        (
            "Run \u{201c}Initialize commerce scheduler\u{201d} after Headquarters is updated",
            "initialize-scheduler-after-update",
        ),
        ("unpublished:multiple-catalogs", "multiple-catalogs"),
        ("Compress payment tokens", "compress-payment-tokens"),
    ] {
        let shown = asked(&env, &["features", "show", word, "--format", "json"]).expect(0).json();
        assert_eq!(shown["slug"], slug, "{word}");
    }
    for (word, nearest) in [
        ("Habilitar edición clientes modo asíncrono", "Habilitar edición de clientes"),
        ("Enable editing of customers in the asynchronous mode", "Enable editing customers"),
        ("Optimized product avilability calculation", "Optimized product availability"),
    ] {
        let run = asked(&env, &["features", "show", word]).expect(2);
        assert!(run.err.contains(&format!("did you mean \"{nearest}")), "{word}: {}", run.err);
    }
    for (word, job) in [
        ("Configuración global", "1110"),
        ("configuracion del canal", "1070"),
        ("Clientes", "1010"),
        ("Sincronizar las solicitudes de clientes y canales", "sync-customers"),
        ("Synchronize customers and business partners from async mode", "sync-customers"),
    ] {
        let done = asked(&env, &["run", word, "--format", "json"]).expect(0).json();
        assert_eq!(done["jobs"][0]["job"], job, "{word}");
    }
    let run = asked(&env, &["run", "Configuración de los canales"]).expect(2);
    assert!(run.err.contains("did you mean \"Configuración de"), "{}", run.err);
}

#[test]
fn g01_a_job_that_is_not_modelled_is_known_by_name() {
    let env = Env::new();
    insta::assert_snapshot!(env.ok("explain 1040").out, @r"
    1040 (Products): known, and not modelled here
      carries products, assortments and their media to the channels
      documented: msdocs: many pages, among them omnichannel media management overview
      what is modelled: cdx jobs list
    ");
    assert_eq!(env.ok("jobs show products").out, env.ok("explain 1040").out);
    let run = env.run("run 1040").expect(2);
    assert!(
        !run.err.contains("did you mean") && run.err.contains("cdx explain 1040"),
        "{}",
        run.err
    );
    for word in ["1060", "9999", "P-1000", "A-1010", "1130", "Staff"] {
        let shown = env.json(&format!("explain {word}"));
        assert_eq!(shown["modelled"], false, "{word}");
        assert!(!shown["source"].as_str().unwrap().is_empty(), "{word}");
        let run = env.run(&format!("run {word} --format json")).expect(2);
        assert_eq!(run.json()["error"]["code"], "job-not-modelled", "{word}");
    }
    let needed = env.json("which-job 1040");
    assert_eq!(needed["jobs"][0]["job"], "1040");
    env.run("schedules set Downloads --add-jobs 1040").expect(2);
}

#[test]
fn a_parameter_that_nothing_acts_on_is_kept_and_said_and_advised_by_nobody() {
    let env = Env::new();
    let delayed = "CDX_ENABLE_DELAYED_OFFLINE_DOWNLOAD_SESSION_CREATION";
    let run = env.ok(&format!("params set {delayed} 1"));
    assert!(run.err.contains("nothing here acts on it"), "{}", run.err);
    let run = env.ok("params set CDX_ENABLE_ROLLBACK_ON_FAILUR 0");
    assert!(run.err.contains("did you mean CDX_ENABLE_ROLLBACK_ON_FAILURE?"), "{}", run.err);
    // The flood comes anyway, and is told.
    let settings = std::fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &settings.replace("session-budget = 50", "session-budget = 1"));
    let found = env.run("doctor --only CDX213 --format json").json();
    assert_eq!(found["findings"][0]["code"], "CDX213", "{found:#}");
    assert!(!env.ok("explain CDX213").out.contains(delayed));
}

/// What people put around a job's name names it anyway, and a job that a feature makes is
/// explained before it is there.
#[test]
fn g01_what_stands_around_a_jobs_name_does_not_matter() {
    let env = Env::new();
    for word in ["Job 1110", "trabajo 1110", "CDX P-job", "trabajo CDX P", "1010 (Clientes)"] {
        env.args(&["jobs", "show", word]).expect(0);
    }
    env.args(&["jobs", "show", "Sincronización de pedidos"]).expect(0);
    for word in ["1010_CustomerSearch", "1040 (Products)", "Job 1040", "Started", "mandatory"] {
        env.args(&["explain", word]).expect(0);
    }
    for name in [
        "Editing customers in asynchronous mode",
        "Habilite la creación mejorada de clientes asincrónicos",
        "Edición de clientes en modo asíncrono",
        "Modern customer details page",
        "Unified return processing experience for POS",
    ] {
        env.args(&["features", "show", name]).expect(0);
    }
}
