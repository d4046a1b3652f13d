//! Country and group codes, and sets of them.
//!
//! A set is a bit string in the order of the register: trigraphs alphabetically, then group codes alphabetically.
//! That is the order of every list in a marking (H.3, H.7, H.8), so a set prints itself in the right order.

use std::sync::OnceLock;

use super::csv;
use super::hash::WordMap;

const COUNTRIES: &str = include_str!("../../../patterns/markings/countries.csv");
const GROUPS: &str = include_str!("../../../patterns/markings/tetragraphs.json");
const ALIASES: &str = include_str!("../../../patterns/markings/groups.csv");

const WORDS: usize = 6;

/// Owns RESTRICTED information (G.1) and may stand in no list.
const UNITED_NATIONS: (&str, &str) = ("UN", "United Nations");

/// A registered country or group code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u16);

/// What stands behind a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// A country or territory: a trigraph.
    Country,
    /// A group whose members are known; a list that names it covers them.
    Group,
    /// A group whose members are not known: it covers itself alone.
    Opaque,
    /// A group that may not be used in new marks.
    Retired,
    /// An organisation that owns information but stands in no list (UN RESTRICTED, G.1).
    Owner,
}

/// A set of codes in canonical order. Copying it copies 48 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CodeSet([u64; WORDS]);

struct Entry {
    text: &'static str,
    name: String,
    kind: CodeKind,
    members: CodeSet,
    /// Members that joined since the table's older roster was taken.
    recent: CodeSet,
}

impl Entry {
    fn new(text: &'static str, name: &str, kind: CodeKind) -> Self {
        Self { text, name: name.to_owned(), kind, members: CodeSet::default(), recent: CodeSet::default() }
    }
}

/// An audience group: a name that may say who will read a release, but never stands in a marking.
struct Informal {
    text: &'static str,
    members: CodeSet,
}

struct Codes {
    entries: Vec<Entry>,
    listed: usize,
    informal: Vec<Informal>,
    aliases: Vec<(&'static str, &'static str)>,
    by_text: WordMap<Code>,
    expandable: CodeSet,
    usa: Code,
    nato: Code,
}

#[derive(serde::Deserialize)]
struct GroupRow {
    code: &'static str,
    name: String,
    kind: String,
    members: Option<Vec<&'static str>>,
    members_2022: Option<Vec<&'static str>>,
    expandable: bool,
    deprecated: Option<String>,
}

fn codes() -> &'static Codes {
    static CODES: OnceLock<Codes> = OnceLock::new();
    CODES.get_or_init(Codes::load)
}

impl Codes {
    fn load() -> Self {
        let mut entries: Vec<Entry> =
            csv::rows(COUNTRIES).map(|row| Entry::new(row[0], row[1], CodeKind::Country)).collect();
        entries.sort_unstable_by_key(|entry| entry.text);
        let countries = entries.len();

        let mut rows: Vec<GroupRow> =
            serde_json::from_str(GROUPS).expect("the embedded group table is well-formed");
        rows.sort_unstable_by_key(|row| row.code);
        let (groups, informal): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.kind != "informal");
        let members_of = |entries: &[Entry], members: &Option<Vec<&'static str>>| -> CodeSet {
            let known = members.iter().flatten();
            known.filter_map(|text| find(&entries[..countries], text)).map(index_code).collect()
        };
        for row in groups {
            let kind = match (&row.deprecated, row.expandable) {
                (Some(_), _) => CodeKind::Retired,
                (None, true) => CodeKind::Group,
                (None, false) => CodeKind::Opaque,
            };
            let mut entry = Entry::new(row.code, &row.name, kind);
            if kind == CodeKind::Group {
                entry.members = members_of(&entries, &row.members);
            }
            if row.members_2022.is_some() {
                entry.recent = entry.members.difference(members_of(&entries, &row.members_2022));
            }
            entries.push(entry);
        }
        let listed = entries.len();
        let (text, name) = UNITED_NATIONS;
        entries.push(Entry::new(text, name, CodeKind::Owner));
        assert!(entries.len() <= WORDS * 64, "a code set has room for every registered code");
        let informal = informal
            .iter()
            .map(|row| Informal { text: row.code, members: members_of(&entries, &row.members) })
            .collect();
        let expandable =
            (0..entries.len()).filter(|&at| entries[at].kind == CodeKind::Group).map(index_code).collect();
        let by_text: WordMap<Code> =
            entries[..listed].iter().zip(0..).map(|(entry, at)| (entry.text, index_code(at))).collect();
        let (usa, nato) = (by_text["USA"], by_text["NATO"]);
        let aliases = csv::rows(ALIASES).map(|row| (row[0], row[1])).collect();
        Self { entries, listed, informal, aliases, by_text, expandable, usa, nato }
    }
}

fn find(entries: &[Entry], text: &str) -> Option<usize> {
    entries.binary_search_by(|entry| entry.text.cmp(text)).ok()
}

fn index_code(at: usize) -> Code {
    Code(u16::try_from(at).expect("a code set has room for every registered code"))
}

