//! Union of control systems and programs with their compartments and sub-compartments (D.2, H.4, H.5).

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;

/// Systems whose sort place is after all others: NATO controls in a United States mark (H.7).
const LAST: [&str; 2] = ["BALK", "BOHEMIA"];

/// A system's place among systems: alphabetical, digits before letters, NATO controls last.
pub(crate) fn place(system: &str) -> (bool, &str) {
    (LAST.contains(&system), system)
}

/// Everything in either list, merged per system and compartment, in canonical order.
///
/// A system implied by its own compartment is not repeated: `SI` and `SI-G` give `SI-G`.
pub(crate) fn union(a: &Names, b: &Names) -> Names {
    if a == b || b.is_empty() {
        return canonical(a);
    }
    if a.is_empty() {
        return canonical(b);
    }
    print(&tree(a.iter().chain(b.iter())))
}

/// The same names in canonical order.
pub(crate) fn canonical(names: &Names) -> Names {
    let many = names.as_str().bytes().any(|b| matches!(b, b'/' | b'-' | b' '));
    if many { print(&tree(names.iter())) } else { names.clone() }
}

/// Whether every system, compartment and sub-compartment of `inner` is in `outer`.
pub(crate) fn covers(outer: &Names, inner: &Names) -> bool {
    union(outer, inner) == canonical(outer)
}

type Tree<'a> = BTreeMap<(bool, &'a str), BTreeMap<&'a str, BTreeSet<&'a str>>>;

fn tree<'a>(items: impl Iterator<Item = &'a str>) -> Tree<'a> {
    let mut tree = Tree::new();
    for item in items {
        let mut parts = item.split('-');
        let compartments = tree.entry(place(parts.next().unwrap_or_default())).or_default();
        for part in parts {
            let mut names = part.split(' ');
            compartments.entry(names.next().unwrap_or_default()).or_default().extend(names);
        }
    }
    tree
}

fn print(tree: &Tree<'_>) -> Names {
    let mut names = Names::default();
    for ((_, system), compartments) in tree {
        names.push_name(system);
        for (compartment, subs) in compartments {
            names.push("-");
            names.push(compartment);
            for sub in subs {
                names.push(" ");
                names.push(sub);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Names {
        text.split('/').collect()
    }

    #[test]
    fn merges_per_system_and_compartment() {
        let merged = |a, b| union(&names(a), &names(b)).as_str().to_owned();
        assert_eq!(merged("SI-G EFGH", "SI-G ABCD/SI-XYZ"), "SI-G ABCD EFGH-XYZ");
        assert_eq!(merged("SI", "SI-G/TK"), "SI-G/TK");
        assert_eq!(merged("BOHEMIA", "TK/SI"), "SI/TK/BOHEMIA");
        assert_eq!(merged("BUTTER POPCORN", "BUTTER POPCORN-A"), "BUTTER POPCORN-A");
    }

    #[test]
    fn covers_down_to_sub_compartments() {
        assert!(covers(&names("SI-G ABCD/TK"), &names("SI-G")));
        assert!(!covers(&names("SI-G"), &names("SI-G ABCD")));
        assert!(covers(&names("SI"), &Names::default()));
    }
}
