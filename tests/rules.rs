//! Every example of every rule holds, those of the documentation too.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use tearline::rules::{Patterns, RuleSet, check};

#[test]
fn every_example_holds() {
    let rules = Patterns::built_in().build().expect("the built-in patterns are sound");
    let failures: Vec<String> = check(&rules).iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The built-in rules with one more file of rules about human sources.
fn with_file(text: &str) -> RuleSet {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("humint")).unwrap();
    std::fs::write(folder.path().join("humint/documented.toml"), text).unwrap();
    let mut patterns = Patterns::built_in();
    patterns.add_dir(folder.path()).unwrap();
    patterns.build().unwrap_or_else(|error| panic!("{error}"))
}

fn documentation(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

#[test]
fn the_rules_in_the_documentation_load_and_hold() {
    const ID: &str = "humint.documented";
    for file in ["README.md", "patterns/README.md"] {
        let text = documentation(file);
        let blocks: Vec<&str> = text
            .split("```toml\n")
            .skip(1)
            .map(|rest| rest.split("```").next().unwrap())
            .filter(|block| block.starts_with("[[rule]]"))
            .collect();
        assert!(!blocks.is_empty(), "{file} shows no rule");
        for block in blocks {
            let rules = with_file(&block.replacen("humint.person-tells", ID, 1));
            assert!(rules.find(ID).is_some(), "{file}");
            let failures = check(&rules);
            let failures: Vec<String> = failures
                .iter()
                .filter(|failure| failure.rule.as_str() == ID)
                .map(ToString::to_string)
                .collect();
            assert!(failures.is_empty(), "{file}: {}", failures.join("\n"));
        }
    }
}

#[test]
fn every_look_that_the_documentation_names_is_one() {
    let text = documentation("patterns/README.md");
    let line = text.lines().find(|line| line.starts_with("| `@cap`")).unwrap();
    let looks = line.rsplit('`').nth(1).unwrap();
    assert!(looks.split(' ').count() > 10, "{looks}");
    let shape: Vec<String> = looks.split(' ').map(|look| format!("@{look}")).collect();
    with_file(&format!(
        "[[rule]]\nid = \"humint.looks\"\ncategory = \"humint\"\ntitle = \"Looks\"\nwhy = \"None.\"\n\
         shape = \"zzz ({})\"\ntest = [\"⟦zzz a⟧.\", \"! b\"]\n",
        shape.join(" | ")
    ));
}
