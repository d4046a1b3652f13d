//! A stream of items through the threads, results out in the order of the items, with so many bytes in flight at most.
//!
//! An item weighs what it holds in memory from when it is read until its result is written. When the limit is reached
//! nothing more is read, so that one slow item holds up the others only once the bytes behind it fill the limit. An item that is
//! heavier than the limit goes alone.

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Condvar, Mutex};

/// What takes memory while it is in flight.
pub(super) trait Weighed: Send {
    /// The bytes it holds.
    fn weight(&self) -> usize;
}

/// Where results go, one after the other.
pub(super) trait Sink<R>: Send {
    /// Takes the next result.
    fn put(&mut self, result: R) -> io::Result<()>;
    /// Called when no result is ready: what was put must be seen by others now.
    fn flush(&mut self) -> io::Result<()>;
}

/// Sends what `next` yields through `work` into `sink`, with about `most` bytes in flight. `work` must not panic.
///
/// # Errors
/// The first error of the sink; nothing more is read then.
pub(super) fn in_order<T: Weighed, R: Weighed>(
    most: usize,
    mut next: impl FnMut() -> Option<T>,
    work: impl Fn(T) -> R + Sync,
    mut sink: impl Sink<R>,
) -> io::Result<()> {
    let flight = Flight { most, state: Mutex::default(), less: Condvar::new() };
    let (sender, results) = channel();
    std::thread::scope(|threads| {
        let (flight, work) = (&flight, &work);
        let writer = threads.spawn(move || {
            let written = write(&results, flight, &mut sink);
            flight.close();
            written
        });
        rayon::in_place_scope(|tasks| {
            for number in 0_u64.. {
                let Some(item) = next() else { break };
                let weight = item.weight();
                if !flight.enter(weight) {
                    break;
                }
                let sender = sender.clone();
                tasks.spawn(move |_| {
                    let result = work(item);
                    flight.exchange(weight, result.weight());
                    // No one listens once the writer has failed; its error is what the caller gets.
                    let _ = sender.send((number, result));
                });
            }
        });
        drop(sender);
        writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer of the results failed")))
    })
}

fn write<R: Weighed>(
    results: &Receiver<(u64, R)>,
    flight: &Flight,
    sink: &mut impl Sink<R>,
) -> io::Result<()> {
    let mut early = BTreeMap::new();
    let mut due = 0;
    loop {
        let (number, result) = match results.try_recv() {
            Ok(done) => done,
            Err(TryRecvError::Disconnected) => return sink.flush(),
            Err(TryRecvError::Empty) => {
                sink.flush()?;
                let Ok(done) = results.recv() else { return Ok(()) };
                done
            }
        };
        early.insert(number, result);
        while let Some(result) = early.remove(&due) {
            let weight = result.weight();
            sink.put(result)?;
            flight.exchange(weight, 0);
            due += 1;
        }
    }
}

/// The bytes in flight.
struct Flight {
    most: usize,
    state: Mutex<State>,
    less: Condvar,
}

#[derive(Default)]
struct State {
    bytes: usize,
    closed: bool,
}

const HELD: &str = "no holder of this lock panics";

impl Flight {
    /// Waits until there is room; `false` when nothing more is wanted.
    fn enter(&self, weight: usize) -> bool {
        let state = self.state.lock().expect(HELD);
        let full = |state: &mut State| {
            let room = state.bytes == 0 || state.bytes.saturating_add(weight) <= self.most;
            !room && !state.closed
        };
        let mut state = self.less.wait_while(state, full).expect(HELD);
        state.bytes += weight;
        !state.closed
    }

    /// Something in flight weighs `after` in place of `before`.
    fn exchange(&self, before: usize, after: usize) {
        let mut state = self.state.lock().expect(HELD);
        state.bytes = state.bytes - before + after;
        drop(state);
        if after < before {
            self.less.notify_all();
        }
    }

    fn close(&self) {
        self.state.lock().expect(HELD).closed = true;
        self.less.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    impl Weighed for Vec<u8> {
        fn weight(&self) -> usize {
            self.len()
        }
    }

    /// Keeps what it is given, and fails from a place on.
    struct Kept<'a> {
        results: &'a mut Vec<Vec<u8>>,
        fails_at: usize,
        out: &'a AtomicUsize,
    }

    impl Sink<Vec<u8>> for Kept<'_> {
        fn put(&mut self, result: Vec<u8>) -> io::Result<()> {
            if self.results.len() == self.fails_at {
                return Err(io::Error::from(io::ErrorKind::BrokenPipe));
            }
            self.out.fetch_add(result.len(), Ordering::SeqCst);
            self.results.push(result);
            Ok(())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn results_come_in_order_and_no_more_is_read_than_fits(
            items in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..60),
            most in 1_usize..200,
        ) {
            let (read, out) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let mut results = Vec::new();
            let mut source = items.iter();
            let mut over = 0;
            let next = || {
                let before = read.load(Ordering::SeqCst) - out.load(Ordering::SeqCst);
                over = over.max(before);
                let item = source.next()?;
                read.fetch_add(item.len(), Ordering::SeqCst);
                Some(item.clone())
            };
            let work = |item: Vec<u8>| {
                // The first bytes decide how long it takes, so that later items are done before earlier ones.
                (0..u64::from(item[0]) * 20).for_each(|step| { std::hint::black_box(step); });
                item
            };
            in_order(most, next, work, Kept { results: &mut results, fails_at: usize::MAX, out: &out }).unwrap();
            prop_assert_eq!(&results, &items);
            let heaviest = items.iter().map(Vec::len).max().unwrap_or(0);
            prop_assert!(over <= most.max(heaviest), "{} in flight of {}", over, most);
        }
    }

    #[test]
    fn what_cannot_be_written_stops_the_reading() {
        let mut read = 0;
        let endless = || {
            read += 1;
            Some(vec![0; 10])
        };
        let (mut results, out) = (Vec::new(), AtomicUsize::new(0));
        let sink = Kept { results: &mut results, fails_at: 5, out: &out };
        let error = in_order(100, endless, |item| item, sink).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(results.len(), 5);
        assert!(read <= 5 + 100 / 10 + 1, "{read} were read");
    }
}
