//! Why clap refuses a command line, in parts that can be shown one by one.

/// What clap says of a command line that it refuses.
pub(super) struct Refusal {
    /// What is wrong, in one line.
    pub(super) message: String,
    /// What may have been meant.
    pub(super) tips: Vec<String>,
    /// How the command is typed.
    pub(super) usage: Option<String>,
}

impl Refusal {
    /// Takes an error apart. clap hands out the values of an error, but not its sentences: these
    /// stand in its rendered text alone.
    pub(super) fn of(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        let (mut message, mut tips, mut usage) = (Vec::new(), Vec::new(), None);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(tip) = line.strip_prefix("tip: ") {
                tips.push(tip.to_owned());
            } else if let Some(found) = line.strip_prefix("Usage: ") {
                usage = Some(found.to_owned());
            } else if !line.starts_with("For more information") {
                message.push(line.trim_start_matches("error: "));
            }
        }
        Self { message: message.join(" "), tips, usage }
    }
}
