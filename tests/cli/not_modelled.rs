//! What the product does and the tool does not is said, and found by its words.

use std::collections::BTreeSet;

use cdx::model::simplification::simplifications;

use super::harness::Env;

#[test]
fn each_is_explained_by_its_title_and_by_its_words() {
    let env = Env::empty();
    let mut seen = BTreeSet::new();
    for one in simplifications().unwrap() {
        assert!(!one.source.trim().is_empty() && one.text.contains("Here "), "{}", one.title);
        let first = one.words.first().unwrap();
        for word in [&one.title, first] {
            assert!(seen.insert(word.to_lowercase()), "{word} is there twice");
            let run = env.args(&["explain", word]).expect(0);
            let head = format!("{}: not modelled\n", one.title);
            assert!(run.out.starts_with(&head), "{word}: {}", run.out);
        }
    }
    let page = include_str!("../../docs/fidelity.md");
    assert!(page.contains("## Not modelled"));
}

#[test]
fn a_word_is_found_in_any_case_and_from_near() {
    let env = Env::empty();
    for word in ["flights", "FLIGHT", "SysFlighting"] {
        let report = env.json(&format!("explain {word}"));
        assert_eq!(report["title"], "Flights", "{word}");
    }
    let run = env.run("explain flihgts").expect(2);
    assert!(run.err.contains("did you mean \"Flights\""), "{}", run.err);
}
