//! `cdx report`: one page that needs nothing beside it, whatever names are in it.

use std::fs;

use scraper::{ElementRef, Html, Selector};

use super::harness::Env;

/// An environment with a bit of everything: features partly on, sessions and an operation that
/// failed, real-time calls, a customer on its way.
pub fn telling() -> Env {
    let env = Env::new();
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("profiles set Stores --async-customers yes");
    env.ok("pos create-customer --channel houston --first-name Grace --last-name Hopper");
    env.ok("pos create-customer --channel online --first-name Mary --last-name Shelley");
    env.ok("run 1110 1010 1070");
    env.ok("csu restart --channel houston");
    env.create_async("houston", "Byron");
    env.create_async("seattle", "Turing");
    env.ok("pos balance --channel seattle --account 00000004");
    env.run("pos balance --channel houston --account 00000005 --fault rts-down").expect(1);
    env.ok("run P");
    env.run("run sync-customers --fault batch-fails=houston").expect(1);
    env.ok("clock advance 15m");
    env.ok("features enable multiple-contacts");
    env.ok("features schedule emailed-receipts-from-journal 2026-03-01");
    env.ok("customers edit 00000004 --set phone=555-0100");
    env.run("run 1010 --fault apply-fails=seattle").expect(1);
    env.ok("run 1110 --channel houston");
    env
}

/// What names are made of that want out of a page.
const HOSTILE: &str = "</title></style><script>window.broken=1</script>\
    <img src=x onerror=window.broken=1>\"' onload='window.broken=1' ]]> --> &lt; %%{init}%%";

/// [`HOSTILE`] with what a terminal obeys, and very long.
fn worst() -> String {
    format!("{HOSTILE}\u{1b}[31m\u{202e}\r\n{}", "long".repeat(400))
}

/// An environment in which every text that another can write is hostile.
pub fn hostile() -> Env {
    let env = telling();
    let toml = HOSTILE.replace('\\', "\\\\").replace('"', "\\\"");
    env.write(
        "gates/apart.toml",
        &format!(
            "[feature]\nslug = \"apart\"\nclass = \"Apart\"\nname = \"{toml}\"\nname-es = \"Aparte\"\n\
             module = \"Ours\"\ngrade = \"assumed\"\nsource = \"ours\"\n\
             [lifecycle]\nreleased = \"10.0.20\"\n"
        ),
    );
    let worst = worst();
    let hq = env.hq();
    let all = "UPDATE RETAILCDXDOWNLOADSESSIONDATASTORE SET MESSAGE = ?1 WHERE MESSAGE <> ''";
    assert!(hq.execute(all, [&worst]).unwrap() > 0);
    assert!(
        hq.execute("UPDATE RETAILCDXDATAGROUP SET NAME = ?1 WHERE NAME = 'Default'", [HOSTILE])
            .unwrap()
            > 0
    );
    let houston = env.channel("houston");
    let calls = "UPDATE cdx_REALTIMECALL SET OPERATION = ?1, ACCOUNT = ?1";
    assert!(houston.execute(calls, [&worst]).unwrap() > 0);
    env
}

fn page(env: &Env, words: &str) -> (String, Html) {
    let text = env.ok(&format!("report -o - {words}")).out;
    let parsed = Html::parse_document(&text);
    (text, parsed)
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>()
}