impl Code {
    /// Reads a code as it stands in a marking: upper case, registered, not an informal group name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        codes().by_text.get(text).copied()
    }

    /// Reads the code of an owner of foreign information.
    #[must_use]
    pub(crate) fn parse_owner(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| (text == UNITED_NATIONS.0).then(|| index_code(codes().listed)))
    }

    /// The United States.
    #[must_use]
    pub fn usa() -> Self {
        codes().usa
    }

    /// The North Atlantic Treaty Organization.
    #[must_use]
    pub fn nato() -> Self {
        codes().nato
    }

    /// The code itself.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.entry().text
    }

    /// The name of the country or group.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.entry().name
    }

    /// What stands behind the code.
    #[must_use]
    pub fn kind(self) -> CodeKind {
        self.entry().kind
    }

    /// The members of a group; empty for a country and for a group whose members are not known.
    #[must_use]
    pub fn members(self) -> CodeSet {
        self.entry().members
    }

    /// Members that joined a group after its older roster: text written before did not have them in mind.
    #[must_use]
    pub fn recent_members(self) -> CodeSet {
        self.entry().recent
    }

    fn entry(self) -> &'static Entry {
        &codes().entries[usize::from(self.0)]
    }

    fn place(self) -> (usize, u64) {
        (usize::from(self.0) / 64, 1 << (self.0 % 64))
    }
}

impl CodeSet {
    /// A set of one code.
    #[must_use]
    pub fn of(code: Code) -> Self {
        let mut set = Self::default();
        set.insert(code);
        set
    }

    /// Adds `code`; false if it was there.
    pub fn insert(&mut self, code: Code) -> bool {
        let (word, bit) = code.place();
        let fresh = self.0[word] & bit == 0;
        self.0[word] |= bit;
        fresh
    }

    /// Takes `code` out.
    pub fn remove(&mut self, code: Code) {
        let (word, bit) = code.place();
        self.0[word] &= !bit;
    }

    /// Whether `code` itself is in the set; groups are not looked into.
    #[must_use]
    pub fn contains(&self, code: Code) -> bool {
        let (word, bit) = code.place();
        self.0[word] & bit != 0
    }

    /// Whether the set has no code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }

    /// How many codes the set has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Codes of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// Codes of both sets.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// Codes of this set that the other lacks.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// Whether every code of this set is in the other.
    #[must_use]
    pub fn is_subset(self, other: Self) -> bool {
        self.difference(other).is_empty()
    }

    /// The set without the United States.
    #[must_use]
    pub fn without_usa(mut self) -> Self {
        self.remove(Code::usa());
        self
    }

    /// The set with the United States.
    #[must_use]
    pub fn with_usa(mut self) -> Self {
        self.insert(Code::usa());
        self
    }

    /// The groups among the codes whose members are known.
    #[must_use]
    pub fn groups(self) -> Self {
        self.intersection(codes().expandable)
    }

    /// The groups among the codes whose members are not known, retired ones included.
    #[must_use]
    pub fn opaque(self) -> Self {
        self.iter().filter(|code| matches!(code.kind(), CodeKind::Opaque | CodeKind::Retired)).collect()
    }

    /// Every group whose members are known replaced by its members. Other groups stay as they are: they match
    /// only themselves.
    #[must_use]
    pub fn expanded(self) -> Self {
        let groups = self.groups();
        if groups.is_empty() {
            return self;
        }
        groups.iter().fold(self.difference(groups), |set, group| set.union(group.members()))
    }

    /// The codes in canonical order: countries, then groups, each alphabetically.
    pub fn iter(self) -> impl Iterator<Item = Code> {
        (0u16..).zip(self.0).flat_map(|(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = u16::try_from(word.trailing_zeros()).ok().filter(|_| word != 0)?;
                word &= word - 1;
                Some(Code(at * 64 + bit))
            })
        })
    }

    fn zip(self, other: Self, op: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|at| op(self.0[at], other.0[at])))
    }
}

impl FromIterator<Code> for CodeSet {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let mut set = Self::default();
        codes.into_iter().for_each(|code| {
            set.insert(code);
        });
        set
    }
}

impl std::fmt::Debug for CodeSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(Code::text)).finish()
    }
}

/// The members that an audience name stands for: an informal group, an alias of one, or a registered code, which
/// is returned as it is.
pub(crate) fn audience_codes(name: &str) -> Option<CodeSet> {
    let codes = codes();
    let name = codes.aliases.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, code)| code);
    let informal = codes.informal.iter().find(|group| group.text == name).map(|group| group.members);
    informal.or_else(|| Code::parse(name).map(CodeSet::of))
}

/// Every registered code, in canonical order.
pub fn all_codes() -> impl Iterator<Item = Code> {
    (0..codes().listed).map(index_code)
}

/// Every informal audience group with its members.
pub fn informal_groups() -> impl Iterator<Item = (&'static str, CodeSet)> {
    codes().informal.iter().map(|group| (group.text, group.members))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(list: &str) -> CodeSet {
        list.split(' ').map(|text| Code::parse(text).expect("a registered code")).collect()
    }

    #[test]
    fn sets_iterate_in_canonical_order() {
        let texts: Vec<_> = set("FVEY NSG USA GBR ACGU AUS").iter().map(Code::text).collect();
        assert_eq!(texts, ["AUS", "GBR", "USA", "ACGU", "FVEY", "NSG"]);
    }

    #[test]
    fn only_known_members_are_expanded() {
        assert_eq!(set("FVEY").expanded(), set("AUS CAN GBR NZL USA"));
        assert_eq!(set("KFOR ISAF GBR").expanded(), set("KFOR ISAF GBR"));
        assert_eq!(set("KFOR ISAF FVEY").opaque(), set("KFOR ISAF"));
        assert_eq!(set("NATO").expanded().len(), 32);
    }

    #[test]
    fn informal_names_are_audiences_and_not_codes() {
        assert_eq!(Code::parse("QUAD"), None);
        assert_eq!(audience_codes("QUAD"), Some(set("AUS IND JPN USA")));
        assert_eq!(audience_codes("FIG"), audience_codes("FRAMEWORK"));
        assert_eq!(audience_codes("ZZZ"), None);
    }
}
