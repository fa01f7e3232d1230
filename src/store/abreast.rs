//! Databases opened several at a time: an opening reads the whole schema, which is most of what
//! many a command does, and the threads there are can share it.

use std::thread;

use crate::world::Machine;
use crate::world::machine::joined;

/// At most so many threads open databases.
const MOST_THREADS: usize = 4;

/// Opens each of these, and hands them on in their order. No more are open than those that were
/// opened with the one that is worked with; with one thread that is the one alone.
pub(crate) fn opened<S: Sync, D: Send>(
    these: &[S],
    open: impl Fn(&S) -> D + Sync,
) -> impl Iterator<Item = (&S, D)> {
    let threads = Machine::current().threads().clamp(1, MOST_THREADS);
    let at_once = if threads == 1 { 1 } else { 2 * threads };
    these.chunks(at_once).flat_map(move |some| some.iter().zip(shared(some, threads, &open)))
}

/// What comes of each, in their order; each thread does its share.
fn shared<S: Sync, D: Send>(
    these: &[S],
    threads: usize,
    open: &(impl Fn(&S) -> D + Sync),
) -> Vec<D> {
    let threads = threads.min(these.len()).max(1);
    let share = |first| these.iter().skip(first).step_by(threads).map(open).collect::<Vec<D>>();
    let shares: Vec<Vec<D>> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|first| scope.spawn(move || share(first))).collect();
        let own = share(0);
        let others = others.into_iter().map(|other| joined(other.join()));
        std::iter::once(own).chain(others).collect()
    });
    let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
    (0..these.len()).filter_map(|at| shares[at % threads].next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_in_their_order() {
        for count in 0..20 {
            let these: Vec<usize> = (0..count).collect();
            let found: Vec<usize> = opened(&these, |one| one * 10).map(|(_, ten)| ten).collect();
            assert_eq!(found, these.iter().map(|one| one * 10).collect::<Vec<_>>());
            for threads in 1..5 {
                assert_eq!(shared(&these, threads, &|one| *one), these);
            }
        }
    }
}
