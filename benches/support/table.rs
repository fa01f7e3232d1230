//! The table of ratios.

/// One measurement beside its plain counterpart.
#[derive(Debug, Clone)]
pub struct Line {
    /// What was measured.
    pub name: String,
    /// What cdx took.
    pub ms: f64,
    /// What the plain way took.
    pub plain_ms: Option<f64>,
    /// What the fastest durable plain way took.
    pub best_ms: Option<f64>,
    /// What is aimed at.
    pub aim: String,
    /// The most memory, where the system tells.
    pub peak_mib: Option<f64>,
    /// The package's size.
    pub package_mib: Option<f64>,
}

/// Prints everything as a Markdown table.
#[allow(clippy::print_stdout, reason = "a benchmark prints its table")]
pub fn print(customers: u64, lines: &[Line]) {
    let number = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.0}"));
    let ratio = |ms: f64, plain: Option<f64>| {
        plain.map_or_else(String::new, |plain| format!("{:.2}", ms / plain))
    };
    println!("{customers} customers\n");
    println!(
        "| case | cdx ms | plain ms | ratio | fastest ms | ratio | aim | peak MiB | package MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for line in lines {
        println!(
            "| {} | {:.1} | {} | {} | {} | {} | {} | {} | {} |",
            line.name,
            line.ms,
            number(line.plain_ms),
            ratio(line.ms, line.plain_ms),
            number(line.best_ms),
            ratio(line.ms, line.best_ms),
            line.aim,
            number(line.peak_mib),
            number(line.package_mib)
        );
    }
}