/// That nothing runs, nothing is loaded, and a reader of any kind finds the way.
fn is_sound(page: &Html) {
    assert_eq!(page.errors, [] as [&str; 0], "it is well formed");
    let ids: Vec<_> = all(page, "[id]").iter().map(|one| one.attr("id").unwrap()).collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| other == &id).count(), 1, "two have the id {id}");
    }
    for element in all(page, "*") {
        let name = element.value().name();
        let known = "html head meta title style body header main footer nav section article h1 h2 \
                     h3 p a div span strong code ul ol li dl dt dd table thead tbody tr th td svg \
                     symbol use circle path rect line text g desc defs marker";
        assert!(known.split_whitespace().any(|one| one == name), "there is a {name}");
        for (attribute, value) in element.value().attrs() {
            assert!(attribute != "style" && !attribute.starts_with("on"), "{attribute}={value}");
            let leads = match attribute {
                "href" if name == "a" => value.starts_with('#') || value.starts_with("https://"),
                "href" => name == "use" && value.starts_with("#m-"),
                "src" | "srcset" | "data" | "action" | "ping" | "xlink:href" => false,
                _ => true,
            };
            assert!(leads, "{name} {attribute}={value}");
            if let Some(id) = value.strip_prefix('#').filter(|_| attribute == "href") {
                assert!(ids.contains(&id), "{value} leads nowhere");
            }
        }
    }
    let policy = all(page, "meta[http-equiv='Content-Security-Policy']")[0].attr("content");
    assert!(policy.unwrap().starts_with("default-src 'none'; style-src 'sha256-"), "{policy:?}");
    assert_eq!(all(page, "html")[0].attr("lang"), Some("en"));
    assert_eq!(all(page, "style").len(), 1);
    assert!(!text(all(page, "style")[0]).contains("url("));
    assert!(all(page, "th").iter().all(|th| th.attr("scope").is_some()));
    assert!(all(page, "svg.mark, svg.bar").iter().all(|one| one.attr("aria-hidden").is_some()));
    for drawing in all(page, "svg.drawing") {
        let label = drawing.attr("aria-labelledby").unwrap();
        assert!(label.split(' ').all(|id| ids.contains(&id)), "{label}");
    }
}

const SECTIONS: [&str; 7] =
    ["verdict", "rollout", "sessions", "customer", "calls", "gates", "not-judged"];

#[test]
fn every_section_is_there_in_its_order_with_what_it_is_about() {
    let env = telling();
    let (_, page) = page(&env, "--customer Byron");
    is_sound(&page);
    let sections = all(&page, "main > section");
    let ids: Vec<_> = sections.iter().map(|one| one.attr("id").unwrap()).collect();
    assert_eq!(ids, SECTIONS);
    for id in SECTIONS {
        assert_eq!(all(&page, &format!("nav a[href='#{id}']")).len(), 1);
        assert_eq!(all(&page, &format!("#{id} > h2")).len(), 1);
    }
    let told = |id: &str| text(all(&page, &format!("#{id}"))[0]);
    assert!(text(all(&page, "h1")[0]).contains("4 errors, 2 warnings"));
    for command in ["cdx run 1110", "cdx customers synchronize customer-1", "cdx doctor --fix"] {
        let shown = all(&page, "#verdict code.command");
        assert!(shown.iter().any(|one| text(*one) == command), "{command}");
    }
    for words in ["not distributed", "missing: job 1110", "effective", "scheduled, on 2026-03-01"] {
        assert!(told("rollout").contains(words), "{words}: {}", told("rollout"));
    }
    for words in ["houston", "houston.offline", "seattle", "online", "ApplyFailed", "↑P-0001"] {
        assert!(told("sessions").contains(words), "{words}: {}", told("sessions"));
    }
    let cell = all(&page, "#sessions svg a[href='#failure-1']");
    assert!(text(cell[0]).contains("Session 8 of job 1010"), "{}", text(cell[0]));
    assert!(text(all(&page, "#failure-1")[0]).contains("the rows could not be written"));
    let missing = all(&page, "#customer [aria-current='step']");
    assert_eq!(missing.len(), 1);
    assert!(text(missing[0]).contains("Customer batch") && text(missing[0]).contains("failed"));
    assert!(told("customer").contains("cdx customers status show customer-1"));
    for words in ["always-real-time", "balance", "not-distributed"] {
        assert!(told("calls").contains(words), "{words}: {}", told("calls"));
    }
    assert!(told("gates").contains("Enable editing customers in asynchronous mode"));
    assert!(told("not-judged").contains("Everything was judged"));
}

#[test]
fn the_same_environment_gives_the_same_bytes_in_a_file_and_on_standard_output() {
    let env = telling();
    let once = env.ok("report --customer Byron -o -").out;
    env.ok("report --customer Byron");
    assert_eq!(fs::read_to_string(env.path().join("cdx-report.html")).unwrap(), once);
    assert_eq!(env.copied().ok("report --customer Byron -o -").out, once);
}

