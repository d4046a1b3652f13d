//! The fuzz targets over their corpus, with mutations that are the same on every run: what fuzzing found stays found, and
//! the targets stay runnable without a fuzzer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "a library of its own for the fuzzer")]
mod targets;

use std::panic::catch_unwind;
use std::path::Path;

/// Mutations of each input.
const MUTATIONS: u64 = 24;

/// A target: any bytes in, a panic when something does not hold.
type Target = fn(&[u8]);

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut inputs: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    inputs.sort();
    inputs
}

/// A small generator of its own, so that a mutation does not change with a crate.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

/// The input with a few pieces dropped, doubled, swapped for pieces of another, or broken by a sign.
fn mutated(input: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    const SIGNS: &[&[u8]] = &[
        b"*",
        b"`",
        b"|",
        b"\n",
        b"\n\n",
        b"> ",
        b"- ",
        b"(S//NF) ",
        b"(U) ",
        b"[",
        b"](",
        b"<",
        b"\xC2\xAD",
        b"&#72;",
    ];
    let mut out = input.to_vec();
    for _ in 0..1 + random.below(4) {
        let at = random.below(out.len() + 1);
        let end = (at + random.below(24)).min(out.len());
        match random.below(4) {
            0 => drop(out.drain(at..end)),
            1 => drop(out.splice(at..at, out[at..end].to_vec())),
            2 => {
                let from = random.below(other.len() + 1);
                let to = (from + random.below(48)).min(other.len());
                drop(out.splice(at..end, other[from..to].to_vec()));
            }
            _ => drop(out.splice(at..at, SIGNS[random.below(SIGNS.len())].to_vec())),
        }
    }
    out
}

fn replay(name: &str, target: Target, least: usize) {
    let inputs = corpus(name);
    assert!(inputs.len() >= least, "only {} seeds", inputs.len());
    let mut random = Random(1);
    for (index, (seed, input)) in inputs.iter().enumerate() {
        assert!(catch_unwind(|| target(input)).is_ok(), "{name}: {seed}");
        for round in 0..MUTATIONS {
            let other = &inputs[(index + 1 + random.below(inputs.len())) % inputs.len()].1;
            let changed = mutated(input, other, &mut random);
            let shown = String::from_utf8_lossy(&changed);
            assert!(catch_unwind(|| target(&changed)).is_ok(), "{name}: {seed}, mutation {round}: {shown:?}");
        }
    }
}

#[test]
fn parse() {
    replay("parse", targets::parse, 15);
}

#[test]
fn marking() {
    replay("marking", targets::marking, 15);
}

#[test]
fn release() {
    replay("release", targets::release, 15);
}

#[test]
fn verify() {
    replay("verify", targets::verify, 15);
}
