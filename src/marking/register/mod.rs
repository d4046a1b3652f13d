//! The registers: controls, compartments, countries and groups, historic words. Tables from `patterns/markings/`,
//! embedded, parsed once.
//!
//! Nothing here reads a mark; the grammar asks the register what a word means.

mod codes;
mod controls;
mod csv;
mod legacy;
mod sci;

pub use codes::{Code, CodeKind, CodeSet, all_codes, informal_groups};
pub(crate) use codes::audience_codes;
pub(crate) use controls::{Forms, written_forms};
pub use controls::{AEA, CUI_LIMITS, Control, ControlSet, DISSEM, Kind, NATO, NON_IC, Row, SCI};
pub(crate) use legacy::{is_listed_legacy, legacy_effect};
pub use legacy::{Effect, Legacy, legacy_controls};
pub(crate) use sci::{Bare, Naming, Shape, System as SciSystem, system_in_full, system_names};
