//! What a benchmark is told.

/// What a benchmark is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many customers the large case has.
    pub customers: u64,
    /// How often each case is measured.
    pub rounds: usize,
    /// A tenth of everything, to see that it works.
    pub quick: bool,
    /// Only these parts; all where none is named.
    parts: Vec<String>,
}

impl Options {
    /// Whether a part is measured.
    pub fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }
}

/// Reads `[--customers N] [--rounds N] [--quick] [PART...]`.
pub fn read(customers: u64) -> Options {
    let mut options = Options { customers, rounds: 5, quick: false, parts: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse().ok()).expect("a number");
        match word.as_str() {
            "--customers" => options.customers = number(),
            "--rounds" => options.rounds = (number() as usize).max(1),
            "--quick" => options.quick = true,
            // Cargo says it to every benchmark.
            "--bench" => {}
            part => options.parts.push(part.to_owned()),
        }
    }
    options
}
