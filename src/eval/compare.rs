//! Two sets of rules on one report: which findings they do not share.

use crate::pipeline::Hit;

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Only the new rules find it.
    Appears,
    /// Only the old rules find it.
    Vanishes,
    /// Both find it, with other ends.
    Extent,
    /// Both find the same words under another rule or category.
    Rule,
    /// Both find the same words by the same rule, not as surely.
    Confidence,
}

impl ChangeKind {
    /// All kinds, in the order of their weight.
    pub const ALL: [Self; 5] = [Self::Appears, Self::Vanishes, Self::Extent, Self::Rule, Self::Confidence];

    /// The word used in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Appears => "appears",
            Self::Vanishes => "vanishes",
            Self::Extent => "extent",
            Self::Rule => "rule",
            Self::Confidence => "confidence",
        }
    }
}

/// One difference: the old finding, the new one, or both.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What differs.
    pub kind: ChangeKind,
    /// What the old rules find.
    pub old: Option<Hit>,
    /// What the new rules find.
    pub new: Option<Hit>,
}

impl Change {
    /// The finding by which the change is counted: the new one if there is one.
    ///
    /// # Panics
    /// Never for a change of [`compare`], which has at least one.
    #[must_use]
    pub fn hit(&self) -> &Hit {
        self.new.as_ref().or(self.old.as_ref()).expect("a change has a finding")
    }
}

/// The differences between two lists of findings of one report, in order of place. Each list is in order and without
/// overlaps. What overlaps belongs together, first come first.
#[must_use]
pub fn compare(old: &[Hit], new: &[Hit]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut rest = new.iter().peekable();
    for hit in old {
        while let Some(next) = rest.next_if(|next| next.span.end() <= hit.span.start()) {
            changes.push(Change { kind: ChangeKind::Appears, old: None, new: Some(next.clone()) });
        }
        match rest.next_if(|next| next.span.overlaps(hit.span)) {
            Some(next) => changes.extend(difference(hit, next).map(|kind| Change {
                kind,
                old: Some(hit.clone()),
                new: Some(next.clone()),
            })),
            None => changes.push(Change { kind: ChangeKind::Vanishes, old: Some(hit.clone()), new: None }),
        }
    }
    changes.extend(rest.map(|next| Change { kind: ChangeKind::Appears, old: None, new: Some(next.clone()) }));
    changes
}

fn difference(old: &Hit, new: &Hit) -> Option<ChangeKind> {
    if old.span != new.span {
        Some(ChangeKind::Extent)
    } else if (&old.rule, old.category) != (&new.rule, new.category) {
        Some(ChangeKind::Rule)
    } else if old.confidence.to_bits() != new.confidence.to_bits() {
        Some(ChangeKind::Confidence)
    } else {
        None
    }
}
