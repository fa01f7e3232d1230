//! A plan as a script that, when run, gets there.

use std::fmt::Write as _;

use super::plan::Plan;

/// The shells that scripts are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// POSIX sh.
    Sh,
    /// PowerShell.
    PowerShell,
}

/// The script of a plan; it stops at the first command that fails.
pub fn script(plan: &Plan, shell: Shell) -> String {
    let mut text = String::new();
    let goal = format!("{} effective in every channel", plan.feature);
    match shell {
        Shell::Sh => {
            let _ = writeln!(text, "#!/bin/sh\n# {goal}\nset -eu");
        }
        Shell::PowerShell => {
            let _ = writeln!(text, "# {goal}\n$ErrorActionPreference = 'Stop'");
        }
    }
    for step in &plan.steps {
        let _ = writeln!(text, "\n# {}: {}", step.kind.as_str(), step.why);
        let Some(command) = &step.command else { continue };
        let _ = writeln!(text, "{command}");
        if shell == Shell::PowerShell {
            text.push_str("if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }\n");
        }
    }
    for refusal in &plan.refused {
        let _ = writeln!(text, "\n# in the way: {}", refusal.message);
        text.push_str("exit 1\n");
    }
    text
}
