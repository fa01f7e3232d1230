//! Colour, decided once for each stream.

use colored::{Color, Colorize, control};

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Whether one stream gets colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Palette {
    on: bool,
}

impl Palette {
    /// The palette of a stream that is a terminal or not.
    pub(crate) fn of(choice: ColorChoice, terminal: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let on = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set("NO_COLOR") => false,
            ColorChoice::Auto => terminal || set("CLICOLOR_FORCE"),
        };
        // `colored` looks at standard output alone; each palette decides for its own stream.
        control::set_override(true);
        Self { on }
    }

    /// Whether there is colour.
    pub(crate) fn is_on(self) -> bool {
        self.on
    }

    /// Text in bold.
    pub(crate) fn bold(self, text: &str) -> String {
        if self.on { text.bold().to_string() } else { text.to_owned() }
    }

    /// Text that matters less.
    pub(crate) fn faint(self, text: &str) -> String {
        if self.on { text.dimmed().to_string() } else { text.to_owned() }
    }

    /// Text in a colour.
    pub(crate) fn paint(self, text: &str, color: Color) -> String {
        if self.on { text.color(color).to_string() } else { text.to_owned() }
    }
}
