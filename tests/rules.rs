//! Every example of every rule holds.

use tearline::rules::{Patterns, check};

#[test]
fn every_example_holds() {
    let rules = Patterns::built_in().build().expect("the built-in patterns are sound");
    let failures: Vec<String> = check(&rules).iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
