//! From inputs to workers: files are read by the threads that work on them, the members of an archive by one that goes through it from
//! front to back, with so many bytes in flight at most.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use rayon::prelude::*;

use super::archive::Archive;
use super::in_order::{Sink, Weighed, in_order};
use super::walk::{Input, Origin};

/// Bytes of members that are read and not yet done.
const IN_FLIGHT: usize = 64 << 20;

/// Reads every input that `goes` and hands it to `work`, with at most `most` bytes and one more; the results come in the order of the
/// inputs. `work` must not panic.
pub(super) fn each<R: Send>(
    inputs: &[Input],
    most: usize,
    goes: impl Fn(&Input) -> bool + Sync,
    work: impl Fn(usize, &Input, io::Result<Vec<u8>>) -> R + Sync,
) -> Vec<R> {
    let mut archives: BTreeMap<&Path, HashMap<usize, usize>> = BTreeMap::new();
    for (number, input) in inputs.iter().enumerate() {
        if let Origin::Member { archive, place } = &input.origin {
            archives.entry(archive).or_default().insert(*place, number);
        }
    }
    let apart =
        inputs.par_iter().enumerate().filter(|(_, input)| !matches!(input.origin, Origin::Member { .. }));
    let mut done: Vec<(usize, R)> = apart
        .filter(|(_, input)| goes(input))
        .map(|(number, input)| (number, work(number, input, input.read(most))))
        .collect();
    for (archive, numbers) in archives {
        members(archive, numbers, inputs, most, &goes, &work, &mut done);
    }
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Goes through an archive. What is in it no more, or cannot be reached, is handed on as unreadable.
fn members<R: Send>(
    file: &Path,
    numbers: HashMap<usize, usize>,
    inputs: &[Input],
    most: usize,
    goes: &(impl Fn(&Input) -> bool + Sync),
    work: &(impl Fn(usize, &Input, io::Result<Vec<u8>>) -> R + Sync),
    done: &mut Vec<(usize, R)>,
) {
    let left = Mutex::new(numbers);
    let take = |place| left.lock().expect("no holder of this lock panics").remove(&place);
    let fault = Archive::open(file).and_then(|mut archive| {
        let mut members = archive.members()?;
        let mut fault = None;
        let next = || loop {
            let wanted = |place| {
                let left = left.lock().expect("no holder of this lock panics");
                left.get(&place).is_some_and(|&number| goes(&inputs[number]))
            };
            match members.next(wanted, most) {
                Ok(Some(member)) => {
                    let Some(bytes) = member.bytes else { continue };
                    let Some(number) = take(member.place) else { continue };
                    return Some(Job { number, bytes });
                }
                Ok(None) => return None,
                Err(error) => {
                    fault = Some(error);
                    return None;
                }
            }
        };
        let work = |job: Job| Worked(job.number, work(job.number, &inputs[job.number], job.bytes));
        in_order(IN_FLIGHT, next, work, Collected(done))?;
        fault.map_or(Ok(()), Err)
    });
    let reason = match fault {
        Ok(()) => "the archive was changed while it was read".to_owned(),
        Err(error) => error.to_string(),
    };
    for number in left.into_inner().expect("no holder of this lock panics").into_values() {
        if goes(&inputs[number]) {
            done.push((number, work(number, &inputs[number], Err(io::Error::other(reason.clone())))));
        }
    }
}

/// A member that was read.
struct Job {
    number: usize,
    bytes: io::Result<Vec<u8>>,
}

impl Weighed for Job {
    fn weight(&self) -> usize {
        self.bytes.as_ref().map_or(0, Vec::len)
    }
}

struct Worked<R>(usize, R);

impl<R: Send> Weighed for Worked<R> {
    fn weight(&self) -> usize {
        0
    }
}

struct Collected<'a, R>(&'a mut Vec<(usize, R)>);

impl<R: Send> Sink<Worked<R>> for Collected<'_, R> {
    fn put(&mut self, Worked(number, result): Worked<R>) -> io::Result<()> {
        self.0.push((number, result));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