#[test]
fn hostile_names_stay_names() {
    let env = hostile();
    let (source, page) = page(&env, "");
    is_sound(&page);
    assert!(!source.contains('\u{1b}') && !source.contains('\u{202e}'));
    let told = text(all(&page, "main")[0]);
    for place in ["#failure-1 .message", "#calls td", "#rollout .columns", "#gates svg title"] {
        let found = all(&page, place);
        let whole = "<script>window.broken=1</script>";
        assert!(found.iter().any(|one| text(*one).contains(whole)), "{place}: {told}");
    }
    assert!(told.contains("\\u{1b}[31m\\u{202e}"), "{told}");
}

#[test]
fn a_customer_is_asked_for_and_one_who_is_not_there_is_refused() {
    let env = telling();
    let (_, asks) = page(&env, "");
    let command = text(all(&asks, "#customer code.command")[0]);
    assert!(command.starts_with("cdx report --customer "), "{command}");
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    env.args(&words).expect(0);
    let (_, page) = page(&Env::new(), "");
    assert!(text(all(&page, "#customer")[0]).contains("cdx report --customer 0000"));
    let run = env.run("report -o none.html --customer nobody").expect(2);
    assert!(run.err.contains("unknown customer"), "{}", run.err);
    assert!(!env.path().join("none.html").exists());
}

#[test]
fn findings_count_only_where_that_is_asked_for() {
    let env = Env::troubled();
    let json = env.ok("report --format json").json();
    let bytes = fs::metadata(env.path().join("cdx-report.html")).unwrap().len();
    assert_eq!(json["report"], "cdx-report.html");
    assert_eq!(json["bytes"], bytes);
    assert_eq!(json["errors"], 2);
    assert_eq!(json["channels"], 4);
    assert_eq!(json["unreadable"], serde_json::json!([]));
    env.run("report --fail-on error").expect(1);
    env.ok("report --fail-on never");
    env.run("report -o - --fail-on error").expect(1);
}

#[test]
fn a_report_is_written_over_a_report_and_over_nothing_else() {
    let env = Env::new();
    env.ok("report");
    env.ok("report");
    env.write("thesis.html", "<!DOCTYPE html><title>of mine</title>");
    for (file, says) in [("thesis.html", "is not a report"), ("hq.db", "is not a report")] {
        let before = fs::read(env.path().join(file)).unwrap();
        let run = env.run(&format!("report -o {file}")).expect(2);
        assert!(run.err.contains(says) && run.err.contains("cdx report --output"), "{}", run.err);
        assert_eq!(fs::read(env.path().join(file)).unwrap(), before);
    }
    env.run("report -o channels").expect(2);
    env.run("report -o nowhere/at.html").expect(3);
    let run = env.run("report -o - --format json").expect(2);
    assert!(run.json()["error"]["message"].as_str().unwrap().contains("standard output"));
}

#[test]
fn a_damaged_channel_or_one_without_a_run_gets_its_report() {
    let env = telling();
    fs::write(env.channel_path("seattle"), "this is no database").unwrap();
    let json = env.ok("report --format json --customer Byron").json();
    assert_eq!(json["unreadable"], serde_json::json!(["seattle"]));
    let (_, damaged) = page(&env, "--customer Byron");
    is_sound(&damaged);
    let told = |id: &str| text(all(&damaged, &format!("#{id}"))[0]);
    assert!(told("rollout").contains("cannot be read"));
    assert!(told("not-judged").contains("seattle"), "{}", told("not-judged"));
    assert!(!told("not-judged").contains(&*env.path().to_string_lossy()));
    let env = Env::empty();
    env.ok("init . --customers 3 --empty-channels");
    let (_, empty) = page(&env, "");
    is_sound(&empty);
    assert!(text(all(&empty, "#sessions svg.drawing")[0]).contains("no sessions"));
}

#[test]
fn many_channels_are_told_by_group_with_those_that_differ() {
    let env = Env::empty();
    env.ok("init . --customers 1 --channels 42");
    env.ok("features enable multiple-contacts");
    env.ok("run 1110 --channel store0017");
    let (source, page) = page(&env, "--customer 00000004");
    is_sound(&page);
    let rollout = text(all(&page, "#rollout")[0]);
    assert!(rollout.contains("group Default") && rollout.contains("41 not distributed"));
    assert!(rollout.contains("Channels that differ from their group"), "{rollout}");
    assert!(source.len() < 300_000, "{} bytes", source.len());
}
