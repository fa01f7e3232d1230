//! `cdx report` in a real browser: nothing is fetched, nothing overflows, light, dark and print.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::browser::{self, Browser, Opened};
use super::report::{hostile, telling};

/// The widths of a telephone, a laptop and a large screen.
const WIDTHS: &[u32] = &[400, 1200, 1920];

/// A browser, or the reason why a test is skipped.
fn start() -> Option<Browser> {
    if let Some(program) = browser::find() {
        return Some(Browser::start(&program));
    }
    let _ = writeln!(std::io::stderr(), "skipped: no Chromium in PATH");
    None
}

/// Where pictures are kept, to be looked at.
fn keep(name: &str, bytes: &[u8]) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("report-screens");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), bytes).unwrap();
}

fn whole(opened: &Opened, file: &Path, what: &str) {
    assert!(opened.content <= opened.window, "{what} overflows: {opened:?}");
    let only = format!("\"file://{}\"", file.display());
    assert_eq!(opened.requests, [only], "{what} asks for more");
    assert!(opened.complaints.is_empty(), "{what}: {opened:?}");
}

fn look(browser: &mut Browser, file: &Path, name: &str) {
    for width in WIDTHS {
        let mut backgrounds = Vec::new();
        for scheme in ["light", "dark"] {
            let opened = browser.open(file, *width, scheme);
            whole(&opened, file, &format!("{name} at {width}, {scheme}"));
            let picture = browser.picture(*width, opened.height, 1.0);
            assert!(picture.starts_with(b"\x89PNG"));
            keep(&format!("{name}-{width}-{scheme}.png"), &picture);
            backgrounds.push(opened.background);
        }
        assert_ne!(backgrounds[0], backgrounds[1], "light and dark are not the same");
    }
    let printed = browser.printed();
    assert!(printed.starts_with(b"%PDF"));
    keep(&format!("{name}.pdf"), &printed);
}

#[test]
fn a_report_fits_every_window_and_fetches_nothing() {
    let Some(mut browser) = start() else { return };
    let env = telling();
    env.ok("report --customer Byron");
    let file = env.path().join("cdx-report.html");
    look(&mut browser, &file, "telling");
    // A failed cell leads to its message.
    browser.open(&file, 1200, "light");
    let leads = "(() => { const a = document.querySelector('#sessions svg a');
        a.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
        return location.hash + ' ' + document.querySelector(':target').textContent })()";
    let told = browser.text(leads);
    assert!(told.starts_with("#failure-1 "), "{told}");
    assert!(told.contains("the rows could not be written"), "{told}");
}

#[test]
fn hostile_names_run_nothing_and_stretch_nothing() {
    let Some(mut browser) = start() else { return };
    let env = hostile();
    env.ok("report");
    let file = env.path().join("cdx-report.html");
    look(&mut browser, &file, "hostile");
    let ran = browser.evaluate("window.broken === undefined && document.scripts.length === 0");
    assert_eq!(ran, true);
}

/// `CDX_WRITE_PICTURE=1 cargo test --test cli report_browser` writes docs/report.png: the page with
/// its first two causes, down to the sessions.
#[test]
fn the_picture_of_the_documentation_is_made_of_a_report() {
    let Some(mut browser) = start() else { return };
    let env = telling();
    env.ok("report --customer Byron");
    let file = env.path().join("cdx-report.html");
    browser.open(&file, 1200, "light");
    let shorter =
        "document.querySelectorAll('.cause').forEach((one, at) => at > 1 && one.remove());
        document.querySelectorAll('#rollout h3, #rollout .columns, #rollout > .note')
            .forEach(one => one.remove());
        document.querySelectorAll('#rollout tbody tr').forEach(one =>
            /(mandatory|inventory|discount)/.test(one.textContent) && one.remove());
        document.querySelector('#failures').getBoundingClientRect().top + window.scrollY";
    let height = browser.number(shorter);
    let picture = browser.picture(1200, height, 0.85);
    keep("documentation.png", &picture);
    assert!(picture.len() < 300_000, "{} bytes", picture.len());
    if std::env::var_os("CDX_WRITE_PICTURE").is_some() {
        let place: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.png");
        std::fs::write(place, &picture).unwrap();
    }
}
