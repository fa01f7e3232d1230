//! Databases opened several at a time: an opening reads the whole schema, which is most of what
//! many a command does, and the threads there are can share it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::world::Machine;
use crate::world::machine::joined;

/// At most so many threads open databases.
const MOST_THREADS: usize = 4;

fn threads() -> usize {
    Machine::current().threads().clamp(1, MOST_THREADS)
}

/// How many are opened before the first of them is worked with.
fn at_once(threads: usize) -> usize {
    if threads == 1 { 1 } else { 2 * threads }
}

/// Opens each of these, and hands them on in their order. No more are open than those that were
/// opened with the one that is worked with; with one thread that is the one alone.
pub(crate) fn opened<S: Sync, D: Send>(
    these: &[S],
    open: impl Fn(&S) -> D + Sync,
) -> impl Iterator<Item = (&S, D)> {
    let threads = threads();
    let some = these.chunks(at_once(threads));
    // This thread opens one as well.
    let others = move |some: &[S]| threads.min(some.len()) - 1;
    some.flat_map(move |some| some.iter().zip(shared(some, others(some), &open, || ()).1))
}

/// The same; something else is done while the first are opened.
pub(crate) fn opened_meanwhile<S: Sync, D: Send, T>(
    these: &[S],
    open: impl Fn(&S) -> D + Sync,
    work: impl FnOnce() -> T,
) -> (T, impl Iterator<Item = (&S, D)>) {
    let threads = threads();
    let (first, rest) = these.split_at(at_once(threads).min(these.len()));
    let (done, found) = shared(first, (threads - 1).min(first.len()), &open, work);
    (done, first.iter().zip(found).chain(opened(rest, open)))
}

/// Does something, and opens each of these meanwhile on other threads, in their order.
fn shared<S: Sync, D: Send, T>(
    these: &[S],
    others: usize,
    open: &(impl Fn(&S) -> D + Sync),
    work: impl FnOnce() -> T,
) -> (T, Vec<D>) {
    let next = AtomicUsize::new(0);
    let claimed = || {
        let at = next.fetch_add(1, Ordering::Relaxed);
        these.get(at).map(|one| (at, open(one)))
    };
    let share = || std::iter::from_fn(claimed).collect::<Vec<(usize, D)>>();
    thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(share)).collect();
        let done = work();
        let mut all = share();
        for other in others {
            all.extend(joined(other.join()));
        }
        all.sort_by_key(|(at, _)| *at);
        (done, all.into_iter().map(|(_, one)| one).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_in_their_order() {
        for count in 0..20 {
            let these: Vec<usize> = (0..count).collect();
            let expected: Vec<usize> = these.iter().map(|one| one * 10).collect();
            let found: Vec<usize> = opened(&these, |one| one * 10).map(|(_, ten)| ten).collect();
            assert_eq!(found, expected);
            let (done, found) = opened_meanwhile(&these, |one| one * 10, || "done");
            assert_eq!((done, found.map(|(_, ten)| ten).collect::<Vec<_>>()), ("done", expected));
            for others in 0..4 {
                assert_eq!(shared(&these, others, &|one| *one, || ()).1, these);
            }
        }
    }
}
