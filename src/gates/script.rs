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

/// A word as both shells take it literally; only a quote within it is written differently.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', SH_QUOTE))
}

/// A single quote within single quotes, for sh.
const SH_QUOTE: &str = "'\\''";

/// A command of ours as it is typed where the environment was named: it names it too.
pub fn within(command: &str, env: Option<&str>) -> String {
    match (env, command.strip_prefix("cdx ")) {
        (Some(env), Some(rest)) => {
            // Slashes need no quotes; whether anything else does, the rest of the path says.
            let plain = quoted(&env.replace('/', "-")) == env.replace('/', "-");
            let env = if plain { env.to_owned() } else { quoted(env) };
            format!("cdx --env {env} {rest}")
        }
        _ => command.to_owned(),
    }
}

/// A comment is one line, whatever an environment's own texts hold.
fn comment(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The script of a plan; it stops at the first command that fails.
/// `env` is the environment that was named for the plan, so that its commands find it too.
pub fn script(plan: &Plan, shell: Shell, env: Option<&str>) -> String {
    let mut text = String::new();
    let goal = format!("{} effective {}", plan.feature, plan.place());
    match shell {
        Shell::Sh => {
            let _ = writeln!(text, "#!/bin/sh\n# {goal}\nset -eu");
        }
        Shell::PowerShell => {
            let _ = writeln!(text, "# {goal}\n$ErrorActionPreference = 'Stop'");
        }
    }
    if let Some(env) = env.map(quoted) {
        match shell {
            Shell::Sh => {
                let _ = writeln!(text, "CDX_ENV={env}\nexport CDX_ENV");
            }
            Shell::PowerShell => {
                let env = env.replace(SH_QUOTE, "''");
                let env = if env.starts_with('\'') { env } else { format!("'{env}'") };
                let _ = writeln!(text, "$env:CDX_ENV = {env}");
            }
        }
    }
    // What no command takes out of the way is told before anything is changed.
    for refusal in &plan.refused {
        let _ = writeln!(text, "\n# in the way: {}", comment(&refusal.message));
        text.push_str("exit 1\n");
    }
    for step in &plan.steps {
        let _ = writeln!(text, "\n# {}: {}", step.kind.as_str(), comment(&step.why));
        let Some(command) = &step.command else { continue };
        let command = match shell {
            Shell::Sh => command.clone(),
            Shell::PowerShell => command.replace(SH_QUOTE, "''"),
        };
        let _ = writeln!(text, "{command}");
        if shell == Shell::PowerShell {
            text.push_str("if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }\n");
        }
    }
    text
}
