//! Numbers as people read them.

/// A number with commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {noun}{s}", grouped(number))
}

/// The verb that goes with a number of things.
pub(crate) fn is_are(many: usize) -> &'static str {
    if many == 1 { "is" } else { "are" }
}

/// How often something was tried, as people say it.
pub(crate) fn tries(number: u32) -> String {
    match number {
        0 => "not tried again".to_owned(),
        1 => "tried once".to_owned(),
        2 => "tried twice".to_owned(),
        more => format!("tried {more} times"),
    }
}
