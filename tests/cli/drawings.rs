//! `features graph` and `sessions list` as SVG and as Mermaid.

use roxmltree::{Document, Node};

use super::harness::Env;
use super::report::{hostile, telling};

const SVG: &str = "http://www.w3.org/2000/svg";

/// A drawing that stands alone: it is well formed, says what it is, and loads nothing.
fn checked(text: &str) -> Document<'_> {
    let drawing = Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let root = drawing.root_element();
    assert_eq!((root.tag_name().namespace(), root.tag_name().name()), (Some(SVG), "svg"));
    let parts: Vec<_> = root.children().take(2).map(|one| one.tag_name().name()).collect();
    assert_eq!(parts, ["title", "desc"]);
    let known = "svg title desc style symbol circle path rect line text use g a defs marker";
    for node in drawing.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(known.split(' ').any(|one| one == name), "there is a {name}");
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!name.starts_with("on") && name != "style", "{name}={value}");
            assert!(name != "href" || value.starts_with('#'), "{name}={value}");
        }
    }
    drawing
}

/// The titles of everything in a drawing.
fn titles(drawing: &Document<'_>) -> Vec<String> {
    let titles = drawing.descendants().filter(|node| node.has_tag_name((SVG, "title")));
    titles.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

#[test]
fn sessions_are_drawn_as_they_are_listed() {
    let env = telling();
    let text = env.ok("sessions list --format svg").out;
    let drawing = checked(&text);
    let found = titles(&drawing);
    let cells = |word: &str| found.iter().filter(|one| one.starts_with(word)).count();
    let listed = env.json("sessions list");
    let listed: usize = listed["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["channels"].as_array().unwrap().len())
        .sum();
    assert_eq!(cells("Session "), listed);
    assert!(
        found.iter().any(|one| one.contains("ApplyFailed") && one.contains("fault apply-fails"))
    );
    let only = env.ok("sessions list --status ApplyFailed --format svg").out;
    let drawing = checked(&only);
    let cells = titles(&drawing).into_iter().filter(|one| one.starts_with("Session 8 of job 1010"));
    assert_eq!(cells.count(), 1);
    assert!(checked(&env.ok("sessions list --upload --format svg").out).descendants().count() > 5);
    checked(&env.ok("sessions list --channel online --job 1110 --format svg").out);
    let none = env.ok("sessions list --status Suspended --format svg").out;
    assert!(checked(&none).descendants().any(|one| one.text() == Some("No sessions.")));
    let none = env.ok("sessions list --status Suspended --format mermaid").out;
    assert!(none.contains("[\"no sessions\"]"), "{none}");
}

#[test]
fn features_are_drawn_in_layers() {
    let env = telling();
    let text = env.ok("features graph async-customer-editing --format svg").out;
    let drawing = checked(&text);
    let left = |name: &str| -> u32 {
        let group = drawing.descendants().find(|node| {
            let title = node.children().find(|one| one.has_tag_name((SVG, "title")));
            title.and_then(|one| one.text()).is_some_and(|text| text.contains(name))
        });
        let group = group.unwrap_or_else(|| panic!("{name} is not in {text}"));
        let corner = group.children().find(|one| one.has_tag_name((SVG, "rect"))).unwrap();
        corner.attribute("x").unwrap().parse().unwrap()
    };
    for needed in ["customer-order-performance", "async-address-creation"] {
        assert!(left(&format!("({needed})")) < left("(async-customer-editing)"), "{text}");
    }
    checked(&env.ok("features graph --format svg").out);
}

#[test]
fn mermaid_takes_every_name_for_text() {
    let env = hostile();
    let graph = env.ok("features graph --format mermaid").out;
    let lanes = env.ok("sessions list --format mermaid").out;
    assert!(graph.starts_with("flowchart LR\n") && lanes.starts_with("flowchart TB\n"));
    assert_eq!(env.ok("features graph --as mermaid").out, graph);
    for line in graph.lines().chain(lanes.lines()).skip(1) {
        let words = line.trim_start();
        let inside = words.split_once('"').map_or("", |(_, rest)| rest);
        let label = inside.rsplit_once('"').map_or("", |(label, _)| label);
        let safe = |c: char| c.is_alphanumeric() || " .,:_()/-+'#;…".contains(c) || !c.is_ascii();
        assert!(label.chars().all(safe), "{line}");
        let shape = words.replace(label, "");
        let known = ["flowchart", "subgraph l", "direction LR", "end", "classDef is-", "g", "l"];
        assert!(known.iter().any(|one| shape.starts_with(one)), "{line}");
    }
    assert!(graph.contains("#60;script#62;window.broken#61;1"), "{graph}");
}

#[test]
fn hostile_names_stay_in_their_drawing() {
    let env = hostile();
    let lanes = env.ok("sessions list --format svg").out;
    assert!(titles(&checked(&lanes)).iter().any(|one| one.contains("<script>")));
    let graph = env.ok("features graph --format svg").out;
    assert!(titles(&checked(&graph)).iter().any(|one| one.contains("<script>")));
}

#[test]
fn only_what_is_drawn_is_drawn() {
    let env = Env::new();
    for (words, there) in [
        ("features list --format svg", "cdx features graph --format svg"),
        ("status --format mermaid", "cdx features graph --format mermaid"),
        ("sessions show 1 --format svg", "cdx sessions list --format svg"),
        ("report --format svg", "cdx features graph --format svg"),
    ] {
        let run = env.run(words).expect(2);
        assert!(run.err.contains(there), "{words}: {}", run.err);
    }
}
