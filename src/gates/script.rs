//! A plan as a script that, when run, gets there.

use std::fmt::Write as _;

use super::plan::Plan;
use crate::model::safe;
pub(crate) use crate::model::suggestion::Shell;

/// The script of a plan; it stops at the first command that fails.
/// `env` is the environment that `--env` named for the plan, so that its commands find it too.
pub(crate) fn script(plan: &Plan, shell: Shell, env: Option<&str>) -> String {
    let mut text = String::new();
    let goal = comment(&format!("{} effective {}", plan.feature, plan.place()));
    match shell {
        Shell::Sh => {
            let _ = writeln!(text, "#!/bin/sh\n{goal}\nset -eu");
        }
        Shell::PowerShellScript | Shell::WindowsPrompt => {
            let _ = writeln!(text, "{goal}\n$ErrorActionPreference = 'Stop'");
        }
    }
    // What no command takes out of the way is told before anything is changed.
    for refusal in &plan.refused {
        let why = comment(&format!("in the way: {}", refusal.message));
        let _ = writeln!(text, "\n{why}");
        text.push_str("exit 1\n");
    }
    for step in &plan.steps {
        let why = comment(&format!("{}: {}", step.kind.as_str(), step.why));
        let _ = writeln!(text, "\n{why}");
        let Some(command) = &step.command else { continue };
        let _ = writeln!(text, "{}", command.written(shell, env));
        if shell != Shell::Sh {
            text.push_str("if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }\n");
        }
    }
    text
}

/// A line that no shell reads. A name in it may hold a line end, behind which one would.
fn comment(text: &str) -> String {
    format!("# {}", safe::line(text))
}

#[cfg(test)]
mod tests {
    use super::comment;

    #[test]
    fn a_comment_is_one_line_whatever_is_in_it() {
        for end in ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{b}"] {
            let line = comment(&format!("group West{end}touch there"));
            assert!(line.starts_with("# group West\\"), "{line:?}");
            assert_eq!(line.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count(), 1);
        }
    }
}
