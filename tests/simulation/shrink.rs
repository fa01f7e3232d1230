//! The shortest sequence that still fails: steps are left out, in ever smaller pieces.

/// Leaves out what is not needed. `fails` says whether a sequence still fails; at most so many are
/// tried.
pub fn shortest<T: Clone>(
    steps: &[T],
    mut tries: usize,
    mut fails: impl FnMut(&[T]) -> bool,
) -> Vec<T> {
    let mut kept = steps.to_vec();
    let mut size = kept.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        let mut shorter = false;
        while at < kept.len() {
            if tries == 0 {
                return kept;
            }
            tries -= 1;
            let mut rest = kept.clone();
            rest.drain(at..(at + size).min(kept.len()));
            if fails(&rest) {
                kept = rest;
                shorter = true;
            } else {
                at += size;
            }
        }
        if size > 1 {
            size = size.div_ceil(2);
        } else if !shorter {
            break;
        }
    }
    kept
}

#[test]
fn only_what_is_needed_stays() {
    let steps: Vec<u32> = (0..200).collect();
    let needs = |left: &[u32]| [17, 60, 61, 199].iter().all(|one| left.contains(one));
    assert_eq!(shortest(&steps, 10_000, needs), [17, 60, 61, 199]);
}
